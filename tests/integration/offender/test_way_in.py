"""The link and the code: harmless to look at, alike when dead, and good for one sign-in."""

import asyncio
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text, update

from portal.domain.links import LINK_LIFE
from portal.services import passwords
from portal.storage import sessions
from portal.storage.keys import token_hash
from portal.storage.tables import codes, links
from portal.storage.tables import sessions as session_table
from tests.making import an_offender
from tests.records import deeds_of, records_of
from tests.visitor import FROM_OUR_PAGE, TYPED, Page, Visitor

A_SECOND = timedelta(seconds=1)
SCANNERS = (
    {"User-Agent": "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)"},
    {"User-Agent": "WhatsApp/2.23.20.0"},
    {"User-Agent": "Microsoft Office/16.0 (Outlook)"},
    {"User-Agent": "facebookexternalhit/1.1"},
    {"Purpose": "prefetch", "Sec-Purpose": "prefetch;prerender"},
    {"X-Purpose": "preview", "Range": "bytes=0-511"},
)


def face(page: Page) -> tuple[int, str, list[tuple[str, str]]]:
    """All that a visitor can tell pages apart by, save what is random in each."""
    body = re.sub(r'name="csrf" value="[^"]+"', "", page.source)
    headers = [(name, re.sub("=[^;]{40,}", "", value)) for name, value in page.headers.multi_items()]
    return page.status, body, [item for item in headers if item[0] != "content-length"]


async def a_dead_link(visitor: Visitor, kind: str) -> str:
    """The path of a link that opens nothing."""
    offender = an_offender()
    async with visitor.database.changing() as session:
        session.add(offender)
    link = await visitor.link_of(offender)
    moment = {"expired": {"expires_at": visitor.clock.now()}, "revoked": {"revoked_at": visitor.clock.now()}}
    if kind in moment:
        async with visitor.database.noting() as connection:
            await connection.execute(
                update(links).where(links.c.offender_id == offender.id).values(**moment[kind])
            )
    strange = {"wrong": "/a/none-of-ours", "wrong case": link.swapcase().replace("/A/", "/a/")}
    return {"malformed": "/a/%00%FF'\"<x>", "long": "/a/" + "x" * 5000}.get(kind) or strange.get(kind, link)


# Looking


async def test_scanners_leave_a_link_as_it_was(arrive, visitor, offender, case, database):
    link = await visitor.link_of(offender)
    before = await records_of(database)

    seen = [await arrive().ask("HEAD", link), *[await arrive().ask("GET", link, headers=h) for h in SCANNERS]]
    seen += await asyncio.gather(*(arrive().ask("GET", link) for _ in range(50)))

    assert await records_of(database) == before
    assert all("set-cookie" not in page.headers for page in seen)
    assert all("Morwenna" not in page.source and "og:" not in page.source for page in seen)
    assert (await visitor.sign_in(offender)).path == "/"


async def test_a_scanner_that_sends_every_form_empty_and_guesses_leaves_the_way_open(
    arrive, visitor, offender, case, clock
):
    link = await visitor.link_of(offender)
    scanner = arrive()
    await scanner.ask_for_code(link)
    for guess in ("", " ", "abc", "12345", "1234567", "0" * 4000, "000000", "111111", "222222", "333333"):
        page = await scanner.send("/code", {"code": guess})
        assert page.status == 422
    assert (await scanner.open("/")).location == "/signed-out"

    clock.moment += A_SECOND
    await visitor.ask_for_code(link)

    assert (await visitor.enter(await visitor.code_of(offender))).path == "/"


async def test_malformed_codes_are_no_tries(visitor, offender, case):
    await visitor.ask_for_code(await visitor.link_of(offender))

    for nothing in ("", "   ", "none", "1 2 3", "1234567") * 3:
        page = await visitor.send("/code", {"code": nothing})
        assert page.status == 422
        assert page.title.startswith("Error: ")

    assert (await visitor.enter(await visitor.code_of(offender))).path == "/"


async def test_the_page_of_a_link_tells_nothing_of_the_token_or_the_person(visitor, offender):
    link = await visitor.link_of(offender)

    page = await visitor.open(link)

    assert page.title == "Sign in - Amends"
    assert link.removeprefix("/a/") not in page.source
    assert link.removeprefix("/a/") not in str(page.headers)


async def test_who_waits_too_long_is_told_how_to_come_back(visitor, offender, case, clock, database):
    await visitor.ask_for_code(await visitor.link_of(offender))
    clock.moment += timedelta(minutes=15)
    before = await records_of(database)

    for path in ("/code", "/code/again"):
        page = await visitor.send(path, {"code": "120456"}, follow=True)

        assert page.text("h1") == "You are signed out", path
        assert "press it again when you are back" in page.text(), path
        await visitor.open("/help")
    assert await records_of(database) == before


# The same face


