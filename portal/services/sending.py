"""Sending what is in the outbox: claim and commit, call, store.

Nothing is held over the call to Notify.  A try whose outcome is not known waits a lease, then
asks Notify by reference before anything is sent again (notify.md, section 15).
"""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from typing import Protocol, TypeAlias
from uuid import UUID

from sqlalchemy.exc import DBAPIError

from portal.domain.audit import LoggedAs
from portal.domain.deliveries import (
    Accepted,
    CourierIsAway,
    CourierIsBusy,
    CourierStopped,
    DayIsFull,
    Delayed,
    Hindered,
    Letter,
    NotSent,
    NotYet,
    Outcome,
    Refused,
    TooLate,
)
from portal.domain.messages import LEASE, Channel, Held, Message, MessageState, NotifyService
from portal.domain.offenders import Offender
from portal.domain.windows import WAKING
from portal.services import contents
from portal.storage.unit_of_work import WholeWork

log = logging.getLogger("portal.sending")
AT_ONCE = 5
"""All of a batch are under way together, so that a worker told to stop has ended within two time-outs."""
LATEST_START = timedelta(seconds=5)
"""Notify may work on a call for 30 seconds: begun by then, it has ended when the lease has."""
ASK_AFTER = timedelta(minutes=30)
KEPT_BY_NOTIFY = timedelta(days=6)
"""Notify forgets messages after seven days; a day before that we stop asking."""
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=10)
ENOUGH_DOUBLINGS = 7


class Courier(Protocol):
    """Who carries messages.  Its methods block, and are called in a thread."""

    def deliver(self, letter: Letter) -> Outcome:
        """Hand it over, once.

        Raises:
            CourierStopped, CourierIsBusy: if nothing at all can be sent.
        """

    def find(self, reference: UUID, service: NotifyService) -> Accepted | None:
        """Whether a message of this reference was taken by this service before.

        Raises:
            CourierStopped, CourierIsAway: if that cannot be known now.
        """

    def status(self, notify_id: UUID, service: NotifyService) -> str | None:
        """What became of what this service took, or None when that is not known.

        Raises:
            CourierStopped, CourierIsAway: if that cannot be known now.
        """


Works: TypeAlias = Callable[[], AbstractAsyncContextManager[WholeWork]]
"""Begins a unit of work of the worker's."""


async def send_due(works: Works, courier: Courier, *, pause: Callable[[], Awaitable[None]]) -> int:
    """Send the few messages that have been due longest.  Say how many were taken in hand.

    Args:
        works: begins each unit of work.
        courier: who carries them.
        pause: waited for before each call, so that we stay below Notify's rate.

    Raises:
        CourierStopped, CourierIsBusy: if nothing can be sent; what was claimed is given back.
    """
    async with works() as work:
        claimed_at, ids = work.now, await work.outbox.claim(now=work.now, most=AT_ONCE)
    ends = await asyncio.gather(
        *(_send(works, courier, message_id, claimed_at=claimed_at, pause=pause) for message_id in ids),
        return_exceptions=True,
    )
    for end in ends:
        if end is not None:
            raise end
    return len(ids)


async def _send(
    works: Works,
    courier: Courier,
    message_id: UUID,
    *,
    claimed_at: datetime,
    pause: Callable[[], Awaitable[None]],
) -> None:
    outcome: Outcome | NotSent | None
    try:
        outcome = await _try(works, courier, message_id, claimed_at=claimed_at, pause=pause)
    except (CourierStopped, CourierIsBusy):
        async with works() as work:
            if message := await work.outbox.claimed(message_id, claimed_at=claimed_at):
                message.give_back(due_at=work.now + FIRST_PAUSE)
        raise
    except DBAPIError:
        raise
    except Exception as fault:  # noqa: BLE001 - what is wrong with one message must not stop the others
        log.error("a message cannot be sent: %s", type(fault).__name__)  # noqa: TRY400 - values stay out of logs
        outcome = Delayed(type(fault).__name__, may_have_arrived=True, needs_mending=True)
    if outcome is None:
        return
    async with works() as work:
        if message := await work.outbox.claimed(message_id, claimed_at=claimed_at):
            await _settle(work, message, outcome)


async def _try(
    works: Works,
    courier: Courier,
    message_id: UUID,
    *,
    claimed_at: datetime,
    pause: Callable[[], Awaitable[None]],
) -> Outcome | NotSent | None:
    """What came of it; None when it is no longer ours to send."""
    await pause()
    async with works() as work:
        message = await work.outbox.claimed(message_id, claimed_at=claimed_at)
        if message is None or work.now - claimed_at > LATEST_START:
            return None
        letter = await _letter(work, message)
    if message.asked_at is None and not isinstance(letter, Letter):
        return letter
    try:
        return await asyncio.to_thread(_hand_over, courier, message, letter)
    except CourierIsAway as away:
        return Delayed(str(away), may_have_arrived=True)


def _hand_over(courier: Courier, message: Message, letter: Letter | NotSent) -> Outcome | NotSent:
    """Deliver it, unless an earlier try did."""
    if message.asked_at is not None and (arrived := courier.find(message.id, NotifyService.PLAIN)):
        return arrived
    return courier.deliver(letter) if isinstance(letter, Letter) else letter


