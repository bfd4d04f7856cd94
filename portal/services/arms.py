"""Which wording of a reminder a person gets, for good."""

from portal.domain.arms import Arm, arms_of
from portal.domain.audit import LoggedAs
from portal.domain.contact_rules import ContactRules
from portal.storage.unit_of_work import WholeWork


async def arm_of(work: WholeWork, rules: ContactRules, *, force: str) -> Arm:
    """The person's own arm, drawn at random when they are first reminded, within their force.

    Where the force tries one wording only, nothing is drawn, and nobody is in a trial.  An arm that
    the force has ended is drawn anew.
    """
    arms = arms_of(work.of_force(force))
    if len(arms) == 1:
        return next(iter(arms))
    if rules.arm is not None and rules.arm in arms:
        return rules.arm
    drawn = await work.arms.draw(force, arms)
    rules.arm = drawn
    await work.record("arm.drawn", LoggedAs.COLLECTION, force=force, record_id=rules.id, arm=drawn.value)
    return drawn
