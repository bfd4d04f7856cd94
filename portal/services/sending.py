"""Sending what is in the outbox: claim and commit, call, store.

Nothing is held over the call to Notify.  A try whose outcome is not known waits a lease, then
asks Notify by reference before anything is sent again (notify.md, section 15).
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from typing import Protocol, TypeAlias
from uuid import UUID

from portal.domain.audit import LoggedAs
from portal.domain.cases import CaseState
from portal.domain.deliveries import (
    Accepted,
    CourierIsAway,
    CourierStopped,
    Delayed,
    Letter,
    Outcome,
    Refused,
    TooLate,
)
from portal.domain.messages import LEASE, Channel, Held, Message, MessageState
from portal.domain.offenders import Offender
from portal.storage.unit_of_work import WholeWork

BATCH = 20
ASK_AFTER = timedelta(minutes=30)
KEPT_BY_NOTIFY = timedelta(days=6)
"""Notify forgets messages after seven days; a day before that we stop asking."""
MOST_ASKED = 200
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=10)


class Courier(Protocol):
    """Who carries messages.  Its methods block, and are called in a thread."""

    def deliver(self, letter: Letter) -> Outcome:
        """Hand it over, once.

        Raises:
            CourierStopped: if nothing at all can be sent.
        """

    def find(self, reference: UUID) -> Accepted | None:
        """Whether a message of this reference was taken before.

        Raises:
            CourierStopped, CourierIsAway: if that cannot be known now.
        """

    def status(self, notify_id: UUID) -> str | None:
        """What became of it, or None when that is not known.

        Raises:
            CourierStopped, CourierIsAway: if that cannot be known now.
        """


Works: TypeAlias = Callable[[], AbstractAsyncContextManager[WholeWork]]
"""Begins a unit of work of the worker's."""


async def send_due(works: Works, courier: Courier, *, pause: Callable[[], Awaitable[None]]) -> int:
    """Send one batch of what is due.  Say how many messages were taken in hand.

    Args:
        works: begins each unit of work.
        courier: who carries them.
        pause: waited for before each call, so that we stay below Notify's rate.

    Raises:
        CourierStopped: if nothing can be sent; what was claimed is given back.
    """
    async with works() as work:
        claimed_at, ids = work.now, await work.outbox.claim(now=work.now, most=BATCH)
    for position, message_id in enumerate(ids):
        try:
            await _send(works, courier, message_id, claimed_at=claimed_at, pause=pause)
        except CourierStopped:
            await _give_back(works, ids[position:], claimed_at=claimed_at)
            raise
    return len(ids)


async def _send(
    works: Works,
    courier: Courier,
    message_id: UUID,
    *,
    claimed_at: datetime,
    pause: Callable[[], Awaitable[None]],
) -> None:
    async with works() as work:
        letter = await _letter(work, message_id, claimed_at=claimed_at)
    if letter is None:
        return
    await pause()
    try:
        outcome = await asyncio.to_thread(_hand_over, courier, letter, claimed_at)
    except CourierIsAway as away:
        outcome = Delayed(str(away), may_have_arrived=True)
    async with works() as work:
        message = await work.outbox.claimed(message_id, claimed_at=claimed_at)
        if message is not None:
            await _settle(work, message, letter.channel, outcome)


def _hand_over(courier: Courier, letter: Letter, now: datetime) -> Outcome:
    """Deliver it, unless an earlier try did, or it comes too late."""
    if letter.message.asked_at is not None:
        if arrived := courier.find(letter.message.id):
            return arrived
        if now >= letter.message.send_before:
            return TooLate()
    return courier.deliver(letter)


async def _letter(work: WholeWork, message_id: UUID, *, claimed_at: datetime) -> Letter | None:
    """What to hand over; None when it must not be sent, which is then recorded with its reason."""
    message = await work.outbox.claimed(message_id, claimed_at=claimed_at)
    if message is None:
        return None
    if work.now >= message.send_before and message.asked_at is None:
        message.expire(at=work.now)
        await _record(work, message, "message.expired")
        return None
    offender = await work.offenders.find(message.offender_id)
    held = await _hindrance(work, message)
    channel, to = await _contact(work, offender)
    if held is None and channel is None:
        held = Held.SHARED_CONTACT if offender.is_reachable else Held.NO_CONTACT
    if held is not None or channel is None or to is None:
        reason = held or Held.NO_CONTACT
        message.hold(reason, at=work.now)
        await _record(work, message, "message.held", reason=reason.value)
        return None
    return Letter(message, channel, to, offender.called, offender.force)


async def _hindrance(work: WholeWork, message: Message) -> Held | None:
    if message.case_id is None:
        return None
    case = await work.cases.of_offender(message.offender_id, message.case_id)
    return Held.CASE_FINISHED if case.state is CaseState.FINISHED else None


async def _contact(work: WholeWork, offender: Offender) -> tuple[Channel | None, str | None]:
    """A contact that is this person's alone: a number or address that two people share is never used."""
    if offender.mobile and not (
        await work.offenders.share_mobile(offender) or await work.victims.has_mobile(offender)
    ):
        return Channel.SMS, offender.mobile
    if offender.email and not (
        await work.offenders.share_email(offender) or await work.victims.has_email(offender)
    ):
        return Channel.EMAIL, offender.email
    return None, None


async def _settle(work: WholeWork, message: Message, channel: Channel, outcome: Outcome) -> None:
    message.channel = channel
    match outcome:
        case Accepted(notify_id):
            message.accept(notify_id, at=work.now)
            await _record(work, message, "message.accepted", channel=channel.value)
        case TooLate():
            message.expire(at=work.now)
            await _record(work, message, "message.expired")
        case Refused(failure):
            message.fail(failure, at=work.now)
            await _record(work, message, "message.failed", failure=failure)
        case Delayed(failure, may_have_arrived):
            wait = LEASE if may_have_arrived else _backoff(message.tries)
            message.retry(failure, due_at=work.now + wait, may_have_arrived=may_have_arrived, at=work.now)
            if message.state is MessageState.PARKED:
                await _record(work, message, "message.parked", failure=failure)


def _backoff(tries: int) -> timedelta:
    """Full jitter, from five seconds to ten minutes."""
    most = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0**tries)
    spread: float = random.uniform(0.2, 1)  # noqa: S311 - spreads load, guards nothing
    return most * spread


async def _give_back(works: Works, ids: Sequence[UUID], *, claimed_at: datetime) -> None:
    async with works() as work:
        for message_id in ids:
            message = await work.outbox.claimed(message_id, claimed_at=claimed_at)
            if message is not None:
                message.tries -= 1
                message.claimed_at, message.state = None, MessageState.QUEUED
                message.due_at = work.now + FIRST_PAUSE


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
        message.accept(notify_id, at=work.now)
    if message.receive(status, at=work.now) and message.state is not MessageState.ACCEPTED:
        await _record(work, message, f"message.{message.state.value}", status=status)


async def ask_after(works: Works, courier: Courier) -> int:
    """Ask Notify what became of what it took half an hour ago.  Say how many were asked after."""
    async with works() as work:
        waiting = await work.outbox.unsettled(
            before=work.now - ASK_AFTER, posted_after=work.now - KEPT_BY_NOTIFY, most=MOST_ASKED
        )
        asked = [message.notify_id for message in waiting if message.notify_id]
        for message in waiting:
            message.settled_at = work.now
    for notify_id in asked:
        status = await asyncio.to_thread(courier.status, notify_id)
        if status:
            async with works() as work:
                await receive(work, notify_id, reference=None, status=status)
    return len(asked)
