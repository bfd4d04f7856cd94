"""The outbox: messages are posted with their cause, then claimed, sent and settled by a worker."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, ColumnElement, Row, bindparam, func, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from portal.domain.arms import Arm
from portal.domain.messages import (
    BY_HAND,
    LEASE,
    REMINDERS,
    URGENT,
    Channel,
    Held,
    Message,
    MessageState,
    Purpose,
)
from portal.domain.offenders import Offender
from portal.storage.bulk import keep_all
from portal.storage.columns import place_in
from portal.storage.lookups import LookUp
from portal.storage.message_tables import messages

MOST_SHOWN = 50
AT_ONCE = 1000
"""Rows of one statement."""
_WAITING = (MessageState.QUEUED, MessageState.CLAIMED)

_ORDER = (messages.c.due_at, messages.c.id)


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

    async def post_all(self, posted: Sequence[Message]) -> None:
        """Put in many, of keys that nothing else has."""
        await keep_all(self.session, posted)

    async def withdraw_all(self, ids: Sequence[UUID], *, at: datetime) -> set[UUID]:
        """Withdraw those that nobody has begun to send.  Say which."""
        withdrawn: set[UUID] = set()
        for first in range(0, len(ids), AT_ONCE):
            some = ids[first : first + AT_ONCE]
            waiting = (messages.c.id.in_(some), messages.c.state == MessageState.QUEUED)
            done = update(messages).where(*waiting).values(state=MessageState.WITHDRAWN, settled_at=at)
            withdrawn |= set((await self.session.execute(done.returning(messages.c.id))).scalars())
        return withdrawn

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

    async def find(self, message_id: UUID) -> Message | None:
        """The message that carries a link."""
        return await self.session.get(Message, message_id)

    async def last_sent(
        self, offender_ids: Collection[UUID], *, purposes: Collection[Purpose], before: datetime
    ) -> Message | None:
        """The newest of these purposes that any of these records had got by then."""
        query = (
            select(Message)
            .where(
                messages.c.offender_id.in_(offender_ids),
                messages.c.purpose.in_(sorted(purposes)),
                messages.c.state.in_((MessageState.ACCEPTED, MessageState.DELIVERED)),
                messages.c.due_at <= before,
            )
            .order_by(messages.c.due_at.desc())
            .limit(1)
        )
        found: Message | None = await self.session.scalar(query)
        return found

    async def reminders_of(self, offender_id: UUID) -> Sequence[Message]:
        """Every reminder that the person got, will get, or was to get."""
        query = select(Message).where(
            messages.c.offender_id == offender_id, messages.c.purpose.in_(sorted(REMINDERS))
        )
        return (await self.session.scalars(query.with_for_update())).all()

    async def hand_over(self, case_id: UUID, offender: Offender) -> None:
        """The case is another person's: what it still reminds of is theirs, or nobody's."""
        theirs = {"offender_id": offender.id, "language": offender.language}
        await self.session.execute(
            update(messages)
            .where(
                messages.c.case_id == case_id,
                messages.c.purpose.in_(sorted(REMINDERS)),
                messages.c.state.in_((MessageState.QUEUED, MessageState.WITHDRAWN)),
            )
            .values(theirs)
        )

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


@dataclass(frozen=True, slots=True)
class ListedMessage:
    """A message as staff see it: what it was for, and honestly how far it is."""

    id: UUID
    purpose: Purpose
    channel: Channel | None
    arm: Arm | None
    state: MessageState
    held_because: Held | None
    failure: str | None
    due_at: datetime
    sent_at: datetime | None
    is_by_hand: bool
    instead: Channel | None
    """The other channel that it went by too, because this one was not heard of."""
    is_due: bool

    @property
    def went_by_email(self) -> bool:
        """Whether an e-mail went in its place."""
        return self.instead is Channel.EMAIL

    @property
    def went_by_text(self) -> bool:
        """Whether a text went in its place."""
        return self.instead is Channel.SMS


_INSTEAD = messages.alias("instead")
LISTED = (
    *(messages.c.id, messages.c.purpose, messages.c.channel, messages.c.arm, messages.c.state),
    *(messages.c.held_because, messages.c.failure, messages.c.due_at, messages.c.sent_at),
    messages.c.key.startswith(f"{BY_HAND}:").label("is_by_hand"),
)
WENT_INSTEAD = _INSTEAD.c.channel.label("instead")
WENT = (
    _INSTEAD,
    (_INSTEAD.c.case_id == messages.c.case_id)
    & (_INSTEAD.c.instead_of == messages.c.id)
    & _INSTEAD.c.sent_at.is_not(None),
)
"""What a message is joined with for :data:`WENT_INSTEAD`."""
_OF_CASE = (
    select(*LISTED, WENT_INSTEAD)
    .outerjoin(*WENT)
    .where(messages.c.case_id == bindparam("case_id"))
    .order_by(messages.c.due_at.desc(), messages.c.id.desc())
)


async def of_case(
    connection: AsyncConnection,
    case_id: UUID,
    *,
    now: datetime,
    most: int,
    before: tuple[datetime, UUID] | None = None,
) -> Sequence[ListedMessage]:
    """What is or was to be sent about a case that the caller may see: the latest first, and one more."""
    query = _OF_CASE.limit(most + 1)
    if before:
        query = query.where(tuple_(*_ORDER) < place_in(_ORDER, before))
    return [listed_message(row, now=now) for row in await connection.execute(query, {"case_id": case_id})]


def listed_message(row: Row[*tuple[Any, ...]], *, now: datetime) -> ListedMessage:
    """A message of a row that has :data:`LISTED` columns and :data:`WENT_INSTEAD`."""
    return ListedMessage(
        *(row.id, row.purpose, row.channel, row.arm, row.state, row.held_because, row.failure),
        *(row.due_at, row.sent_at, bool(row.is_by_hand), row.instead, row.due_at <= now),
    )
