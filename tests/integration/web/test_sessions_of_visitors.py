"""Sign-ins of visitors: made by us alone, ended for good, and never stretched beyond their limits."""

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from portal.storage import appointments, sessions
from tests.visitor import Visitor

A_SECOND = timedelta(seconds=1)
ATTRIBUTES = "Path=/; SameSite=lax; Secure; HttpOnly"
CHOSEN = "an-id-that-an-attacker-chose-beforehand"


def attributes(header: str) -> str:
    """All that a Set-Cookie says after the value, in one order."""
    said = header.split("; ")[1:]
    return "; ".join(sorted(said, key=ATTRIBUTES.find))


def plant(visitor: Visitor, surface: str, id_: str) -> None:
    """Put a sign-in cookie into the visitor's browser."""
    visitor.client.cookies.delete(f"__Host-{surface}", domain="portal.test")
    visitor.client.cookies.set(f"__Host-{surface}", id_, domain="portal.test", path="/")


async def test_cookies_have_exactly_these_attributes(visitor, offender):
    await visitor.open(await visitor.link_of(offender))

    asked = await visitor.send(visitor.page.path)
    await visitor.open("/code")
    entered = await visitor.send("/code", {"code": await visitor.code_of(offender)})
    await visitor.open("/?language=cy")
    left = await visitor.send("/sign-out")

    for page, names in ((asked, ["__Host-offender"]), (entered, ["__Host-language", "__Host-offender"])):
        cookies = sorted(page.headers.get_list("set-cookie"))
        assert [cookie.partition("=")[0] for cookie in cookies] == names
        assert {attributes(cookie) for cookie in cookies} == {ATTRIBUTES}
    taken_back = left.headers.get_list("set-cookie")
    assert sorted(cookie.partition("=")[0] for cookie in taken_back) == ["__Host-language", "__Host-offender"]
    assert {attributes(cookie) for cookie in taken_back} == {f"Max-Age=0; {ATTRIBUTES}"}
    assert visitor.cookies == {}
    assert left.headers["clear-site-data"] == '"cache", "storage"'


async def test_only_signing_in_and_choosing_a_language_set_cookies(visitor, offender, case, appointment):
    link = await visitor.link_of(offender)

    for path in (link, "/signed-out", "/help", "/language", "/", "/staff/sign-in", "/nothing"):
        assert "set-cookie" not in (await visitor.open(path)).headers, path
    assert visitor.cookies == {}


async def test_an_id_that_somebody_chose_is_never_taken(arrive, visitor, offender, case):
    plant(visitor, "offender", CHOSEN)
    attacker = arrive()
    plant(attacker, "offender", CHOSEN)

    await visitor.sign_in(offender)

    assert visitor.cookies["__Host-offender"] != CHOSEN
    assert (await attacker.open("/")).location == "/signed-out"


async def test_the_id_before_the_code_is_not_the_id_after_it_and_dies(arrive, visitor, offender, case):
    await visitor.ask_for_code(await visitor.link_of(offender))
    before = visitor.cookies["__Host-offender"]

    await visitor.enter(await visitor.code_of(offender))

    onlooker = arrive()
    plant(onlooker, "offender", before)
    assert visitor.cookies["__Host-offender"] != before
    assert (await onlooker.open("/")).location == "/signed-out"
    assert (await onlooker.open("/code")).location == "/signed-out"


async def test_signing_in_again_ends_the_session_before(
    arrive, offender_visitor, staff_visitor, offender, member, clock
):
    clock.moment += timedelta(minutes=1)
    old = offender_visitor.cookies["__Host-offender"], staff_visitor.cookies["__Host-staff"]

    await offender_visitor.sign_in(offender)
    await staff_visitor.sign_in_as_staff(member)

    onlooker = arrive()
    plant(onlooker, "offender", old[0])
    plant(onlooker, "staff", old[1])
    assert (await onlooker.open("/")).location == "/signed-out"
    assert (await onlooker.open("/staff/cases")).location == "/staff/sign-in"
    assert (await offender_visitor.open("/")).status == 200


async def test_a_session_of_one_surface_is_nothing_on_another(arrive, offender_visitor, staff_visitor):
    crossed = arrive()
    plant(crossed, "staff", offender_visitor.cookies["__Host-offender"])
    plant(crossed, "offender", staff_visitor.cookies["__Host-staff"])

    assert (await crossed.open("/staff/cases")).location == "/staff/sign-in"
    assert (await crossed.open("/")).location == "/signed-out"


async def test_one_browser_holds_both_and_they_do_not_mix(offender_visitor, member, case):
    await offender_visitor.sign_in_as_staff(member)

    await offender_visitor.open("/staff/cases")
    await offender_visitor.send("/staff/sign-out")

    assert (await offender_visitor.open("/staff/cases")).location == "/staff/sign-in"
    assert (await offender_visitor.open("/")).status == 200


