"""Of many tries at once only five count, and a code lets one browser in, once."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from portal.domain.links import CODE_TRIES, Code
from portal.storage import tables
from portal.storage.keys import new_token, token_hash
from portal.storage.links import Codes, Links
from tests.making import NOW, a_code, a_link, an_offender

BROWSER = token_hash("a browser")


@pytest.fixture
async def offender(database):
    offender = an_offender()
    async with database.changing() as session:
        session.add(offender)
    return offender


@pytest.fixture
async def code(database, offender) -> Code:
    code = a_code(offender)
    async with database.changing() as session:
        session.add(code)
    return code


async def test_a_link_is_found_by_its_token_alone(database, offender):
    token = new_token()
    link = a_link(offender, token=token)
    async with database.changing() as session:
        Links(session).add(link)

    async with database.changing() as session:
        found = await Links(session).with_token(token)
        assert found is not None
        assert found.id == link.id
        assert await Links(session).find(link.id) is found
        for wrong in (token.swapcase(), token[:-1], f"{token} ", "", token_hash(token).hex()):
            assert await Links(session).with_token(wrong) is None


async def test_a_revoked_link_is_found_and_known_to_be_dead(database, offender):
    token = new_token()
    async with database.changing() as session:
        Links(session).add(a_link(offender, token=token, revoked_at=NOW))

    async with database.changing() as session:
        found = await Links(session).with_token(token)
        assert found is not None
        assert not found.is_live(at=NOW)


async def test_a_browser_has_its_newest_code_and_nobody_elses(database, offender):
    older, newer = a_code(offender), a_code(offender, made_at=NOW + timedelta(minutes=1))
    other = a_code(offender, browser="another browser", made_at=NOW + timedelta(minutes=2))
    async with database.changing() as session:
        session.add_all([newer, older, other])

    async with database.changing() as session:
        found = await Codes(session).of_browser(BROWSER)
        assert found is not None
        assert found.id == newer.id
        assert await Codes(session).of_browser(token_hash("no browser")) is None


async def test_a_new_code_kills_the_old(database, offender, code):
    stranger = an_offender()
    new, others = a_code(offender, made_at=NOW + timedelta(seconds=1)), a_code(stranger, browser="another")
    async with database.changing() as session:
        session.add_all([stranger, others])
    async with database.changing() as session:
        await Codes(session).replace(new, now=NOW)

    async with database.changing() as session:
        assert not (await session.get_one(Code, code.id)).is_live(at=NOW)
        assert (await session.get_one(Code, new.id)).is_live(at=NOW)
        assert (await session.get_one(Code, others.id)).is_live(at=NOW)
        assert not await Codes(session).count_try(code)


@pytest.mark.parametrize("is_taken_first", [True, False], ids=["taken first", "from memory"])
async def test_of_fifty_tries_at_once_five_count(database, code, soak, is_taken_first):
    async def guess() -> bool:
        async with database.changing() as session:
            taken = await Codes(session).of_browser(BROWSER) if is_taken_first else code
            assert taken is not None
            return await Codes(session).count_try(taken)

    for _ in range(soak):
        counted = await asyncio.gather(*(guess() for _ in range(50)))
        assert sum(counted) == CODE_TRIES
        async with database.noting() as connection:
            assert await connection.scalar(select(tables.codes.c.tries)) == CODE_TRIES
            await connection.execute(text("UPDATE codes SET tries = 0"))


async def test_a_try_counts_when_nothing_else_is_kept(database, code):
    async with database.changing() as session:
        assert await Codes(session).count_try(code)

    async with database.changing() as session:
        assert (await session.get_one(Code, code.id)).tries == 1


@pytest.mark.parametrize("is_taken_first", [True, False], ids=["taken first", "from memory"])
async def test_of_two_hundred_at_once_one_spends_it(database, code, soak, is_taken_first):
    async def let_in() -> bool:
        async with database.changing() as session:
            taken = await Codes(session).of_browser(BROWSER) if is_taken_first else code
            assert taken is not None
            return await Codes(session).spend(taken, now=NOW)

    for _ in range(2 * soak):
        assert sum(await asyncio.gather(*(let_in() for _ in range(200)))) == 1
        async with database.noting() as connection:
            spent = select(func.count()).where(tables.codes.c.spent_at.is_not(None))
            assert await connection.scalar(spent) == 1
            await connection.execute(text("UPDATE codes SET spent_at = NULL"))


async def test_a_spent_code_takes_no_more_tries(database, code):
    async with database.changing() as session:
        assert await Codes(session).spend(code, now=NOW)

    async with database.changing() as session:
        assert not await Codes(session).count_try(code)
        assert not await Codes(session).spend(code, now=NOW)
