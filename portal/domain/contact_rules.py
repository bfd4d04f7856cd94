"""How one person wants to be written to, and what stands against writing to them at all."""

from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from uuid import UUID

from portal.domain.arms import Arm
from portal.domain.ids import new_id
from portal.domain.messages import Channel, Held, Purpose
from portal.domain.windows import WAKING, Window


class Topic(StrEnum):
    """What a person may ask to be reminded of no more."""

    APPOINTMENTS = "appointments"
    CONDITIONS = "conditions"


TOPICS = {
    Purpose.APPOINTMENT_IN_A_WEEK: Topic.APPOINTMENTS,
    Purpose.APPOINTMENT_TOMORROW: Topic.APPOINTMENTS,
    Purpose.APPOINTMENT_MISSED: Topic.APPOINTMENTS,
    Purpose.CONDITION_DUE: Topic.CONDITIONS,
}
"""All other messages are no reminders: nobody can opt out of what they asked for, or of an appointment."""


class Times(StrEnum):
    """The part of the day in which a person wants messages."""

    ANY = "any"
    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"

    @property
    def window(self) -> Window:
        """The hours, of London."""
        return {
            Times.ANY: WAKING,
            Times.MORNING: Window(time(8), time(12)),
            Times.AFTERNOON: Window(time(12), time(17)),
            Times.EVENING: Window(time(17), time(21)),
        }[self]


@dataclass(eq=False, kw_only=True)
class ContactRules:
    """One person's choices, and what staff know of them.  Its id is the person's own."""

    id: UUID
    channel: Channel | None = None
    """The only one that they chose; None: a text where that can be, else an e-mail."""
    is_discreet: bool = False
    """Whether messages go by the neutral service, without a name or a place."""
    times: Times = Times.ANY
    paused_until: date | None = None
    """No reminder on any day before this one."""
    in_custody: bool = False
    opted_out: str = ""
    """Topics, separated by spaces."""
    arm: Arm | None = None
    """The wording that a trial gave them, for good."""

    @property
    def topics_declined(self) -> frozenset[Topic]:
        """What they want no reminders of."""
        return frozenset(Topic(word) for word in self.opted_out.split())

    def decline(self, topics: frozenset[Topic]) -> None:
        """From now on, no reminders of these, and of these alone."""
        self.opted_out = " ".join(sorted(topics))

    def pause(self, *, until: date | None) -> None:
        """No reminders on any day before this one; None ends the pause."""
        self.paused_until = until

    def hindrance(self, purpose: Purpose, *, on: date) -> Held | None:
        """Why a message of that purpose may not be sent to this person on that day of London, if so.

        What answers the person is never held back by their own choices: they just asked for it.
        """
        if purpose.answers_the_person:
            return None
        if self.in_custody:
            return Held.IN_CUSTODY
        topic = TOPICS.get(purpose)
        if topic is None:
            return None
        if topic in self.topics_declined:
            return Held.OPTED_OUT
        return Held.PAUSED if self.paused_until and on < self.paused_until else None


class Fault(StrEnum):
    """Why a number or an address is used no more."""

    NOT_IN_USE = "not_in_use"
    REFUSED = "refused"
    WRONG_PERSON = "wrong_person"


@dataclass(eq=False, kw_only=True, repr=False)
class StoppedContact:
    """A number or an address that reaches nobody, or the wrong person.  It is used for nobody any more."""

    id: UUID = field(default_factory=new_id)
    channel: Channel
    contact: str
    fault: Fault
    at: datetime
