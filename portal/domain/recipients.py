"""Who of those whom staff want to write to gets the message, and why the others do not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeAlias

from portal.domain.contact_rules import ContactRules
from portal.domain.messages import Channel, Held, Purpose


class LeftOut(StrEnum):
    """Why somebody is left out, beside all that holds back any message."""

    ALREADY_TODAY = "already_today"
    """At most one reminder a person a day."""
    TOO_LATE = "too_late"
    """When they may be written to again, it is over."""


Reason: TypeAlias = Held | LeftOut


@dataclass(frozen=True, slots=True)
class Way:
    """A number or an address that we have of somebody, and what stands against it."""

    channel: Channel
    is_stopped: bool = False
    """It reaches nobody, or the wrong person."""
    is_shared: bool = False
    """Another person, one harmed perhaps, is reached there too."""

    @property
    def is_usable(self) -> bool:
        """Whether a message may go there."""
        return not (self.is_stopped or self.is_shared)


def way_to(ways: Sequence[Way], chosen: Channel | None) -> Way | Held:
    """The way to write to somebody, or why there is none.

    Whoever chose one channel is never written to by the other; for all others it is a text, else an e-mail.
    """
    allowed = [way for way in ways if chosen in (None, way.channel)]
    usable = sorted((way for way in allowed if way.is_usable), key=lambda way: way.channel is not Channel.SMS)
    if usable:
        return usable[0]
    if not allowed:
        return Held.NO_CONTACT
    return Held.SHARED_CONTACT if any(way.is_shared for way in allowed) else Held.BAD_CONTACT


def hindrance(
    purpose: Purpose, ways: Sequence[Way], rules: ContactRules, *, on: date, is_open: bool, is_needed: bool
) -> Held | None:
    """Why a message of that purpose may not be sent to somebody on that day of London, if so.

    Args:
        purpose: of the message.
        ways: every number and address that we have of them.
        rules: their own, and what staff know.
        on: the day.
        is_open: whether they have something left to do in the case that it is about.
        is_needed: whether its appointment still stands, or its condition is still to be met.
    """
    if not is_open:
        return Held.CASE_FINISHED
    if not is_needed:
        return Held.NOT_NEEDED
    way = way_to(ways, rules.channel)
    return rules.hindrance(purpose, on=on) or (way if isinstance(way, Held) else None)