async def all_the_way(visitor: Visitor, link: str) -> list[Page]:
    """Every page that whoever holds a link can get to see, without the code."""
    return [
        await visitor.open(link),
        await visitor.send(link),
        await visitor.open("/code"),
        await visitor.send("/code", {"code": "000000"}),
        await visitor.send("/code", {"code": ""}),
        await visitor.send("/code/again"),
        await visitor.open("/code"),
        await visitor.send("/code/again"),
        await visitor.send("/code/again"),
        await visitor.open(link),
        await visitor.send(link),
    ]


async def test_a_dead_link_looks_like_a_live_one_all_the_way(arrive, keep):
    for kind in ("wrong", "expired", "revoked", "malformed", "long", "wrong case"):
        offender, live, dead = an_offender(), arrive(), arrive()
        await keep(offender)
        live_link, dead_link = await live.link_of(offender), await a_dead_link(dead, kind)

        seen = [await all_the_way(live, live_link), await all_the_way(dead, dead_link)]

        for step, (of_live, of_dead) in enumerate(zip(*seen, strict=True)):
            assert face(of_dead) == face(of_live), (kind, step)
        assert [page.status for page in seen[0]] == [200, 303, 200, 422, 422, 303, 200, 303, 429, 200, 429]


async def test_a_dead_link_costs_as_many_hashes_as_a_live_one(arrive, visitor, offender, case, monkeypatch):
    work: list[str] = []

    def counting(name: str) -> Callable[..., Any]:
        does = getattr(passwords, name)

        def count(*given: str) -> Any:
            work.append(name)
            return does(*given)

        return count

    for name in ("hashed", "matches"):
        monkeypatch.setattr(passwords, name, counting(name))

    async def try_to_enter(somebody: Visitor, link: str) -> list[str]:
        work.clear()
        await somebody.ask_for_code(link)
        await somebody.send("/code", {"code": "000000"})
        await somebody.send("/code/again")
        return list(work)

    live = await try_to_enter(visitor, await visitor.link_of(offender))
    assert live == ["hashed", "matches", "hashed"]
    for kind in ("wrong", "expired", "revoked"):
        dead = arrive()
        assert await try_to_enter(dead, await a_dead_link(dead, kind)) == live, kind


async def test_a_link_lives_thirty_days_to_the_second(visitor, offender, case, clock):
    link = await visitor.link_of(offender)
    clock.moment += LINK_LIFE - A_SECOND
    await visitor.ask_for_code(link)
    assert (await visitor.enter(await visitor.code_of(offender))).path == "/"

    clock.moment += A_SECOND
    await visitor.ask_for_code(link)
    assert (await visitor.enter("000000")).status == 422
    assert (await deeds_of(visitor.database)).count("code.posted") == 1


# Codes


SPELLINGS: dict[str, Callable[[str], str]] = {
    "spaces": lambda code: f" {code[:3]} {code[3:]} ",
    "no-break space": lambda code: code[:3] + "\u00a0" + code[3:],
    "hyphens": "-".join,
    "dash": lambda code: code[:3] + "\u2013" + code[3:],
    "full width": lambda code: code.translate({ord(digit): ord(digit) + 0xFEE0 for digit in code}),
    "Arabic": lambda code: code.translate({ord(digit): int(digit) + 0x0660 for digit in code}),
    "words": lambda code: f"Code: {code}.",
}


async def test_a_code_is_taken_as_people_type_it_but_once(arrive, keep):
    for name, spell in SPELLINGS.items():
        offender, visitor, replay = an_offender(), arrive(), arrive()
        await keep(offender)
        await visitor.ask_for_code(await visitor.link_of(offender))
        before = visitor.cookies["__Host-offender"]
        code = await visitor.code_of(offender)

        assert (await visitor.enter(spell(code))).path == "/", name

        replay.client.cookies.set("__Host-offender", before, domain="portal.test", path="/")
        for spelled in (code, spell(code)):
            assert (await replay.send("/code", {"code": spelled})).location == "/signed-out", name
        assert (await replay.open("/")).location == "/signed-out"


async def test_a_code_lives_ten_minutes_to_the_second(visitor, offender, case, clock):
    for age, status in ((timedelta(minutes=10), 422), (timedelta(minutes=10) - A_SECOND, 200)):
        await visitor.ask_for_code(await visitor.link_of(offender))
        clock.moment += age
        assert (await visitor.enter(await visitor.code_of(offender))).status == status


async def test_a_new_code_kills_the_old(visitor, offender, case, clock):
    await visitor.ask_for_code(await visitor.link_of(offender))
    old = await visitor.code_of(offender)
    clock.moment += A_SECOND

    await visitor.send("/code/again", follow=True)

    new = await visitor.code_of(offender)
    assert old == new or (await visitor.enter(old)).status == 422
    assert (await visitor.enter(new)).path == "/"