async def _letter(work: WholeWork, message: Message) -> Letter | NotSent:
    """What to hand over, or why not to: as things stand now, not as they stood when it was posted."""
    if work.now >= message.send_before:
        return TooLate()
    wakes = WAKING.next_open(work.now)
    if wakes > work.now and not message.purpose.answers_the_person:
        return NotYet(wakes)
    if await _is_over(work, message):
        return Hindered(Held.CASE_FINISHED)
    offender = await work.offenders.find(message.offender_id)
    contact = await _contact(work, offender)
    if contact is None:
        return Hindered(Held.SHARED_CONTACT if offender.is_reachable else Held.NO_CONTACT)
    if not await contents.write(work, message):
        return Hindered(Held.NOT_NEEDED)
    message.channel, to = contact
    message.language = offender.language
    return Letter(message, message.channel, to, offender.called, offender.force)


async def _is_over(work: WholeWork, message: Message) -> bool:
    """Whether the person has nothing left to do in the case: it ended, or was never theirs."""
    if message.case_id is None:
        return False
    open_cases = await work.cases.open_of_offender(message.offender_id)
    return message.case_id not in {case.id for case in open_cases}


async def _contact(work: WholeWork, offender: Offender) -> tuple[Channel, str] | None:
    """A contact that is this person's alone: a number or address that two people share is never used."""
    if offender.mobile and not (
        await work.offenders.share_mobile(offender) or await work.victims.has_mobile(offender)
    ):
        return Channel.SMS, offender.mobile
    if offender.email and not (
        await work.offenders.share_email(offender) or await work.victims.has_email(offender)
    ):
        return Channel.EMAIL, offender.email
    return None


async def _settle(work: WholeWork, message: Message, outcome: Outcome | NotSent) -> None:
    now = work.now
    match outcome:
        case Accepted(notify_id):
            await _accept(work, message, notify_id)
        case Refused(failure):
            message.fail(failure, at=now)
            await _record(work, message, "message.failed", failure=failure)
        case Delayed():
            await _delay(work, message, outcome)
        case DayIsFull(failure):
            midnight = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
            message.retry(failure, due_at=midnight, may_have_arrived=False, at=now, needs_mending=False)
        case Hindered(reason):
            message.hold(reason, at=now)
            await _record(work, message, "message.held", reason=reason.value)
        case NotYet(due_at):
            message.give_back(due_at=due_at)
        case TooLate():
            message.expire(at=now)
            await _record(work, message, "message.expired")


async def _accept(work: WholeWork, message: Message, notify_id: UUID) -> None:
    message.accept(notify_id, at=work.now)
    channel = {"channel": message.channel.value} if message.channel else {}
    await _record(work, message, "message.accepted", **channel)


async def _delay(work: WholeWork, message: Message, delayed: Delayed) -> None:
    wait = _backoff(message.tries)
    message.retry(
        delayed.failure,
        due_at=work.now + (max(wait, LEASE) if delayed.may_have_arrived else wait),
        may_have_arrived=delayed.may_have_arrived,
        at=work.now,
        needs_mending=delayed.needs_mending,
    )
    if message.state is MessageState.PARKED:
        await _record(work, message, "message.parked", failure=delayed.failure)


def _backoff(tries: int) -> timedelta:
    """Full jitter, from five seconds to ten minutes."""
    most = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(tries, ENOUGH_DOUBLINGS))
    spread: float = random.uniform(0.2, 1)  # noqa: S311 - spreads load, guards nothing
    return most * spread


async def _record(work: WholeWork, message: Message, deed: str, **details: str) -> None:
    await work.record(
        deed,
        LoggedAs.DISCLOSURE,
        case_id=message.case_id,
        record_id=message.id,
        purpose=message.purpose.value,
        **details,
    )


async def receive(work: WholeWork, notify_id: UUID, *, reference: UUID | None, status: str) -> None:
    """News of Notify, pushed or asked for.  Unknown ids are no error: others may share the service."""
    message = await work.outbox.known_to_notify(notify_id, reference)
    if message is None:
        return
    if message.notify_id is None:
        await _accept(work, message, notify_id)
    if message.receive(status, at=work.now) and message.state is not MessageState.ACCEPTED:
        await _record(work, message, f"message.{message.state.value}", status=status)


async def ask_after(works: Works, courier: Courier) -> int:
    """Ask Notify what became of a few that it took half an hour ago.  Say how many were asked after."""
    async with works() as work:
        waiting = await work.outbox.unsettled(
            before=work.now - ASK_AFTER, posted_after=work.now - KEPT_BY_NOTIFY, most=AT_ONCE
        )
        asked = [message.notify_id for message in waiting if message.notify_id]
        for message in waiting:
            message.settled_at = work.now
    statuses = await asyncio.gather(
        *(asyncio.to_thread(courier.status, notify_id, NotifyService.PLAIN) for notify_id in asked)
    )
    for notify_id, status in zip(asked, statuses, strict=True):
        if status:
            async with works() as work:
                await receive(work, notify_id, reference=None, status=status)
    return len(asked)
