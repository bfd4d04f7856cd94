"""Changing how a person is written to: by themselves, or by staff who know more."""

from collections.abc import Callable
from dataclasses import asdict
from uuid import UUID

from portal.domain.audit import LoggedAs
from portal.domain.contact_rules import ContactRules
from portal.domain.messages import Channel
from portal.services.planning import plan_reminders
from portal.storage.unit_of_work import UnitOfWork


async def change(
    work: UnitOfWork,
    offender_id: UUID,
    make: Callable[[ContactRules], object],
    *,
    case_id: UUID | None = None,
) -> bool:
    """Let ``make`` change the person's rules; what was planned for them moves with it.

    Args:
        work: the unit of work.
        offender_id: whose rules.
        make: changes them.
        case_id: the case whose story tells of it, where staff came from one.

    Returns:
        Whether that changed anything.
    """
    rules = await work.contact_rules.of_offender(offender_id, to_change=True)
    before = asdict(rules)
    make(rules)
    changed = sorted(name for name, value in asdict(rules).items() if before[name] != value)
    if changed:
        offender = await work.offenders.find(offender_id)
        await plan_reminders(work, offender)
        await work.record(
            "contact_rules.changed",
            LoggedAs.ALTERATION,
            force=offender.force,
            case_id=case_id,
            record_id=offender_id,
            fields=" ".join(changed),
        )
    return bool(changed)


async def use_again(work: UnitOfWork, offender_id: UUID, channel: Channel, *, case_id: UUID) -> None:
    """Staff made sure that the person's number or address is right after all.  Twice is once."""
    offender = await work.offenders.find(offender_id)
    to = offender.mobile if channel is Channel.SMS else offender.email
    if to and await work.contact_rules.use_again(channel, to):
        await plan_reminders(work, offender)
        await work.record(
            "contact.used_again",
            LoggedAs.ALTERATION,
            force=offender.force,
            case_id=case_id,
            record_id=offender_id,
            channel=channel.value,
        )
