"""What every page of staff says beside its own: what is to do, what stands still, what is done.

Each page asks for it, so it is three short look-ups by index.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, bindparam, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from portal.domain.brakes import Brake
from portal.domain.messages import MessageState
from portal.storage.lookups import LookUp
from portal.storage.message_tables import brakes, messages, run_messages, runs, tasks

MOST_COUNTED = 100
"""Of more tasks than this nobody counts the rest."""
NEWS_OF_DELIVERY = timedelta(hours=1)
"""So long after it was due a message may still be told of as delivered or not; most are at once."""
TELLS_FOR = timedelta(days=15)
"""A message lives for 14 days at most: by then every run is over."""

_OPEN_TASKS = (
    select(literal(1).label("one"))
    .where(tasks.c.force == bindparam("force"), tasks.c.done_at.is_(None))
    .limit(MOST_COUNTED)
    .subquery()
)
_COUNT = LookUp(select(func.count(_OPEN_TASKS.c.one)))
_BRAKES = LookUp(
    select(brakes.c.name, brakes.c.reason, brakes.c.set_at, brakes.c.until).where(
        brakes.c.until > bindparam("now", type_=brakes.c.until.type)
    )
)
_UNDER_WAY = (
    select(run_messages.c.id)
    .join(messages, messages.c.id == run_messages.c.message_id)
    .where(
        run_messages.c.run_id == runs.c.id,
        or_(
            messages.c.state == MessageState.QUEUED,
            messages.c.state == MessageState.CLAIMED,
            and_(
                messages.c.state == MessageState.ACCEPTED,
                messages.c.due_at > bindparam("news_after", type_=messages.c.due_at.type),
            ),
        ),
    )
    .exists()
)
_RUN_TO_TELL_OF = LookUp(
    select(runs.c.id)
    .where(
        runs.c.force == bindparam("force"),
        runs.c.staff_id == bindparam("member_id"),
        runs.c.begun_at > bindparam("begun_after", type_=runs.c.begun_at.type),
        runs.c.told_at.is_(None),
        ~_UNDER_WAY,
    )
    .order_by(runs.c.begun_at)
    .limit(1)
)
TELL = (
    runs.update()
    .where(runs.c.id == bindparam("of"), runs.c.told_at.is_(None))
    .values(told_at=bindparam("told"))
)


async def open_tasks(records: AsyncConnection | AsyncSession, force: str) -> int:
    """How many things a force has to do, up to :data:`MOST_COUNTED`."""
    ((count,),) = await _COUNT.rows(records, force=force)
    return int(count)


async def brakes_on(records: AsyncConnection | AsyncSession, *, now: datetime) -> Sequence[Brake]:
    """Every brake that is on."""
    return [
        Brake(name=name, reason=reason, set_at=set_at, until=until)
        for name, reason, set_at, until in await _BRAKES.rows(records, now=now)
    ]


async def run_to_tell_of(
    connection: AsyncConnection, force: str, member_id: UUID, *, now: datetime
) -> UUID | None:
    """The oldest run of a member of staff that is over, and of which they were not told yet."""
    row = await _RUN_TO_TELL_OF.row(
        connection,
        force=force,
        member_id=member_id,
        begun_after=now - TELLS_FOR,
        news_after=now - NEWS_OF_DELIVERY,
    )
    return row[0] if row else None
