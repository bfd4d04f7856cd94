"""Tries are counted exactly, whoever counts, and a window that is over begins again."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal.errors import TooMany
from portal.storage import tables
from portal.storage.database import Database
from portal.storage.limits import Limit, check, count, count_alone, purge
from tests.making import NOW

A_MOMENT = timedelta(microseconds=1)
THREE = Limit("codes an hour", 3, timedelta(hours=1))
MANY = Limit("tries", 25, timedelta(minutes=5))


async def tries(database: Database) -> int:
    async with database.reading() as connection:
        return int(await connection.scalar(select(func.sum(tables.limits.c.count))) or 0)


async def test_one_too_many_is_refused_and_says_when_to_come_back(database):
    for _ in range(3):
        await count_alone(database, THREE, "somebody", now=NOW)

    with pytest.raises(TooMany, match="codes an hour") as refused:
        await count_alone(database, THREE, "somebody", now=NOW + timedelta(minutes=10))
    assert refused.value.retry_after == 50 * 60


async def test_coming_back_when_told_is_allowed(database):
    for _ in range(3):
        await count_alone(database, THREE, "somebody", now=NOW)
    late = NOW + timedelta(minutes=59, seconds=59.6)
    with pytest.raises(TooMany) as refused:
        await count_alone(database, THREE, "somebody", now=late)

    await count_alone(database, THREE, "somebody", now=late + timedelta(seconds=refused.value.retry_after))


async def test_a_window_ends_on_the_moment_and_begins_again_with_the_next_try(database):
    for _ in range(3):
        await count_alone(database, THREE, "somebody", now=NOW)
    with pytest.raises(TooMany):
        await count_alone(database, THREE, "somebody", now=NOW + THREE.within - A_MOMENT)

    for _ in range(3):
        await count_alone(database, THREE, "somebody", now=NOW + THREE.within)

    with pytest.raises(TooMany) as refused:
        await count_alone(database, THREE, "somebody", now=NOW + THREE.within)
    assert refused.value.retry_after == 3600


async def test_a_try_that_is_refused_counts_and_does_not_lengthen_the_window(database):
    for _ in range(10):
        await asyncio.gather(count_alone(database, THREE, "x", now=NOW), return_exceptions=True)

    assert await tries(database) == 10
    await count_alone(database, THREE, "x", now=NOW + THREE.within)


async def test_each_limit_and_each_person_has_its_own_count(database):
    for key in ("somebody", "somebody else"):
        for _ in range(3):
            await count_alone(database, THREE, key, now=NOW)

    await count_alone(database, Limit("codes a day", 3, timedelta(days=1)), "somebody", now=NOW)
    with pytest.raises(TooMany):
        await count_alone(database, THREE, "somebody", now=NOW)


async def test_many_at_once_are_counted_exactly(database, soak):
    for number in range(2 * soak):
        results = await asyncio.gather(
            *(count_alone(database, MANY, f"somebody {number}", now=NOW) for _ in range(50)),
            return_exceptions=True,
        )
        assert results.count(None) == 25
        assert sum(isinstance(result, TooMany) for result in results) == 25

    assert await tries(database) == 50 * 2 * soak


async def test_a_count_within_work_is_undone_with_it(database):
    async def fail() -> None:
        async with database.changing() as session:
            await count(session, THREE, "somebody", now=NOW)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()

    assert await tries(database) == 0


async def test_looking_counts_nothing_and_refuses_when_none_is_left(database):
    async def look(*, now=NOW) -> None:
        async with database.reading() as connection:
            await check(connection, THREE, "somebody", now=now)

    await look()
    for _ in range(2):
        await count_alone(database, THREE, "somebody", now=NOW)
        await look()
    await count_alone(database, THREE, "somebody", now=NOW)

    with pytest.raises(TooMany) as refused:
        await look(now=NOW + timedelta(minutes=10))
    assert refused.value.retry_after == 50 * 60
    assert await tries(database) == 3
    await look(now=NOW + THREE.within)


async def test_windows_that_are_over_are_forgotten(database):
    await count_alone(database, THREE, "early", now=NOW)
    await count_alone(database, THREE, "late", now=NOW + timedelta(minutes=1))

    await purge(database, now=NOW + THREE.within)

    assert await tries(database) == 1


async def test_when_it_cannot_be_counted_it_is_refused(empty_database):
    with pytest.raises(Exception, match=r"limits"):
        await count_alone(empty_database, THREE, "somebody", now=NOW)


async def test_the_key_is_kept_only_as_a_hash(database):
    await count_alone(database, THREE, "+447700900123", now=NOW)

    async with database.reading() as connection:
        row = (await connection.execute(select(tables.limits))).one()
    assert len(row.key_hash) == 32
    assert "7700900123" not in str(row)
