"""Handing a message to whoever carries it, and what can come of that."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from portal.domain.arms import Arm
from portal.domain.messages import Channel, Held, Message, NotifyService, Purpose
from portal.errors import PortalError


@dataclass(frozen=True)
class Content:
    """What is to be said, whoever it goes to."""

    purpose: Purpose
    personalisation: str
    """JSON of what the wording needs."""
    channel: Channel
    language: str
    called: str
    force: str
    service: NotifyService = NotifyService.PLAIN
    arm: Arm = Arm.PLAN


@dataclass(frozen=True)
class Letter:
    """What a courier is handed."""

    message: Message
    channel: Channel
    to: str
    called: str
    force: str
    service: NotifyService = NotifyService.PLAIN
    arm: Arm = Arm.PLAN

    @property
    def content(self) -> Content:
        """What it says."""
        return Content(
            self.message.purpose,
            self.message.personalisation,
            self.channel,
            self.message.language,
            self.called,
            self.force,
            self.service,
            self.arm,
        )


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
    """It was not taken now."""

    failure: str
    may_have_arrived: bool = False
    """Nobody can know: it is looked up before it is sent again."""
    needs_mending: bool = False
    """The fault is in the message, its template or the settings: after some tries it is left to people."""


@dataclass(frozen=True)
class DayIsFull:
    """Notify takes no more on this channel before midnight UTC."""

    failure: str


@dataclass(frozen=True)
class ChannelIsOff:
    """The service may not send on this channel at all, until an operator sees to it."""

    failure: str


@dataclass(frozen=True)
class Hindered:
    """It must not be sent at all."""

    reason: Held


@dataclass(frozen=True)
class NotYet:
    """It would wake somebody, or a brake is on."""

    due_at: datetime


@dataclass(frozen=True)
class NotBegun:
    """Its turn came too late, or the worker was told to stop first."""


@dataclass(frozen=True)
class TooLate:
    """Notify never had it, and by now it would be of no use."""


Outcome: TypeAlias = Accepted | Refused | Delayed | DayIsFull | ChannelIsOff
"""Of handing it over."""
NotSent: TypeAlias = Hindered | NotYet | NotBegun | TooLate
"""Why it was not handed over."""


class CourierStopped(PortalError):
    """The key or the clock is wrong: nothing can be sent until an operator mends it."""


class CourierIsBusy(PortalError):
    """Notify takes nothing for a moment: whoever sends must stop for some seconds."""


class CourierIsAway(PortalError):
    """Notify did not answer a question.  Ask again later."""
