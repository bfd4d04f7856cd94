"""Handing a message to whoever carries it, and what can come of that."""

from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

from portal.domain.messages import Channel, Message
from portal.errors import PortalError


@dataclass(frozen=True)
class Letter:
    """What a courier is handed."""

    message: Message
    channel: Channel
    to: str
    called: str
    force: str


@dataclass(frozen=True)
class Accepted:
    """Notify has it, under this id."""

    notify_id: UUID


@dataclass(frozen=True)
class Refused:
    """Notify will never take it as it is."""

    failure: str


@dataclass(frozen=True)
class Delayed:
    """It was not taken now.  ``may_have_arrived`` when nobody can know."""

    failure: str
    may_have_arrived: bool = False


@dataclass(frozen=True)
class TooLate:
    """Notify never had it, and by now it would be of no use."""


Outcome: TypeAlias = Accepted | Refused | Delayed | TooLate


class CourierStopped(PortalError):
    """The key or the clock is wrong: nothing can be sent until an operator mends it."""


class CourierIsAway(PortalError):
    """Notify did not answer a question.  Ask again later."""
