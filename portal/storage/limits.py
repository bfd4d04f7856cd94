"""How often a thing may be done, counted in the database so that every process counts together.

One atomic upsert a try.  When the count cannot be kept, the error goes up and the act is
refused: limits fail closed.
"""

import hashlib
import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, delete, literal, literal_column, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from portal.errors import TooMany
from portal.storage.database import Database
from portal.storage.tables import limits


@dataclass(frozen=True)
class Limit:
    """At most ``most`` in a window of ``within``."""

    name: str
    most: int
    within: timedelta


def _hash(limit: Limit, key: str) -> bytes:
    return hashlib.sha256(f"{limit.name}\x00{key}".encode()).digest()


def _seconds(left: timedelta) -> int:
    return math.ceil(left.total_seconds())


async def count(connection: AsyncConnection | AsyncSession, limit: Limit, key: str, *, now: datetime) -> None:
    """Count one try in the caller's transaction.

    Raises:
        TooMany: if that was one too many; it says when to come back.
    """
    bind = connection.get_bind() if isinstance(connection, AsyncSession) else connection
    dialect = sqlite if bind.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(limits).values(
        key_hash=_hash(limit, key), window_ends_at=now + limit.within, count=1
    )
    over = limits.c.window_ends_at <= literal(now, limits.c.window_ends_at.type)
    counted = statement.on_conflict_do_update(
        index_elements=[limits.c.key_hash],
        set_={
            "count": case((over, literal_column("1")), else_=limits.c.count + 1),
            "window_ends_at": case((over, statement.excluded.window_ends_at), else_=limits.c.window_ends_at),
        },
    ).returning(limits.c.count.label("tries"), limits.c.window_ends_at)
    row = (await connection.execute(counted)).one()
    if row.tries > limit.most:
        raise TooMany(limit.name, retry_after=_seconds(row.window_ends_at - now))


async def check(connection: AsyncConnection | AsyncSession, limit: Limit, key: str, *, now: datetime) -> None:
    """Look, without counting: for limits that count failures alone.

    Raises:
        TooMany: if another failure would be one too many.
    """
    query = select(limits.c.count.label("tries"), limits.c.window_ends_at).where(
        limits.c.key_hash == _hash(limit, key)
    )
    row = (await connection.execute(query)).first()
    if row is not None and now < row.window_ends_at and row.tries >= limit.most:
        raise TooMany(limit.name, retry_after=_seconds(row.window_ends_at - now))


async def count_alone(database: Database, limit: Limit, key: str, *, now: datetime) -> None:
    """Count one try in a transaction of its own: a try that fails afterwards counts too.

    Raises:
        TooMany: if that was one too many; it says when to come back.
    """
    over: TooMany | None = None
    async with database.noting() as connection:
        try:
            await count(connection, limit, key, now=now)
        except TooMany as reached:
            over = reached
    if over:
        raise over


async def purge(database: Database, *, now: datetime) -> None:
    """Forget windows that are over."""
    async with database.noting() as connection:
        await connection.execute(delete(limits).where(limits.c.window_ends_at <= now))
