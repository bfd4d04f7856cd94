"""A session is made only by us, lives only so long, and once ended stays ended."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text

from portal.domain.audit import Actor
from portal.storage import sessions, tables
from portal.storage.keys import token_hash
from portal.storage.sessions import LIVES, Session, Stage
from portal.storage.unit_of_work import OffenderWork, Who, unit_of_work
from tests.making import NOW

A_SECOND = timedelta(seconds=1)


@pytest.fixture
def begin(database):
    """Begin a session that is signed in."""

    async def begin(surface: str = "offender", *, person_id=None, now=NOW) -> Session:
        async with database.noting() as connection:
            return await sessions.begin(
                connection, surface=surface, stage=Stage.SIGNED_IN, person_id=person_id, now=now
            )

    return begin


@pytest.fixture
def find(database):
    """Look for a live session."""

    async def find(session_id: str, *, surface: str = "offender", now=NOW) -> Session | None:
        async with database.reading() as connection:
            return await sessions.find(connection, session_id, surface=surface, now=now)

    return find


@pytest.fixture
def touch(database):
    async def touch(session: Session, *, now) -> None:
        async with database.noting() as connection:
            await sessions.touch(connection, session, now=now)

    return touch


async def test_a_session_is_found_by_its_id_with_all_that_it_was_begun_with(begin, find):
    begun = await begin(person_id=uuid4())

    assert await find(begun.id) == begun
    assert begun.is_signed_in


@pytest.mark.parametrize("chosen", ["", "attackerchosen123", "k" * 43, "é" * 43, "\x00"])
async def test_an_id_that_we_did_not_make_is_nobodys(begin, find, chosen):
    await begin()

    assert await find(chosen) is None


async def test_ids_are_long_and_kept_only_as_hashes(database, begin):
    begun = [await begin() for _ in range(20)]

    assert len({session.id for session in begun}) == 20
    assert all(len(session.id) == 43 for session in begun)
    async with database.reading() as connection:
        kept = set(await connection.scalars(select(tables.sessions.c.id_hash)))
    assert kept == {token_hash(session.id) for session in begun}


@pytest.mark.parametrize("own", LIVES)
async def test_a_session_is_one_of_its_own_surface(begin, find, own):
    begun = await begin(own)

    assert [surface for surface in LIVES if await find(begun.id, surface=surface)] == [own]


@pytest.mark.parametrize("surface", LIVES)
async def test_a_session_ends_after_so_long_without_a_request(begin, find, surface):
    begun = await begin(surface)
    idle = LIVES[surface].idle

    assert await find(begun.id, surface=surface, now=NOW + idle - A_SECOND)
    assert await find(begun.id, surface=surface, now=NOW + idle) is None
    assert await find(begun.id, surface=surface, now=NOW + idle + A_SECOND) is None


@pytest.mark.parametrize("surface", LIVES)
async def test_a_request_keeps_it_alive_and_no_longer_than_its_whole_life(begin, find, touch, surface):
    begun, life, now = await begin(surface), LIVES[surface], NOW
    while now + life.idle < NOW + life.absolute:
        now += life.idle - A_SECOND
        await touch(begun, now=now)
        assert await find(begun.id, surface=surface, now=now)

    await touch(begun, now=NOW + life.absolute - A_SECOND)

    assert await find(begun.id, surface=surface, now=NOW + life.absolute - A_SECOND)
    assert await find(begun.id, surface=surface, now=NOW + life.absolute) is None
    assert await find(begun.id, surface=surface, now=NOW + life.absolute + A_SECOND) is None


def test_lives_are_those_of_the_security_design():
    minutes = {name: (life.idle.seconds // 60, life.absolute.seconds // 60) for name, life in LIVES.items()}

    assert minutes == {"offender": (15, 120), "staff": (15, 600), "provider": (15, 600), "victim": (10, 60)}


async def test_a_session_that_was_ended_is_found_no_more(database, begin, find):
    ended, other = await begin(), await begin()

    async with database.noting() as connection:
        await sessions.revoke(connection, ended, now=NOW)

    assert await find(ended.id) is None
    assert await find(other.id)


async def test_a_request_under_way_does_not_bring_it_back(database, begin, find, soak):
    async def slow_request(session: Session, found: asyncio.Event) -> None:
        assert await find(session.id)
        found.set()
        await asyncio.sleep(0)
        who = Who(Actor.OFFENDER, session=session)
        async with unit_of_work(database, OffenderWork, now=NOW + A_SECOND, who=who):
            pass

    async def sign_out(session: Session, found: asyncio.Event) -> None:
        await found.wait()
        async with database.noting() as connection:
            await sessions.revoke(connection, session, now=NOW)

    for _ in range(100 * soak):
        session, found = await begin(), asyncio.Event()
        await asyncio.gather(slow_request(session, found), sign_out(session, found))
        assert await find(session.id, now=NOW + 2 * A_SECOND) is None


async def test_touching_what_was_purged_makes_no_row(database, begin, touch):
    begun = await begin()
    async with database.noting() as connection:
        await connection.execute(text("DELETE FROM sessions"))

    await touch(begun, now=NOW)

    async with database.reading() as connection:
        assert await connection.scalar(select(func.count()).select_from(tables.sessions)) == 0


async def test_every_session_of_a_person_can_be_ended(database, begin, find):
    person_id, other_id = uuid4(), uuid4()
    theirs = [await begin("staff", person_id=person_id) for _ in range(3)]
    others = await begin("staff", person_id=other_id)

    async with database.noting() as connection:
        await sessions.revoke_all(connection, person_id, now=NOW)

    assert [await find(session.id, surface="staff") for session in theirs] == [None, None, None]
    assert await find(others.id, surface="staff")


async def test_a_session_is_forgotten_a_day_after_its_end(database, begin):
    await begin("offender")
    await begin("staff")
    ends_at = NOW + LIVES["offender"].absolute
    left = []
    for now in (ends_at + timedelta(days=1) - A_SECOND, ends_at + timedelta(days=1) + A_SECOND):
        async with database.noting() as connection:
            await sessions.purge(connection, now=now)
            left.append(await connection.scalar(select(func.count()).select_from(tables.sessions)))

    assert left == [2, 1]