async def test_signing_out_ends_it_at_the_server(arrive, offender_visitor, staff_visitor):
    thief = arrive()
    plant(thief, "offender", offender_visitor.cookies["__Host-offender"])
    plant(thief, "staff", staff_visitor.cookies["__Host-staff"])
    assert (await thief.open("/")).status == (await thief.open("/staff/cases")).status == 200

    await offender_visitor.open("/")
    await offender_visitor.send("/sign-out")
    await staff_visitor.open("/staff/cases")
    await staff_visitor.send("/staff/sign-out")

    assert (await thief.open("/")).location == "/signed-out"
    assert (await thief.open("/staff/cases")).location == "/staff/sign-in"


async def test_tabs_do_not_sign_each_other_out(arrive, offender_visitor):
    other_tab = arrive()
    plant(other_tab, "offender", offender_visitor.cookies["__Host-offender"])

    pages = [await tab.open("/") for tab in (offender_visitor, other_tab) * 3]

    assert [page.status for page in pages] == [200] * 6
    assert offender_visitor.cookies["__Host-offender"] == other_tab.cookies["__Host-offender"]


async def test_a_request_under_way_does_not_revive_a_session(
    arrive, visitor, offender, case, clock, monkeypatch, soak
):
    """Litestar's own sessions come back to life here."""
    upcoming, other_tab = appointments.upcoming, arrive()
    for _ in range(3 * soak):
        clock.moment += timedelta(hours=3)
        await visitor.sign_in(offender)
        plant(other_tab, "offender", visitor.cookies["__Host-offender"])
        under_way, may_end = asyncio.Event(), asyncio.Event()

        async def slowly(*given: Any, begun=under_way, end=may_end, **named: Any) -> Any:
            begun.set()
            await end.wait()
            return await upcoming(*given, **named)

        with monkeypatch.context() as patched:
            patched.setattr(appointments, "upcoming", slowly)
            slow = asyncio.create_task(other_tab.open("/"))
            await under_way.wait()
            await visitor.send("/sign-out")
            may_end.set()
            assert (await slow).status == 200

        assert (await other_tab.open("/")).location == "/signed-out"


@pytest.mark.parametrize("surface", ["offender", "staff"])
async def test_idle_and_absolute_limits_hold_to_the_second(surface, visitor, offender, member, case, clock):
    home = {"offender": "/", "staff": "/staff/cases"}[surface]
    life = sessions.LIVES[surface]

    async def sign_in() -> datetime:
        clock.moment += timedelta(minutes=1)
        await (visitor.sign_in(offender) if surface == "offender" else visitor.sign_in_as_staff(member))
        now: datetime = clock.now()
        return now

    await sign_in()
    clock.moment += life.idle
    assert (await visitor.open(home)).status == 303

    begun_at = await sign_in()
    while clock.now() + life.idle < begun_at + life.absolute:
        clock.moment += life.idle - A_SECOND
        assert (await visitor.open(home)).status == 200
    clock.moment = begun_at + life.absolute - A_SECOND
    assert (await visitor.open(home)).status == 200
    clock.moment += A_SECOND
    assert (await visitor.open(home)).status == 303


def test_the_limits_are_those_of_the_security_design():
    idle = {surface: life.idle for surface, life in sessions.LIVES.items()}
    absolute = {surface: life.absolute for surface, life in sessions.LIVES.items()}

    assert (idle["offender"], absolute["offender"]) == (timedelta(minutes=15), timedelta(hours=2))
    assert (idle["staff"], absolute["staff"]) == (timedelta(minutes=15), timedelta(hours=10))
    assert (idle["victim"], absolute["victim"]) == (timedelta(minutes=10), timedelta(hours=1))


async def test_a_page_that_is_refused_keeps_nobody_signed_in(offender_visitor, clock):
    for _ in range(3):
        clock.moment += timedelta(minutes=7)
        await offender_visitor.open("/nothing")
        await offender_visitor.open(f"/appointments/{uuid4()}")

    assert (await offender_visitor.open("/")).location == "/signed-out"


async def test_ending_all_sessions_of_a_person_ends_them_everywhere(arrive, member, keep, database, clock):
    visitors = [arrive(), arrive()]
    for visitor in visitors:
        clock.moment += timedelta(seconds=30)
        await visitor.sign_in_as_staff(member)

    async with database.noting() as connection:
        await sessions.revoke_all(connection, member.id, now=clock.now())

    assert [(await visitor.open("/staff/cases")).status for visitor in visitors] == [303, 303]
