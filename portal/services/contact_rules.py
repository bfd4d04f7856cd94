"""Changing how a person is written to: by themselves, or by staff who know more."""

from collections.abc import Callable
from dataclasses import asdict
from uuid import UUID

from portal.domain.audit import LoggedAs
from portal.domain.contact_rules import ContactRules
from portal.services.planning import plan_reminders
from portal.storage.unit_of_work import UnitOfWork


async def change(work: UnitOfWork, offender_id: UUID, make: Callable[[ContactRules], object]) -> bool:
    """Let ``make`` change the person's rules; what was planned for them moves with it.

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
            record_id=offender_id,
            fields=" ".join(changed),
        )
    return bool(changed)
