"""SQLite for one async code path: reads run in place, waiting and syncing in a thread.

SQLAlchemy's aiosqlite dialect takes any driver that looks like aiosqlite.  This one is the
standard ``sqlite3`` with awaitable names.  Only what can block leaves the event loop: taking
the write lock (``BEGIN IMMEDIATE``, behind one lock a process, since waiting threads starve
the holder) and ``COMMIT``, which waits for the disk.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any, Self, TypeVar, cast

from sqlalchemy import Connection as SynchronousConnection
from sqlalchemy import CursorResult, Executable, QueuePool, create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

T = TypeVar("T")

PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=5000",
    "PRAGMA secure_delete=ON",
    "PRAGMA trusted_schema=OFF",
    "PRAGMA temp_store=MEMORY",
)
BEGIN_TO_CHANGE = "BEGIN IMMEDIATE"


class Writing:
    """The one place in a process where somebody writes to a database."""

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="sqlite-writing")

    async def run(self, work: Callable[[], T]) -> T:
        """Do it in the thread.  Cancelled, we still wait for its end, so that the state is known."""
        done = asyncio.get_running_loop().run_in_executor(self._thread, work)
        try:
            return await asyncio.shield(done)
        except asyncio.CancelledError:
            while not done.done():
                with suppress(asyncio.CancelledError):
                    await asyncio.wait([done])
            done.exception()
            raise


class Cursor:
    """A sqlite3 cursor with awaitable names."""

    def __init__(self, connection: "Connection") -> None:
        self._connection = connection
        self._cursor = connection.driver.cursor()

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, operation: str, parameters: Sequence[Any] = ()) -> Self:
        if operation == BEGIN_TO_CHANGE:
            await self._connection.begin_to_change()
        else:
            self._cursor.execute(operation, parameters)
        return self

    async def executemany(self, operation: str, parameters: Iterable[Sequence[Any]]) -> Self:
        self._cursor.executemany(operation, parameters)
        return self

    async def fetchall(self) -> list[Any]:
        return self._cursor.fetchall()

    async def fetchone(self) -> Any:  # noqa: ANN401 - a row is a tuple of anything
        return self._cursor.fetchone()

    async def fetchmany(self, size: int | None = None) -> list[Any]:
        return self._cursor.fetchmany(size or self._cursor.arraysize)

    async def close(self) -> None:
        self._cursor.close()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - description, rowcount, lastrowid
        return getattr(self._cursor, name)


class Connection:
    """A sqlite3 connection as the aiosqlite dialect wants it."""

    def __init__(self, driver: sqlite3.Connection, writing: Writing) -> None:
        self.driver = driver
        self._writing = writing
        self._holds_lock = False
        self._conn = self._connection = driver

    def cursor(self) -> Cursor:
        return Cursor(self)

    async def begin_to_change(self) -> None:
        await self._writing.lock.acquire()
        self._holds_lock = True
        try:
            await self._writing.run(lambda: self.driver.execute(BEGIN_TO_CHANGE))
        except BaseException:
            await self.rollback()
            raise

    async def commit(self) -> None:
        if not self._holds_lock:
            self.driver.commit()
            return
        try:
            await self._writing.run(self.driver.commit)
        finally:
            if not self.driver.in_transaction:
                self._release()

    async def rollback(self) -> None:
        try:
            self.driver.rollback()
        finally:
            self._release()

    async def close(self) -> None:
        self.stop()

    def stop(self) -> None:
        self.driver.close()
        self._release()

    async def create_function(self, name: str, arity: int, function: Callable[..., Any], **how: bool) -> None:
        self.driver.create_function(name, arity, function, **how)

    def _release(self) -> None:
        if self._holds_lock:
            self._holds_lock = False
            self._writing.lock.release()


class AtOnce(AsyncConnection):
    """A connection that is used here and now: no greenlet has to wait for it."""

    def __init__(self, engine: AsyncEngine, at_once: SynchronousConnection) -> None:
        super().__init__(engine, at_once)
        self.at_once = at_once
        self.driver = cast("sqlite3.Connection", at_once.connection.driver_connection)

    async def execute(
        self,
        statement: Executable,
        parameters: Any = None,  # noqa: ANN401 - SQLAlchemy's
        *,
        execution_options: Any = None,  # noqa: ANN401 - SQLAlchemy's
    ) -> CursorResult[Any]:
        """Execute it here and now."""
        return self.at_once.execute(statement, parameters, execution_options=execution_options)

    def begin_to_look(self) -> None:
        """See the records as they are at the first question, until the look ends."""
        self.driver.execute("BEGIN")

    def end_the_look(self) -> None:
        """Let go."""
        if self.at_once.in_transaction():
            self.at_once.rollback()
        self.driver.rollback()

    def ask(self, sql: str, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
        """Ask the driver itself."""
        with _as_sqlalchemy_says(sql):
            return self.driver.execute(sql, parameters).fetchall()

    def tell(self, sql: str, rows: Sequence[dict[str, Any]]) -> None:
        """Have the driver do it for each row."""
        with _as_sqlalchemy_says(sql):
            self.driver.executemany(sql, rows)

    def change(self, work: Callable[["AtOnce"], None]) -> None:
        """Do the work as one transaction.  This waits, for others who write and for the disk."""
        with _as_sqlalchemy_says(BEGIN_TO_CHANGE):
            self.driver.execute(BEGIN_TO_CHANGE)
        try:
            work(self)
            with _as_sqlalchemy_says("COMMIT"):
                self.driver.commit()
        finally:
            self.driver.rollback()


@contextmanager
def _as_sqlalchemy_says(sql: str) -> Iterator[None]:
    """The driver's errors under the names by which all the rest knows them; never with what was sent."""
    try:
        yield
    except sqlite3.Error as error:
        raise DBAPIError.instance(sql, None, error, sqlite3.Error) from error


