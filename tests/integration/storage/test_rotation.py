"""Keys are changed while people work, and afterwards the old key opens nothing."""

import asyncio
import random
import secrets
from collections.abc import AsyncIterator, Iterable
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.domain.offenders import Offender
from portal.storage.database import Database
from portal.storage.keys import CannotOpen, KeyRing
from portal.storage.mapping import SEALED
from portal.storage.rotation import rotate
from portal.storage.staff import StaffMembers
from portal.storage.tables import offenders
from tests.making import a_drama_number, a_staff_member, an_offender

NEW = secrets.token_urlsafe(48)


@pytest.fixture
async def with_both(database_url: str, keys: KeyRing) -> AsyncIterator[Database]:
    """The database, opened with the new key in front of the old."""
    database = Database(database_url, KeyRing((NEW, *keys.secrets)))
    yield database
    await database.close()


@pytest.fixture
async def with_new(database_url: str) -> AsyncIterator[Database]:
    """The database, opened with the new key alone."""
    database = Database(database_url, KeyRing((NEW,)))
    yield database
    await database.close()


async def everything_in(database: Database) -> list[str]:
    """Every sealed value, opened."""
    found = []
    async with database.changing() as session:
        for kind, attributes in SEALED.items():
            rows: Iterable[Any] = await session.scalars(select(kind))
            for row in rows:
                found += [f"{kind.__name__} {row.id} {name} {getattr(row, name)}" for name in attributes]
    return sorted(found)


@pytest.mark.usefixtures("records")
async def test_everything_opens_with_the_new_key_alone(database, with_both, with_new):
    before = await everything_in(database)

    assert await rotate(with_both) == sum(1 for attributes in SEALED.values() if attributes)

    assert await everything_in(with_new) == before
    with pytest.raises(CannotOpen):
        await everything_in(database)


@pytest.mark.usefixtures("records")
async def test_a_second_rotation_has_nothing_to_do(with_both):
    await rotate(with_both)

    assert await rotate(with_both) == 0


async def test_people_are_found_under_the_new_key(database, with_both, with_new):
    async with database.changing() as session:
        session.add(a_staff_member(email="aoife@police.example"))

    for ring in (with_both, with_new):
        await rotate(with_both)
        async with ring.changing() as session:
            assert await StaffMembers(session, ring.keys).with_email("aoife@police.example")
    async with database.changing() as session:
        assert not await StaffMembers(session, database.keys).with_email("aoife@police.example")


async def test_a_rotation_that_was_cut_short_goes_on_where_it_was(database, with_both, with_new):
    async with database.changing() as session:
        session.add_all(an_offender() for _ in range(30))

    first = asyncio.create_task(rotate(with_both, batch=3))
    while await _behind(with_both) == 30:
        await asyncio.wait([first], timeout=0.001)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    left = await _behind(with_both)

    assert 0 < left < 30
    assert await rotate(with_both, batch=3) == left
    assert len(await everything_in(with_new)) == 30 * len(SEALED[Offender])


async def test_a_value_whose_key_is_gone_stops_the_rotation_and_stays(database, with_new):
    async with database.changing() as session:
        session.add(an_offender())
    before = await everything_in(database)

    with pytest.raises(CannotOpen):
        await rotate(with_new)

    assert await everything_in(database) == before


async def test_twenty_writers_lose_nothing_to_a_rotation(database, with_both, with_new, soak):
    people = [an_offender() for _ in range(60)]
    async with database.changing() as session:
        session.add_all(people)
    wanted = {person.id: (person.mobile, person.needs) for person in people}
    done = asyncio.Event()

    async def write(mine: list[Offender]) -> None:
        while not done.is_set():
            person = random.choice(mine)  # noqa: S311 - nothing is kept secret by it
            mobile, needs = a_drama_number(), f"needs {secrets.token_hex(4)}"
            async with with_both.changing() as session:
                row = await session.get_one(Offender, person.id)
                row.mobile = mobile
                await asyncio.sleep(0)
                row.needs = needs
            wanted[person.id] = mobile, needs

    writers = [asyncio.create_task(write(people[number::20])) for number in range(20)]
    for _ in range(soak):
        await asyncio.sleep(0.2)
        await rotate(with_both, batch=7)
    done.set()
    await asyncio.gather(*writers)

    async with with_new.changing() as session:
        rows = (await session.scalars(select(Offender))).all()
        assert {row.id: (row.mobile, row.needs) for row in rows} == wanted
        assert all(row.full_name == "Morwenna Jane Trelawny-Quick" for row in rows)
    with pytest.raises(CannotOpen):
        await everything_in(database)


async def _behind(database: Database) -> int:
    old = func.substr(offenders.c.first_names, 2, 4) != database.keys.current
    async with database.reading() as connection:
        return int(await connection.scalar(select(func.count()).select_from(offenders).where(old)) or 0)
