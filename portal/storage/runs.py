"""Runs: what staff sent to many at once.  No query here forgets of which force."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from portal.domain.messages import MessageState, Purpose
from portal.domain.runs import Run, RunMessage
from portal.errors import NotFound
from portal.storage.bulk import keep_all
from portal.storage.cases import PAGE
from portal.storage.columns import place_in
from portal.storage.keys import KeyRing, place
from portal.storage.message_tables import messages, run_messages, runs
from portal.storage.messages import LISTED, WENT, WENT_INSTEAD, ListedMessage, listed_message
from portal.storage.offenders import name_of
from portal.storage.tables import offenders, staff

_ORDER = (runs.c.begun_at, runs.c.id)


@dataclass(frozen=True)
class Runs:
    """Runs, to change them."""

    session: AsyncSession

    async def one_at_a_time(self, force: str) -> None:
        """No other run of the force begins until this work ends, so that nobody is written to twice."""
        if self.session.get_bind().dialect.name == "postgresql":
            await self.session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"runs:{force}"))))

    async def begun_by(self, force: str, member_id: UUID, run_id: UUID) -> Run | None:
        """The run of that id, if it was begun.

        Raises:
            NotFound: if it is another force's, or a colleague's.
        """
        run: Run | None = await self.session.get(Run, run_id)
        if run is not None and (run.force, run.staff_id) != (force, member_id):
            raise NotFound(f"run {run_id} of {member_id}")
        return run

    async def keep(self, run: Run, sent: Sequence[RunMessage]) -> None:
        """Keep a new one with what it sends, whose messages are kept already."""
        self.session.add(run)
        await keep_all(self.session, sent)


@dataclass(frozen=True, slots=True)
class ListedRun:
    """A run as the list shows it."""

    id: UUID
    purpose: Purpose
    begun_at: datetime
    people: int
    left_out: int
    member_name: str


@dataclass(frozen=True, slots=True)
class Result:
    """What became of the message to one person."""

    person: str
    case_id: UUID | None
    message: ListedMessage


_RUNS = select(
    *(runs.c.id, runs.c.purpose, runs.c.begun_at, runs.c.people, runs.c.left_out),
    *(runs.c.staff_id, staff.c.name),
).join(staff, staff.c.id == runs.c.staff_id)


def _listed(row: Any, keys: KeyRing) -> ListedRun:  # noqa: ANN401 - a row
    name = keys.open(row.name, place("staff", "name", row.staff_id))
    return ListedRun(row.id, row.purpose, row.begun_at, row.people, row.left_out, name)


async def listed(
    connection: AsyncConnection, keys: KeyRing, force: str, *, before: tuple[datetime, UUID] | None = None
) -> Sequence[ListedRun]:
    """A page of the force's runs, the newest first, and one row more if there is a next."""
    query = _RUNS.where(runs.c.force == force).order_by(runs.c.begun_at.desc(), runs.c.id.desc())
    if before:
        query = query.where(tuple_(*_ORDER) < place_in(_ORDER, before))
    return [_listed(row, keys) for row in await connection.execute(query.limit(PAGE + 1))]


async def shown(connection: AsyncConnection, keys: KeyRing, force: str, run_id: UUID) -> ListedRun:
    """One of the force's own.

    Raises:
        NotFound: if there is none, or it is another force's.
    """
    row = (await connection.execute(_RUNS.where(runs.c.id == run_id, runs.c.force == force))).first()
    if row is None:
        raise NotFound(f"run {run_id} of force {force}")
    return _listed(row, keys)


async def counts(connection: AsyncConnection, run: ListedRun) -> Mapping[MessageState, int]:
    """How many of its messages are how far."""
    query = (
        select(messages.c.state, func.count().label("so_far"))
        .join(run_messages, run_messages.c.message_id == messages.c.id)
        .where(run_messages.c.run_id == run.id)
        .group_by(messages.c.state)
    )
    return {row.state: row.so_far for row in await connection.execute(query)}


async def results(
    connection: AsyncConnection, keys: KeyRing, run: ListedRun, *, now: datetime, after: UUID | None = None
) -> Sequence[Result]:
    """A page of what became of its messages, and one row more if there is a next."""
    query = (
        select(
            *LISTED,
            WENT_INSTEAD,
            *(messages.c.offender_id, messages.c.case_id, offenders.c.first_names, offenders.c.last_name),
        )
        .join(run_messages, run_messages.c.message_id == messages.c.id)
        .join(offenders, offenders.c.id == messages.c.offender_id)
        .outerjoin(*WENT)
        .where(run_messages.c.run_id == run.id)
        .order_by(messages.c.id)
        .limit(PAGE + 1)
    )
    if after:
        query = query.where(messages.c.id > after)
    return [
        Result(name_of(row, keys), row.case_id, listed_message(row, now=now))
        for row in await connection.execute(query)
    ]
