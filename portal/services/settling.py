"""What came of each message that a worker had in hand, and what follows from that."""

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeAlias
from uuid import UUID

from portal.domain import brakes
from portal.domain.audit import Event, LoggedAs
from portal.domain.contact_rules import Fault
from portal.domain.deliveries import (
    Accepted,
    ChannelIsOff,
    CourierIsBusy,
    CourierStopped,
    DayIsFull,
    Delayed,
    Hindered,
    Letter,
    NotBegun,
    NotSent,
    NotYet,
    Outcome,
    Refused,
    TooLate,
)
from portal.domain.falling_back import falls_back_at
from portal.domain.messages import LEASE, Channel, Held, Message, MessageState
from portal.domain.tasks import TaskKind
from portal.services.bad_contacts import stop_contact_of
from portal.services.braking import Braking, Doubts
from portal.services.contents import SPEAKS_OF
from portal.services.falling_back import fall_back
from portal.services.left_to_staff import OF_HELD, leave
from portal.services.writing import Written, note
from portal.storage.unit_of_work import WholeWork

FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=10)
ENOUGH_DOUBLINGS = 7

Ending: TypeAlias = Outcome | NotSent | CourierStopped | CourierIsBusy


@dataclass(frozen=True)
class Came:
    """What came of one message."""

    written: Written
    ending: Ending
    was_found: bool = False
    """Whether an earlier try had brought it there."""


async def settle(work: WholeWork, came: Sequence[Came], doubts: Doubts) -> None:
    """Store what came of some messages, of those that are still ours."""
    since = {each.written.message.id: each.written.claimed_at for each in came}
    await settle_ours(work, await work.outbox.claimed(since), came, doubts)


async def settle_ours(
    work: WholeWork, messages: Sequence[Message], came: Sequence[Came], doubts: Doubts
) -> None:
    """Store what came of messages that this very unit of work holds."""
    ours = {message.id: message for message in messages}
    sent = frozenset(
        brakes.of_wording(each.written.wording) for each in came if isinstance(each.ending, Accepted)
    )
    settling = Settling(work, Braking(work, dict(await work.brakes.all())), doubts, sent)
    for each in sorted(came, key=lambda each: isinstance(each.ending, NotBegun)):
        if message := ours.get(each.written.message.id):
            await settling.settle(message, each)
    await work.audit.add(*settling.events)


