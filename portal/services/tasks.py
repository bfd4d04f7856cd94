"""Doing what the portal leaves to staff."""

from uuid import UUID

from portal.domain.audit import LoggedAs
from portal.storage.unit_of_work import StaffWork


async def finish(work: StaffWork, task_id: UUID, *, force: str) -> None:
    """A member of staff did it.  Twice is once.

    Raises:
        NotFound: if the task is not the force's.
    """
    task = await work.tasks.of_force(force, task_id)
    if task.finish(by=work.who.person, at=work.now):
        await work.record(
            "task.finished",
            LoggedAs.ALTERATION,
            force=force,
            case_id=task.case_id,
            record_id=task.id,
            kind=task.kind.value,
        )
