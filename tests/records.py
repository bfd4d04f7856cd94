"""All that the database holds, so that a test can say: nothing changed."""

from typing import Any, TypeAlias

from sqlalchemy import Connection, select

from portal.domain.audit import Event
from portal.storage.database import Database
from portal.storage.tables import audit_events, limits, metadata, sessions

Records: TypeAlias = dict[str, list[tuple[Any, ...]]]
COUNTED = frozenset({limits, audit_events})
"""A refusal may be counted and written down."""
MOVES = frozenset({sessions.c.seen_at})
"""Somebody is still there: that much any request may say."""


async def records_of(database: Database) -> Records:
    """Every row of every table, but for what merely looking may change."""
    async with database.reading() as connection:
        return await connection.run_sync(_read)


def _read(connection: Connection) -> Records:
    return {
        table.name: sorted(
            (tuple(row) for row in connection.execute(select(*(c for c in table.c if c not in MOVES)))),
            key=repr,
        )
        for table in metadata.sorted_tables
        if table not in COUNTED
    }


async def events_of(database: Database) -> list[Event]:
    """What was written down, in order."""
    async with database.reading() as connection:
        rows = await connection.execute(select(audit_events).order_by(audit_events.c.id))
        return [Event(**row) for row in rows.mappings()]


async def deeds_of(database: Database) -> list[str]:
    """What was done, in order."""
    return [event.deed for event in await events_of(database)]