@dataclass
class Settling:
    """One unit of work that settles messages, and writes down at its end what it did."""

    work: WholeWork
    braking: Braking
    doubts: Doubts
    sent: frozenset[str]
    """The wordings of which one is taken now: nothing is wrong with them."""
    events: list[Event] = field(default_factory=list)

    async def settle(self, message: Message, came: Came) -> None:
        """Store what came of one."""
        now = self.work.now
        match came.ending:
            case Accepted(notify_id):
                await self._accept(message, came, notify_id)
            case Refused(failure):
                await self._refuse(message, came.written, failure)
            case Delayed():
                await self._delay(message, came.written, came.ending)
            case Hindered(reason):
                await self._hold(message, reason)
            case NotYet(due_at):
                message.give_back(due_at=due_at)
            case NotBegun():
                message.give_back(due_at=self.braking.end_of(came.written.brake_names) or now)
            case TooLate():
                message.expire(at=now)
                self.events.append(event_of(self.work, message, "message.expired"))
                await leave(self.work, TaskKind.MESSAGE_TOO_LATE, message)
            case _:
                await self._brake(message, came.written, came.ending)

    async def _accept(self, message: Message, came: Came, notify_id: UUID) -> None:
        written = came.written
        if isinstance(written.letter, Letter) and not came.was_found:
            note(self.work, message, written.letter, written.wording)
            wording = brakes.of_wording(written.wording)
            self.doubts.end(wording)
            await self.braking.take_off(written.brake_names, wording=wording)
        self.events.append(accept(self.work, message, notify_id))

    async def _refuse(self, message: Message, written: Written, failure: str) -> None:
        if isinstance(written.letter, Letter):
            note(self.work, message, written.letter, written.wording)
        await stop_contact_of(self.work, message, Fault.REFUSED)
        await fall_back(self.work, message)
        message.fail(failure, at=self.work.now)
        self.events.append(event_of(self.work, message, "message.failed", failure=failure))

    async def _delay(self, message: Message, written: Written, delayed: Delayed) -> None:
        now, wait = self.work.now, backoff(message.tries)
        if delayed.may_have_arrived:
            wait = max(wait, LEASE)
        elif delayed.needs_mending and isinstance(written.letter, Letter):
            wait = brakes.PAUSED_FOR
            wording = brakes.of_wording(written.wording)
            if wording not in self.sent and self.doubts.confirms(wording, message.id):
                await self.braking.put_on(wording, delayed.failure, until=now + wait)
        message.retry(
            delayed.failure,
            due_at=now + wait,
            may_have_arrived=delayed.may_have_arrived,
            at=now,
            needs_mending=delayed.needs_mending,
        )
        if message.state is MessageState.PARKED:
            self.events.append(event_of(self.work, message, "message.parked", failure=delayed.failure))
            await leave(self.work, TaskKind.MESSAGE_PARKED, message)

    async def _hold(self, message: Message, reason: Held) -> None:
        message.hold(reason, at=self.work.now)
        self.events.append(event_of(self.work, message, "message.held", reason=reason.value))
        if kind := OF_HELD.get(reason):
            await leave(self.work, kind, message)

    async def _brake(self, message: Message, written: Written, ending: Ending) -> None:
        """Nothing is wrong with the message: it waits until what is wrong may be over, and no try counts."""
        now = self.work.now
        service, *rest = written.brake_names
        channel = rest[0] if rest else service
        match ending:
            case DayIsFull(failure):
                name, until = channel, _next_midnight(now)
            case ChannelIsOff(failure):
                name, until = channel, now + brakes.PAUSED_FOR
            case CourierIsBusy():
                moment = random.uniform(*brakes.BUSY_FOR)  # noqa: S311 - spreads load, guards nothing
                name, failure, until = service, str(ending), now + timedelta(seconds=moment)
            case _:
                name, failure, until = service, str(ending), now + brakes.REFUSED_FOR
        until = await self.braking.put_on(name, failure, until=until)
        message.give_back(due_at=until, failure=failure)


def accept(work: WholeWork, message: Message, notify_id: UUID) -> Event:
    """Notify has it.  A text about an appointment is watched from now on."""
    starts_at = json.loads(message.personalisation).get("starts_at") if _is_watched(message) else None
    message.accept(notify_id, at=work.now)
    if starts_at:
        message.falls_back_at = falls_back_at(work.now, datetime.fromisoformat(starts_at))
    channel = {"channel": message.channel.value} if message.channel else {}
    return event_of(work, message, "message.accepted", **channel)


def event_of(work: WholeWork, message: Message, deed: str, **details: str) -> Event:
    """What was done about a message, to be written down."""
    return work.event(
        deed,
        LoggedAs.DISCLOSURE,
        case_id=message.case_id,
        record_id=message.id,
        purpose=message.purpose.value,
        **details,
    )


def backoff(tries: int) -> timedelta:
    """Full jitter, from five seconds to ten minutes."""
    most = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(tries, ENOUGH_DOUBLINGS))
    spread: float = random.uniform(0.2, 1)  # noqa: S311 - spreads load, guards nothing
    return most * spread


def _is_watched(message: Message) -> bool:
    """Texts that speak of an appointment still to come; their e-mail in place of them is not."""
    return message.channel is Channel.SMS and message.instead_of is None and message.purpose in SPEAKS_OF


def _next_midnight(now: datetime) -> datetime:
    """Of UTC, by which Notify counts its days."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