async def test_a_code_is_for_the_browser_that_asked(arrive, visitor, offender, case, clock):
    link = await visitor.link_of(offender)
    elsewhere = arrive()
    await elsewhere.ask_for_code(link)
    stolen = await elsewhere.code_of(offender)
    clock.moment += A_SECOND
    await visitor.ask_for_code(link)
    mine = await visitor.code_of(offender)

    assert mine == stolen or (await visitor.enter(stolen)).status == 422
    assert (await elsewhere.enter(mine)).status == 422
    assert (await visitor.enter(mine)).path == "/"


async def test_five_wrong_tries_kill_a_code(visitor, offender, case):
    await visitor.ask_for_code(await visitor.link_of(offender))
    code = await visitor.code_of(offender)
    wrong = "000000" if code != "000000" else "111111"

    for _ in range(5):
        assert (await visitor.enter(wrong)).status == 422

    assert (await visitor.enter(code)).status == 422
    assert (await visitor.open("/")).location == "/signed-out"


async def test_a_person_gets_three_codes_an_hour_and_ten_a_day(arrive, visitor, offender, case, clock):
    link, sent = await visitor.link_of(offender), list[int]()
    for asker in (visitor, arrive()) * 8:
        sent.append((await asker.ask_for_code(link)).status)
        clock.moment += timedelta(minutes=15)

    assert sent[:4] == [200, 200, 200, 429]
    assert sent.count(200) == 10
    assert (await deeds_of(visitor.database)).count("code.posted") == 10
    clock.moment += timedelta(days=1)
    assert (await visitor.ask_for_code(link)).status == 200


async def test_too_many_asks_say_when_to_come_back(visitor, offender, case, clock):
    link = await visitor.link_of(offender)
    for _ in range(3):
        await visitor.ask_for_code(link)
    clock.moment += timedelta(minutes=18)

    await visitor.open(link)
    page = await visitor.send(link)

    assert page.headers["retry-after"] == "2520"
    assert "You can try again in 42 minutes." in page.text()


@pytest.mark.parametrize("step", ["asking", "entering"])
async def test_without_a_count_there_is_no_way_in(visitor, offender, case, database, step):
    link = await visitor.link_of(offender)
    await visitor.open(link)
    if step == "entering":
        await visitor.ask_for_code(link)
    async with database.noting() as connection:
        await connection.execute(text("ALTER TABLE limits RENAME TO lost"))

    if step == "asking":
        page = await visitor.send(link)
    else:
        page = await visitor.send("/code", {"code": await visitor.code_of(offender)})

    assert page.status == 503
    assert page.headers["retry-after"] == "30"
    assert (await visitor.open("/")).location == "/signed-out"
    assert (await deeds_of(database)).count("offender.signed_in") == 0


# Races


async def signed_in(database: Any) -> int:
    async with database.reading() as connection:
        query = select(func.count()).where(session_table.c.stage == sessions.Stage.SIGNED_IN)
        return int((await connection.execute(query)).scalar_one())


async def test_of_fifty_who_enter_a_code_at_once_one_gets_in(visitor, offender, case, clock, database, soak):
    for done in range(2 * soak):
        clock.moment += timedelta(hours=3)
        await visitor.ask_for_code(await visitor.link_of(offender))
        form = {"csrf": visitor.page.token, "code": await visitor.code_of(offender)}

        pages = await asyncio.gather(
            *(visitor.ask("POST", "/code", data=form, headers=FROM_OUR_PAGE) for _ in range(50))
        )

        assert [page.location for page in pages].count("/") == 1
        assert {page.status for page in pages if page.location != "/"} <= {303, 403, 422}
        assert await signed_in(database) == done + 1


async def test_of_many_guesses_at_once_five_are_weighed(visitor, offender, case, database, monkeypatch):
    await visitor.ask_for_code(await visitor.link_of(offender))
    code = await visitor.code_of(offender)
    guesses = [f"{number:06}" for number in range(30) if f"{number:06}" != code]

    pages = await asyncio.gather(
        *(
            visitor.ask(
                "POST", "/code", data={"csrf": visitor.page.token, "code": guess}, headers=FROM_OUR_PAGE
            )
            for guess in guesses
        )
    )

    assert {page.status for page in pages} == {422}
    assert (await deeds_of(database)).count("code.refused") == 5
    async with database.reading() as connection:
        assert (await connection.execute(select(codes.c.tries))).scalars().all() == [5]
    assert (await visitor.enter(code)).status == 422


async def test_tokens_and_ids_lie_hashed_in_the_database(visitor, offender, case, database):
    link = await visitor.link_of(offender)
    await visitor.ask_for_code(link)
    await visitor.enter(await visitor.code_of(offender))

    held = repr(await records_of(database))

    for secret in (link.removeprefix("/a/"), visitor.cookies["__Host-offender"]):
        assert secret not in held
        assert repr(token_hash(secret)) in held


async def test_prefetching_the_code_page_needs_a_browser_that_asked(visitor):
    for path in ("/code", "/"):
        assert (await visitor.open(path, headers=TYPED | {"Purpose": "prefetch"})).location == "/signed-out"
