"""Staff send one message to many people at once: a run."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from portal.domain.arms import Arm
from portal.domain.ids import new_id
from portal.domain.messages import BY_HAND, Purpose

GROUPS = (Purpose.APPOINTMENT_TOMORROW, Purpose.CONDITION_DUE, Purpose.INVITATION)
"""What can be sent to everybody whom it concerns: to those with an appointment tomorrow who have
not said that they will come; with something due within :data:`DUE_WITHIN` days; and who were
invited and never signed in."""
BY_STAFF = (*GROUPS, Purpose.APPOINTMENT_IN_A_WEEK)
"""What can be sent to one person."""
DUE_WITHIN = 7


@dataclass(frozen=True)
class Choice:
    """What staff want to send: to everybody whom it concerns, or to the person of one case."""

    purpose: Purpose
    arm: Arm | None = None
    """None: as each person gets it anyway."""
    case_id: UUID | None = None


@dataclass(eq=False, kw_only=True)
class Run:
    """Who sent what to how many.  Its messages go through the outbox like all others."""

    id: UUID = field(default_factory=new_id)
    force: str
    staff_id: UUID
    purpose: Purpose
    begun_at: datetime
    people: int = 0
    left_out: int = 0
    told_at: datetime | None = None
    """When whoever began it was sent the summary."""


@dataclass(eq=False, kw_only=True)
class RunMessage:
    """That a message belongs to a run."""

    id: UUID = field(default_factory=new_id)
    run_id: UUID
    message_id: UUID


def key_by_hand(run_id: UUID, replaces: str) -> str:
    """The key of a message that staff send in place of the reminder of that key."""
    return f"{BY_HAND}:{run_id}:{replaces}"
