"""What the portal cannot do by itself: it says so to the staff of the person's force."""

from portal.domain.messages import Held, Message, Purpose
from portal.domain.tasks import Task, TaskKind
from portal.storage.unit_of_work import WholeWork

OF_HELD = {
    Held.NO_CONTACT: TaskKind.NO_CONTACT,
    Held.BAD_CONTACT: TaskKind.CONTACT_IS_WRONG,
    Held.SHARED_CONTACT: TaskKind.SHARED_CONTACT,
}
"""Of all other reasons staff know already, or there is nothing for them to do."""
OF_THE_PERSON = frozenset(OF_HELD.values())


async def leave(work: WholeWork, kind: TaskKind, message: Message) -> None:
    """Make a task of it, unless there is one.  Who waited for a code has long asked for another."""
    if message.purpose is Purpose.CODE and kind not in OF_THE_PERSON:
        return
    whose = message.offender_id if kind in OF_THE_PERSON else message.about_id or message.id
    offender = await work.offenders.find(message.offender_id)
    await work.tasks.ask_for(
        Task(
            force=offender.force,
            kind=kind,
            key=f"{kind}:{whose}",
            offender_id=offender.id,
            case_id=message.case_id,
            about_id=message.id,
            made_at=work.now,
        )
    )
