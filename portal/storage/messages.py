"""The outbox: messages are posted with their cause, then claimed, sent and settled by a worker."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, ColumnElement, bindparam, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from portal.domain.messages import LEASE, REMINDERS, URGENT, Channel, Message, MessageState, Purpose
from portal.storage.lookups import LookUp
from portal.storage.message_tables import messages

MOST_SHOWN = 50
_WAITING = (MessageState.QUEUED, MessageState.CLAIMED)


@dataclass(frozen=True)
class Outbox:
    """Messages on their way."""

    session: AsyncSession

    def add(self, message: Message) -> None:
        """Put in a message of whose cause there was none before, and so no message either."""
        self.session.add(message)

    async def post(self, message: Message) -> bool:
        """Put it in, unless one of its key is there already.  Say whether it is new."""
        if await self.session.scalar(select(messages.c.id).where(messages.c.key == message.key)):
            return False
        self.session.add(message)
        return True

    async def waiting(self, offender_id: UUID, purpose: Purpose) -> bool:
        """Whether such a message to the person is still to be sent."""
        query = select(messages.c.id).where(
            messages.c.offender_id == offender_id,
            messages.c.purpose == purpose,
            messages.c.state.in_(_WAITING),
        )
        return (await self.session.scalar(query.limit(1))) is not None

    async def was_sent(self, offender_id: UUID, purpose: Purpose) -> bool:
        """Whether such a message reached the person or may yet; one that came to nothing does not count."""
        query = select(messages.c.id).where(
            messages.c.offender_id == offender_id,
            messages.c.purpose == purpose,
            messages.c.state.in_((*_WAITING, MessageState.ACCEPTED, MessageState.DELIVERED)),
        )
        return (await self.session.scalar(query.limit(1))) is not None

    async def reminders_of(self, offender_id: UUID) -> Sequence[Message]:
        """Every reminder that the person got, will get, or was to get."""
        query = select(Message).where(
            messages.c.offender_id == offender_id, messages.c.purpose.in_(sorted(REMINDERS))
        )
        return (await self.session.scalars(query.with_for_update())).all()

    async def claim(self, *, now: datetime, most: int, urgent_only: bool = False) -> Sequence[UUID]:
        """Take what is due, and what a worker left unfinished a lease ago.  No other worker has them.

        What somebody waits for comes before all else.  What was left unfinished may have reached
        Notify: it is marked as asked already.  Each question is answered from the head of an index,
        so that it costs the same however many messages wait for their day.
        """
        urgent = messages.c.purpose.in_(sorted(URGENT))
        due = (messages.c.state == MessageState.QUEUED, messages.c.due_at <= now)
        left = (messages.c.state == MessageState.CLAIMED, messages.c.claimed_at <= now - LEASE)
        codes_first = (messages.c.purpose.desc(), messages.c.due_at)
        questions: list[tuple[tuple[ColumnElement[Any], ...], tuple[ColumnElement[bool], ...]]] = [
            (codes_first, (urgent, *due)),
            ((messages.c.claimed_at,), (urgent, *left) if urgent_only else left),
        ]
        if not urgent_only:
            questions.append(((messages.c.due_at,), due))
        taken: list[UUID] = []
        for order, which in questions:
            if len(taken) < most:
                taken += await self._claim(which, order, now=now, most=most - len(taken))
        return taken

    async def _claim(
        self,
        which: tuple[ColumnElement[bool], ...],
        order: tuple[ColumnElement[Any], ...],
        *,
        now: datetime,
        most: int,
    ) -> Sequence[UUID]:
        first = (
            select(messages.c.id)
            .where(*which)
            .order_by(*order)
            .limit(most)
            .with_for_update(skip_locked=True)
            .cte("first")
        )
        taken = (
            update(messages)
            .where(messages.c.id.in_(select(first.c.id)))
            .values(
                state=MessageState.CLAIMED,
                asked_at=func.coalesce(messages.c.asked_at, messages.c.claimed_at),
                claimed_at=now,
                tries=messages.c.tries + 1,
            )
            .returning(messages.c.due_at, messages.c.id)
        )
        rows = sorted(await self.session.execute(taken), key=lambda row: row.due_at)
        return [row.id for row in rows]

    async def in_order(self, ids: Sequence[UUID]) -> Sequence[Message]:
        """The messages of these ids, in that order."""
        found = await self.session.scalars(select(Message).where(messages.c.id.in_(ids)))
        by_id = {message.id: message for message in found}
        return [by_id[id_] for id_ in ids]

    async def claimed(self, since: Mapping[UUID, datetime]) -> Sequence[Message]:
        """Those of these messages that are still ours since that moment."""
        query = select(Message).where(
            messages.c.id.in_(sorted(since)), messages.c.state == MessageState.CLAIMED
        )
        found = await self.session.scalars(query.order_by(messages.c.id).with_for_update())
        return [message for message in found if message.claimed_at == since[message.id]]

    async def known_to_notify(self, notify_id: UUID, reference: UUID | None) -> Message | None:
        """The message that Notify speaks of, by its own id or by ours."""
        query = select(Message).where(
            (messages.c.notify_id == notify_id) | (messages.c.id == reference if reference else False)
        )
        found: Message | None = await self.session.scalar(query.with_for_update())
        return found

    async def to_ask_after(self, *, now: datetime, most: int) -> Sequence[Message]:
        """What Notify has, and has not told us the end of in all that time."""
        return await self._first(messages.c.asks_at, now=now, most=most)

    async def to_fall_back(self, *, now: datetime, most: int) -> Sequence[Message]:
        """Texts of which nobody has said in time that they arrived."""
        return await self._first(messages.c.falls_back_at, now=now, most=most)

    async def _first(self, clock: Column[datetime], *, now: datetime, most: int) -> Sequence[Message]:
        query = select(Message).where(clock <= now).order_by(clock).limit(most)
        return (await self.session.scalars(query.with_for_update(skip_locked=True))).all()

    async def of_case(self, case_id: UUID) -> Sequence[Message]:
        """What was sent about a case."""
        query = select(Message).where(messages.c.case_id == case_id).order_by(messages.c.posted_at)
        return (await self.session.scalars(query)).all()


@dataclass(frozen=True, slots=True)
class SeenMessage:
    """A message as the person it was sent to sees it."""

    purpose: Purpose
    channel: Channel
    state: MessageState
    failure: str | None
    sent_at: datetime


_SENT = (MessageState.ACCEPTED, MessageState.DELIVERED, MessageState.FAILED)
_OF_OFFENDER = LookUp(
    select(messages.c.purpose, messages.c.channel, messages.c.state, messages.c.failure, messages.c.sent_at)
    .where(
        messages.c.offender_id == bindparam("offender_id"),
        messages.c.sent_at.is_not(None),
        or_(*(messages.c.state == state for state in _SENT)),
    )
    .order_by(messages.c.sent_at.desc())
    .limit(MOST_SHOWN)
)


async def of_offender(connection: AsyncConnection, offender_id: UUID) -> Sequence[SeenMessage]:
    """What was sent to the person, the newest first.

    What was held back is not among it: why it was can speak of somebody else.
    """
    return [SeenMessage(*row) for row in await _OF_OFFENDER.rows(connection, offender_id=offender_id)]