class InPlace:
    """The file without any detour through other greenlets: for looks, and for the writing thread."""

    def __init__(self, engine: AsyncEngine, authorizer: "Authorizer | None") -> None:
        self._engine, file = engine, engine.url.database or ":memory:"
        self._at_once = create_engine(
            "sqlite://",
            creator=lambda: open_file(file, authorizer),
            execution_options=engine.get_execution_options(),
            poolclass=QueuePool,
            pool_size=1,
            max_overflow=-1,
        )
        self._idle: list[AtOnce] = []
        self._to_change: AtOnce | None = None

    @contextmanager
    def looking(self) -> Iterator[AtOnce]:
        """A connection that sees one moment of the records.  It stays open for others."""
        connection = self._idle.pop() if self._idle else self._new()
        connection.begin_to_look()
        try:
            yield connection
        finally:
            connection.end_the_look()
            self._idle.append(connection)

    def change(self, work: Callable[[AtOnce], None]) -> None:
        """Do the work as one transaction, in the writing thread, which has a connection of its own."""
        if self._to_change is None:
            self._to_change = self._new()
        self._to_change.change(work)

    def _new(self) -> AtOnce:
        return AtOnce(self._engine, self._at_once.connect())

    def close(self) -> None:
        """Close what nobody uses."""
        for connection in (*self._idle, self._to_change):
            if connection:
                connection.at_once.close()
        self._idle, self._to_change = [], None
        self._at_once.dispose()


Authorizer = Callable[[int, str | None, str | None, str | None, str | None], int]


def opener(writing: Writing, authorizer: Authorizer | None) -> Callable[..., Any]:
    """What SQLAlchemy calls to open a connection (its ``async_creator_fn``)."""

    async def connect(database: str, **options: Any) -> Connection:  # noqa: ANN401 - passed on
        return Connection(open_file(database, authorizer, **options), writing)

    return connect


def open_file(
    database: str,
    authorizer: Authorizer | None,
    *,
    check_same_thread: bool = False,
    **options: Any,  # noqa: ANN401 - passed on
) -> sqlite3.Connection:
    """A connection of the driver's own, set up for safety."""
    driver: sqlite3.Connection = sqlite3.connect(
        database,
        isolation_level=None,
        cached_statements=256,
        check_same_thread=check_same_thread,
        **options,
    )
    for pragma in PRAGMAS:
        driver.execute(pragma).close()
    if authorizer is not None:
        driver.set_authorizer(authorizer)
    return driver


def never(tables: frozenset[str]) -> Authorizer:
    """An authorizer that refuses ``tables`` altogether, in whatever statement they stand."""

    def decide(action: int, first: str | None, second: str | None, *_: str | None) -> int:
        names = {(first or "").casefold(), (second or "").casefold()}  # as they are spelled in the statement
        return sqlite3.SQLITE_DENY if names & tables else sqlite3.SQLITE_OK

    return decide


__all__ = ["BEGIN_TO_CHANGE", "AtOnce", "Authorizer", "InPlace", "Writing", "never", "opener"]
