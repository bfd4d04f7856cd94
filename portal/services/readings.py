"""That a person says "I have read these": which version, and when."""

from uuid import UUID

from portal.domain.audit import LoggedAs
from portal.domain.cases import Reading
from portal.storage.unit_of_work import UnitOfWork


async def record(work: UnitOfWork, case_id: UUID, *, offender_id: UUID, version: int) -> None:
    """The person says that they have read this version of their conditions.  Twice is once.

    Raises:
        NotFound: if the case is not theirs.
        ConditionsHaveChanged: if another version stands now; nothing is recorded.
    """
    case = await work.cases.of_offender(offender_id, case_id, to_change=True)
    case.check_reading(version)
    reading = Reading(case_id=case.id, offender_id=offender_id, version=version, read_at=work.now)
    if await work.cases.add_reading(reading):
        await work.record(
            "conditions.read",
            LoggedAs.COLLECTION,
            force=case.force,
            case_id=case.id,
            record_id=reading.id,
            version=version,
        )
