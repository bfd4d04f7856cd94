"""One database, opened for one purpose: the engine, and the two ways to begin."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event, make_url
from sqlalchemy.ext.asyncio import (
    AsyncConnection,
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)

from portal.settings import OUR_DEFAULTS, ForceSettings, Settings
from portal.storage import tables
from portal.storage.bulk import BulkSession
from portal.storage.keys import KeyRing
from portal.storage.mapping import KEYS
from portal.storage.notes import Notes
from portal.storage.sqlite import BEGIN_TO_CHANGE, AtOnce, Authorizer, InPlace, Writing, never, opener

TO_CHANGE = "portal_to_change"
WITHOUT_SCHEMAS = {"schema_translate_map": {tables.VICTIM_SCHEMA: None}}
STATEMENT_TIMEOUT_MS = "5000"
ONE_SNAPSHOT = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
"""What a reader on SQLite has anyway."""


class Database:
    """The portal's records.

    Args:
        url: ``sqlite+aiosqlite:///…`` or ``postgresql+asyncpg://…``.
        keys: what sealed values are opened with.
        forbidden: tables that may not be touched here; on SQLite the driver refuses them.
        writing: the process's one place to write, shared by all databases of one file.
        of_force: what a force chose for itself, by its code.
    """

    def __init__(
        self,
        url: str,
        keys: KeyRing,
        *,
        forbidden: frozenset[str] = frozenset(),
        writing: Writing | None = None,
        of_force: Callable[[str], ForceSettings] = lambda _: OUR_DEFAULTS,
    ) -> None:
        self.keys, self.of_force = keys, of_force
        sqlite = url.startswith("sqlite")
        self._writing = writing or Writing()
        fence = never(forbidden) if forbidden else None
        self.engine = _sqlite(url, fence, self._writing) if sqlite else _postgresql(url)
        self._to_look = self.engine.execution_options(**ONE_SNAPSHOT)
        self._in_place = InPlace(self.engine, fence) if sqlite else None
        self.notes = Notes(self._transact, together=self.is_sqlite)
        self._to_change = self.engine.execution_options(**{TO_CHANGE: True})
        with_keys: dict[str, Any] = {"expire_on_commit": False, "info": {KEYS: keys}}
        self._sessions = async_sessionmaker(self._to_change, **with_keys)
        self._bulk_sessions = async_sessionmaker(self._to_change, class_=BulkSession, **with_keys)

    @property
    def is_sqlite(self) -> bool:
        """Whether one writer at a time is all there can be."""
        return self.engine.dialect.name == "sqlite"

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """One consistent look.  Nothing is changed."""
        if self._in_place:
            with self._in_place.looking() as connection:
                yield connection
        else:
            async with self._to_look.connect() as connection:
                yield connection

    @asynccontextmanager
    async def changing(self) -> AsyncIterator[AsyncSession]:
        """Commit if the block ends, undo it if the block raises."""
        async with self._sessions.begin() as session:
            yield session

    @asynccontextmanager
    async def changing_much(self) -> AsyncIterator[BulkSession]:
        """The same, for thousands of new records."""
        async with self._bulk_sessions.begin() as session:
            yield session
            await session.flush()

    @asynccontextmanager
    async def noting(self) -> AsyncIterator[AsyncConnection]:
        """A short transaction of plain statements, committed if the block ends."""
        async with self._to_change.begin() as connection:
            yield connection

    async def _transact(self, work: Callable[[Connection | AtOnce], None]) -> None:
        """Do all of it, or nothing; on SQLite in the writing thread, from beginning to end."""
        if self._in_place:
            async with self._writing.lock:
                await self._writing.run(partial(self._in_place.change, work))
        else:
            async with self._to_change.begin() as connection:
                await connection.run_sync(work)

    async def close(self) -> None:
        """Give back every connection."""
        if self._in_place:
            self._in_place.close()
        await self.engine.dispose()


def open_database(
    settings: Settings, *, forbidden: frozenset[str] = frozenset(), writing: Writing | None = None
) -> Database:
    """The database that the settings name."""
    keys = KeyRing((settings.secret_key, *settings.retired_secret_keys))
    return Database(
        settings.database_url, keys, forbidden=forbidden, writing=writing, of_force=settings.of_force
    )


def _sqlite(url: str, fence: Authorizer | None, writing: Writing) -> AsyncEngine:
    file = make_url(url).database
    if file:
        Path(file).parent.mkdir(parents=True, exist_ok=True)
    engine = create_async_engine(
        url,
        connect_args={"async_creator_fn": opener(writing, fence)},
        execution_options=WITHOUT_SCHEMAS,
        pool_size=20,
        max_overflow=20,
    )

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Connection) -> None:
        to_change = connection.get_execution_options().get(TO_CHANGE)
        connection.exec_driver_sql(BEGIN_TO_CHANGE if to_change else "BEGIN")

    return engine


def _postgresql(url: str) -> AsyncEngine:
    server: dict[str, Any] = {"statement_timeout": STATEMENT_TIMEOUT_MS, "timezone": "UTC"}
    return create_async_engine(
        url,
        connect_args={"server_settings": server, "timeout": 5},
        pool_size=10,
        max_overflow=10,
        pool_pre_ping=False,
        pool_recycle=1800,
    )
