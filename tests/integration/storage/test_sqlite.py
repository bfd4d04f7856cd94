"""SQLite for many at once: no write is lost, no reader waits, and nobody keeps the lock."""

import asyncio
import random
import sqlite3
import sys
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError, OperationalError

from portal.clock import Clock
from portal.settings import ROOT
from portal.storage.database import Database
from portal.storage.limits import count_alone
from portal.storage.tables import VICTIM_TABLES, limits
from tests.making import NOW
from tests.running import A_WHILE
from tests.writer import NO_LIMIT

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def write(database: Database) -> None:
    await count_alone(database, NO_LIMIT, "everybody", now=NOW)


async def written(database: Database) -> int:
    async with database.reading() as connection:
        return int(await connection.scalar(select(func.sum(limits.c.count))) or 0)


@pytest.fixture
def another_writer(database: Database):
    """Somebody else's connection, which holds the lock once it has begun."""
    connection = sqlite3.connect(str(database.engine.url.database), isolation_level=None)
    yield connection
    connection.close()


async def test_no_write_of_any_process_is_lost(database, database_url, soak):
    async def another_process() -> int:
        command = (sys.executable, "-m", "tests.writer", database_url, str(200 * soak))
        return await (await asyncio.create_subprocess_exec(*command, cwd=ROOT)).wait()

    left = iter(range(400 * soak))

    async def one_after_another() -> None:
        for _ in left:
            await write(database)

    ours = (one_after_another() for _ in range(40))
    codes, *_ = await asyncio.gather(asyncio.gather(*(another_process() for _ in range(3))), *ours)

    assert codes == [0, 0, 0]
    assert await written(database) == 1000 * soak


async def test_a_reader_does_not_wait_for_a_writer_and_sees_what_was_before(database):
    await write(database)

    async with database.noting() as writer:
        await writer.execute(text("UPDATE limits SET count = 100"))
        async with asyncio.timeout(A_WHILE):
            assert await written(database) == 1

    assert await written(database) == 100


async def test_the_loop_goes_on_while_a_writer_waits_for_the_lock(database, another_writer):
    another_writer.execute("BEGIN IMMEDIATE")
    waiting = asyncio.create_task(write(database))
    for _ in range(20):
        await asyncio.sleep(0.01)
    is_waiting = not waiting.done()
    another_writer.execute("COMMIT")
    await waiting  # had the loop stood still, the lock would have been refused

    assert is_waiting


async def test_after_five_seconds_of_waiting_it_gives_up_and_can_go_on_later(database, another_writer):
    another_writer.execute("BEGIN IMMEDIATE")
    began = Clock().monotonic()

    async with asyncio.timeout(A_WHILE):
        with pytest.raises(OperationalError, match="locked"):
            await write(database)

    assert Clock().monotonic() - began > 4.5
    another_writer.execute("COMMIT")
    await asyncio.gather(*(write(database) for _ in range(30)))
    assert await written(database) == 30


async def test_a_write_that_fails_gives_the_lock_back(database):
    async def fail() -> None:
        async with database.noting() as connection:
            await connection.execute(text("UPDATE limits SET count = 100"))
            raise ZeroDivisionError

    async def fail_in_sql() -> None:
        async with database.noting() as connection:
            await connection.execute(text("INSERT INTO limits (count) VALUES (1)"))

    await write(database)
    for _ in range(50):
        results = await asyncio.gather(fail(), fail_in_sql(), return_exceptions=True)
        assert [type(result).__name__ for result in results] == ["ZeroDivisionError", "IntegrityError"]

    async with asyncio.timeout(A_WHILE):
        await write(database)
    assert await written(database) == 2


async def test_a_write_that_is_cut_off_is_whole_or_absent_and_gives_the_lock_back(database, soak):
    finished = 0

    async def slow_write() -> None:
        async with database.noting() as connection:
            await connection.execute(text("UPDATE limits SET count = count + 1"))
            await asyncio.sleep(0.002)
            await connection.execute(text("UPDATE limits SET count = count + 1"))

    await write(database)
    for _ in range(40 * soak):
        tasks = [asyncio.create_task(slow_write()) for _ in range(8)]
        await asyncio.sleep(random.uniform(0, 0.01))  # noqa: S311 - nothing is kept secret by it
        for task in random.sample(tasks, 4):
            task.cancel()
        finished += (await asyncio.gather(*tasks, return_exceptions=True)).count(None)

    async with asyncio.timeout(A_WHILE):
        await asyncio.gather(*(write(database) for _ in range(60)))
    count = await written(database) - 61
    assert count % 2 == 0
    assert count >= 2 * finished


async def test_one_that_is_cut_off_twice_leaves_the_lock_alone(database, another_writer):
    another_writer.execute("BEGIN IMMEDIATE")
    task = asyncio.create_task(write(database))
    for _ in range(3):
        await asyncio.sleep(0.1)
        task.cancel()
    another_writer.execute("COMMIT")
    await asyncio.gather(task, return_exceptions=True)

    assert task.cancelled()
    async with asyncio.timeout(A_WHILE):
        await write(database)


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("busy_timeout", 5000),
        ("secure_delete", 1),
        ("trusted_schema", 0),
        ("temp_store", 2),
    ],
)
async def test_every_connection_is_set_up_for_safety(database, pragma, value):
    async with database.reading() as one, database.reading() as another, database.noting() as third:
        for connection in (one, another, third):
            assert await connection.scalar(text(f"PRAGMA {pragma}")) == value


@pytest.fixture
async def fenced(database_url: str, database: Database) -> AsyncIterator[Database]:
    """The database as the offender's surface opens it."""
    fenced = Database(database_url, database.keys, forbidden=VICTIM_TABLES)
    yield fenced
    await fenced.close()


@pytest.mark.usefixtures("records")
@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM victims",
        "SELECT count(*) FROM VICTIMS",
        "SELECT id FROM cases WHERE id IN (SELECT case_id FROM victims)",
        "SELECT cases.id FROM cases JOIN victims ON victims.case_id = cases.id",
        "WITH v AS (SELECT * FROM victims) SELECT 1 FROM v",
        "SELECT (SELECT last_name FROM victims LIMIT 1)",
        "INSERT INTO victims SELECT * FROM victims",
        "INSERT INTO limits SELECT id, force, 1 FROM victims",
        "INSERT INTO victims (id) VALUES ('x')",
        "UPDATE victims SET force = '42'",
        "DELETE FROM victims",
        "DROP TABLE victims",
        "ALTER TABLE victims RENAME TO others",
        "CREATE INDEX peephole ON victims (last_name)",
        "CREATE TRIGGER peephole AFTER INSERT ON victims BEGIN SELECT 1; END",
    ],
)
async def test_a_fenced_off_table_is_refused_in_every_statement(fenced, statement):
    with pytest.raises(DBAPIError, match=r"prohibited|not authorized"):
        async with fenced.noting() as connection:
            await connection.execute(text(statement))


@pytest.mark.usefixtures("records")
async def test_a_view_is_no_way_round_the_fence(database, fenced):
    async with database.noting() as connection:
        await connection.execute(text("CREATE VIEW peephole AS SELECT * FROM victims"))

    with pytest.raises(DBAPIError, match="prohibited"):
        async with fenced.reading() as connection:
            await connection.execute(text("SELECT last_name FROM peephole"))


@pytest.mark.usefixtures("records")
async def test_what_is_not_fenced_off_works(fenced):
    async with fenced.reading() as connection:
        assert await connection.scalar(text("SELECT count(*) FROM offenders")) == 1
    before = await written(fenced)
    await write(fenced)
    assert await written(fenced) == before + 1
