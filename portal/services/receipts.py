"""What Notify says became of a message, pushed or asked for (notify.md, sections 11 and 12)."""

import asyncio
from uuid import UUID

from portal.domain.contact_rules import Fault
from portal.domain.messages import NOT_HANDED_OVER, NOT_IN_USE, Message, MessageState
from portal.domain.tasks import TaskKind
from portal.services.bad_contacts import stop_contact_of
from portal.services.couriers import Courier, Works
from portal.services.falling_back import fall_back
from portal.services.left_to_staff import leave
from portal.services.settling import accept, event_of
from portal.storage.unit_of_work import WholeWork

ASKED_AT_ONCE = 20


async def receive(work: WholeWork, notify_id: UUID, *, reference: UUID | None, status: str) -> None:
    """News of one message.  Unknown ids are no error: others may share the service."""
    message = await work.outbox.known_to_notify(notify_id, reference)
    if message is None:
        return
    if message.notify_id is None:
        await work.audit.add(accept(work, message, notify_id))
    if message.receive(status, at=work.now) and message.state is not MessageState.ACCEPTED:
        await work.audit.add(event_of(work, message, f"message.{message.state.value}", status=status))
        if message.state is MessageState.FAILED:
            await _make_up_for(work, message, status)


async def _make_up_for(work: WholeWork, message: Message, status: str) -> None:
    """It did not arrive: use that contact no more if it is dead, and reach the person another way."""
    if status == NOT_IN_USE:
        await stop_contact_of(work, message, Fault.NOT_IN_USE)
    fell_back = await fall_back(work, message, again=status == NOT_HANDED_OVER)
    is_of_use = work.now < message.send_before
    if not fell_back and is_of_use and status != NOT_IN_USE:
        await leave(work, TaskKind.MESSAGE_TOO_LATE, message)


async def ask_after(works: Works, courier: Courier) -> int:
    """Ask Notify what became of a few that it has said no end of.  Say how many were asked after.

    Raises:
        CourierStopped, CourierIsAway: if Notify did not say; what it did say is stored.
    """
    async with works() as work:
        waiting = await work.outbox.to_ask_after(now=work.now, most=ASKED_AT_ONCE)
        asked = [
            (message.notify_id, message.service)
            for message in waiting
            if message.was_asked_after(at=work.now) and message.notify_id
        ]
        forgotten = [message for message in waiting if message.asks_at is None]
        await work.audit.add(*(event_of(work, message, "message.lost_sight_of") for message in forgotten))
    answers = await asyncio.gather(
        *(asyncio.to_thread(courier.status, notify_id, service) for notify_id, service in asked),
        return_exceptions=True,
    )
    for (notify_id, _), answer in zip(asked, answers, strict=True):
        if isinstance(answer, str) and answer:
            async with works() as work:
                await receive(work, notify_id, reference=None, status=answer)
    for answer in answers:
        if isinstance(answer, BaseException):
            raise answer
    return len(waiting)
