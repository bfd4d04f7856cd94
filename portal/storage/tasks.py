"""What staff have to do.  No query here forgets of which force."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from portal.domain.messages import Purpose
from portal.domain.tasks import Task, TaskKind
from portal.errors import NotFound
from portal.storage.cases import PAGE
from portal.storage.columns import place_in
from portal.storage.keys import KeyRing, place
from portal.storage.message_tables import messages, replies, tasks
from portal.storage.offenders import name_of
from portal.storage.tables import cases, offenders

_ORDER = (tasks.c.made_at, tasks.c.id)


@dataclass(frozen=True)
class Tasks:
    """The tasks of every force, to change them."""

    session: AsyncSession

    async def ask_for(self, task: Task) -> bool:
        """Keep it, unless one of its key is open already, or asked for just now.  Say whether it is new."""
        dialect = sqlite if self.session.get_bind().dialect.name == "sqlite" else postgresql
        given = {column.name: getattr(task, column.name) for column in tasks.c}
        await self.session.flush()
        put = dialect.insert(tasks).values(given).on_conflict_do_nothing().returning(tasks.c.id)
        return await self.session.scalar(put) is not None

    async def of_force(self, force: str, task_id: UUID) -> Task:
        """One of the force's own, ours until the work ends.

        Raises:
            NotFound: if there is none, or it is another force's.
        """
        query = select(Task).where(tasks.c.id == task_id, tasks.c.force == force).with_for_update()
        task: Task | None = await self.session.scalar(query)
        if task is None:
            raise NotFound(f"task {task_id} of force {force}")
        return task


@dataclass(frozen=True, slots=True)
class ListedTask:
    """A task as the list shows it."""

    id: UUID
    kind: TaskKind
    made_at: datetime
    done_at: datetime | None
    person: str | None
    """None where several people could be meant."""
    case_id: UUID | None
    """The case that it is about, or else the person's newest."""


@dataclass(frozen=True, slots=True)
class WhatTheyWrote:
    """A text that somebody sent, for staff to read."""

    content: str
    number: str
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class ShownTask:
    """A task with what it came of."""

    task: ListedTask
    offender_id: UUID | None
    wrote: WhatTheyWrote | None
    purpose: Purpose | None
    """Of the message that it is about."""


_NEWEST_CASE = (
    select(cases.c.id)
    .where(cases.c.offender_id == tasks.c.offender_id, cases.c.force == tasks.c.force)
    .order_by(cases.c.decided_at.desc())
    .limit(1)
    .correlate(tasks)
    .scalar_subquery()
)
_LISTED = (
    *(tasks.c.id, tasks.c.kind, tasks.c.made_at, tasks.c.done_at, tasks.c.offender_id),
    *(offenders.c.first_names, offenders.c.last_name),
    func.coalesce(tasks.c.case_id, _NEWEST_CASE).label("case_id"),
)
_FROM = tasks.outerjoin(offenders, offenders.c.id == tasks.c.offender_id)


def _listed(row: Row[*tuple[Any, ...]], keys: KeyRing) -> ListedTask:
    person = name_of(row, keys) if row.offender_id else None
    return ListedTask(row.id, row.kind, row.made_at, row.done_at, person, row.case_id)


async def listed(
    connection: AsyncConnection,
    keys: KeyRing,
    force: str,
    *,
    kind: TaskKind | None = None,
    after: tuple[datetime, UUID] | None = None,
) -> Sequence[ListedTask]:
    """A page of what the force has to do, the oldest first, and one row more if there is a next."""
    query = (
        select(*_LISTED)
        .select_from(_FROM)
        .where(tasks.c.force == force, tasks.c.done_at.is_(None))
        .order_by(tasks.c.made_at, tasks.c.id)
        .limit(PAGE + 1)
    )
    if kind:
        query = query.where(tasks.c.kind == kind)
    if after:
        query = query.where(tuple_(*_ORDER) > place_in(_ORDER, after))
    return [_listed(row, keys) for row in await connection.execute(query)]


async def counts(connection: AsyncConnection, force: str) -> Mapping[TaskKind, int]:
    """How much of each kind is to do."""
    query = (
        select(tasks.c.kind, func.count().label("of_kind"))
        .where(tasks.c.force == force, tasks.c.done_at.is_(None))
        .group_by(tasks.c.kind)
    )
    found = {row.kind: row.of_kind for row in await connection.execute(query)}
    return {kind: found[kind] for kind in TaskKind if kind in found}


async def shown(connection: AsyncConnection, keys: KeyRing, force: str, task_id: UUID) -> ShownTask:
    """One of the force's own, with the text that it is about.

    Raises:
        NotFound: if there is none, or it is another force's.
    """
    query = (
        select(*_LISTED, replies.c.id.label("reply_id"), replies.c.content, replies.c.number)
        .add_columns(replies.c.sent_at, messages.c.purpose)
        .select_from(
            _FROM.outerjoin(replies, replies.c.id == tasks.c.about_id).outerjoin(
                messages, messages.c.id == tasks.c.about_id
            )
        )
        .where(tasks.c.id == task_id, tasks.c.force == force)
    )
    row = (await connection.execute(query)).first()
    if row is None:
        raise NotFound(f"task {task_id} of force {force}")
    wrote = row.reply_id and WhatTheyWrote(
        keys.open(row.content, place("replies", "content", row.reply_id)),
        keys.open(row.number, place("replies", "number", row.reply_id)),
        row.sent_at,
    )
    return ShownTask(_listed(row, keys), row.offender_id, wrote, row.purpose)
