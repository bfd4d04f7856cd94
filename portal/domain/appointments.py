"""A booked place at a time, which the person may confirm until it begins."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from portal.domain.ids import new_id
from portal.errors import RuleBroken


class AppointmentKind(StrEnum):
    """What takes place."""

    SIGNING = "signing"
    ASSESSMENT = "assessment"
    WORKSHOP = "workshop"
    ONE_TO_ONE = "one_to_one"
    CALL = "call"
    UNPAID_WORK = "unpaid_work"
    RESTORATIVE = "restorative"
    CHECK_CALL = "check_call"
    INTERVIEW = "interview"


class AppointmentState(StrEnum):
    """How far an appointment is."""

    OFFERED = "offered"
    BOOKED = "booked"
    CONFIRMED = "confirmed"
    ATTENDED = "attended"
    ATTENDED_LATE = "attended_late"
    MISSED = "missed"
    CANCELLED = "cancelled"
    MOVED = "moved"


STANDING = frozenset({AppointmentState.OFFERED, AppointmentState.BOOKED, AppointmentState.CONFIRMED})
"""The appointment is still to come, as far as anybody has said."""


class AppointmentHasBegun(RuleBroken):
    """It is too late to reply: what happened is now for the provider to record."""


class AppointmentIsOff(RuleBroken):
    """It was cancelled or moved, or has an outcome: there is nothing left to confirm."""


@dataclass(eq=False, kw_only=True, repr=False)
class Appointment:
    """When and where the person is expected, and what they answered."""

    id: UUID = field(default_factory=new_id)
    case_id: UUID
    offender_id: UUID
    condition_id: UUID | None = None
    kind: AppointmentKind
    starts_at: datetime
    ends_at: datetime
    booked_at: datetime
    place: str
    bring: str = ""
    state: AppointmentState = AppointmentState.BOOKED
    confirmed_at: datetime | None = None

    def confirm(self, *, at: datetime) -> bool:
        """The person says they will come.  Saying so twice is saying it once.

        Returns:
            Whether this changed anything.

        Raises:
            AppointmentHasBegun: if it is too late to reply.
            AppointmentIsOff: if it no longer stands.
        """
        if self.state not in STANDING:
            raise AppointmentIsOff(self.state.value)
        if self.state is AppointmentState.CONFIRMED:
            return False
        if at >= self.starts_at:
            raise AppointmentHasBegun(f"it began at {self.starts_at:%Y-%m-%d %H:%M %Z}")
        self.state, self.confirmed_at = AppointmentState.CONFIRMED, at
        return True
