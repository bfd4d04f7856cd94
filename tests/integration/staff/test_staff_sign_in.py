"""Two steps for staff: nobody learns who has an account, and nobody guesses long."""

import re
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network
from typing import Any

import pytest
from argon2 import Type, extract_parameters
from sqlalchemy import select, text

from portal.app import create_app
from portal.domain.audit import Actor
from portal.domain.staff import Role
from portal.services import passwords, staff
from portal.services.staff import AlreadyAdded, PasswordIsWeak
from portal.storage.tables import audit_events
from portal.storage.tables import staff as accounts
from portal.storage.unit_of_work import StaffWork, Who, unit_of_work
from tests.making import PASSWORD, a_staff_member
from tests.records import deeds_of, records_of
from tests.visitor import Page, Visitor, site_of

A_STEP = timedelta(seconds=30)
NOT_RIGHT = "Your email address or password is not right. Check both and try again"
LONG = "ö" * 128
SLOW = passwords._hasher
"""What the portal hashes with, before a fixture makes it quick."""


async def give(visitor: Visitor, email: str, password: str, **headers: str) -> Page:
    await visitor.open("/staff/sign-in")
    return await visitor.send("/staff/sign-in", {"email": email, "password": password}, headers=headers)


def face(page: Page) -> tuple[int, str, dict[str, str]]:
    """What an onlooker can tell pages apart by."""
    body = re.sub(r'name="csrf" value="[^"]+"|value="[^"]+@police.example"', "", page.source)
    headers = {name: value for name, value in page.headers.items() if name != "content-length"}
    return page.status, body, headers


# Who has an account


async def test_an_unknown_address_and_a_wrong_password_look_and_cost_the_same(
    arrive, member, keep, monkeypatch
):
    disabled = a_staff_member(disabled_at=member.added_at)
    await keep(disabled)
    checks: list[int] = []
    matches = passwords.matches

    async def counted(kept: str, secret: str) -> bool:
        checks.append(len(secret))
        return await matches(kept, secret)

    monkeypatch.setattr(passwords, "matches", counted)

    known = await give(arrive(), member.email, "not the password")
    unknown = await give(arrive(), "nobody@police.example", "not the password")
    former = await give(arrive(), disabled.email, PASSWORD)

    assert known.text(".govuk-error-summary li") == NOT_RIGHT
    assert face(unknown) == face(known) == face(former)
    assert len(checks) == 3


async def test_the_answer_does_not_tell_when_an_account_is_held_back(arrive, member):
    for number in range(11):
        known = await give(arrive(address=f"192.0.2.{number}"), member.email, "wrong")
        unknown = await give(arrive(address=f"198.51.100.{number}"), "nobody@police.example", "wrong")
        assert face(unknown) == face(known), number
    assert known.status == 429


async def test_an_empty_form_says_what_to_enter(visitor):
    await visitor.open("/staff/sign-in")

    page = await visitor.send("/staff/sign-in")

    assert page.status == 422
    assert page.texts(".govuk-error-summary li") == ["Enter your email address", "Enter your password"]
    assert page.title.startswith("Error: Staff sign in")


async def test_a_page_with_an_error_keeps_the_address_and_drops_the_password(visitor, member):
    page = await give(visitor, member.email, "not the password")

    assert page.attribute("#email", "value") == member.email
    assert "not the password" not in page.source


# Passwords


async def test_a_password_counts_to_its_last_letter(arrive, keep):
    for kept, given, lets_in in (
        (PASSWORD, PASSWORD, True),
        (PASSWORD, PASSWORD + " ", False),
        (PASSWORD, PASSWORD.upper(), False),
        ("x" * 64, "x" * 64, True),
        (LONG, LONG, True),
        (LONG + "x", LONG + "x", False),
        ("a" * 72 + "b", "a" * 72 + "c", False),
        ("spaces   within", "spaces within", False),
    ):
        member = a_staff_member(password=kept)
        await keep(member)

        page = await give(arrive(), member.email.upper(), given)

        assert (page.location == "/staff/sign-in/code") is lets_in, (kept, given)


async def test_hashes_are_slow_and_renewed_when_they_were_quicker(keep, arrive, monkeypatch):
    member = a_staff_member()
    await keep(member)
    visitor = arrive()
    monkeypatch.setattr(passwords, "_hasher", SLOW)

    await visitor.give_password(member)

    async with visitor.database.reading() as connection:
        kept = (await connection.execute(select(accounts.c.password_hash))).scalar_one()
    slow = extract_parameters(kept)
    assert (slow.memory_cost, slow.time_cost, slow.type) == (19456, 2, Type.ID)
    assert visitor.page is not None
    assert visitor.page.path == "/staff/sign-in/code"


# The second step


async def test_the_code_of_now_and_of_the_step_before_and_after_lets_in(arrive, keep):
    for steps, lets_in in ((-2, False), (-1, True), (0, True), (1, True), (2, False)):
        member, visitor = a_staff_member(), arrive()
        await keep(member)
        await visitor.give_password(member)

        code = visitor.totp_of(member, steps=steps)
        page = await visitor.send("/staff/sign-in/code", {"code": f" {code[:3]} {code[3:]} "})

        assert (page.location == "/staff/cases") is lets_in, steps


async def test_a_code_lets_in_once_and_then_no_older_one_does(arrive, member, clock):
    first, again = arrive(), arrive()
    code, before = first.totp_of(member), first.totp_of(member, steps=-1)
    await first.sign_in_as_staff(member)

    await again.give_password(member)
    for replayed in (code, before):
        page = await again.send("/staff/sign-in/code", {"code": replayed})
        assert (
            page.text(".govuk-error-summary li")
            == "That code did not work. Enter the code your app shows now"
        )

    clock.moment += A_STEP
    assert (await again.send("/staff/sign-in/code", {"code": again.totp_of(member)})).status == 303


async def test_the_password_alone_opens_nothing(visitor, member, case):
    await visitor.give_password(member)

    for path in ("/staff/cases", f"/staff/cases/{case.id}"):
        assert (await visitor.open(path)).location == "/staff/sign-in"


async def test_the_eleventh_code_is_refused_though_right(arrive, member):
    thief, owner = arrive(), arrive(address="198.51.100.1")
    await owner.give_password(member)
    for number in range(10):
        thief = thief if number % 5 else arrive(address=f"192.0.2.{number}")
        if number % 5 == 0:
            await thief.give_password(member)
        assert (await thief.send("/staff/sign-in/code", {"code": "000000"})).status == 422

    page = await owner.send("/staff/sign-in/code", {"code": owner.totp_of(member)})

    assert (page.status, page.headers["retry-after"]) == (429, "300")


# How often


async def test_the_eleventh_try_is_refused_though_right_and_others_are_not_affected(arrive, member, keep):
    other = a_staff_member()
    await keep(other)
    for number in range(10):
        assert (await give(arrive(address=f"192.0.2.{number}"), member.email, "wrong")).status == 422

    refused = await give(arrive(address="192.0.2.99"), member.email, PASSWORD)

    assert (refused.status, refused.headers["retry-after"]) == (429, "300")
    assert (await give(arrive(address="192.0.2.98"), other.email, PASSWORD)).status == 303


async def test_after_five_minutes_the_count_begins_anew(arrive, member, clock):
    for number in range(11):
        last = await give(arrive(address=f"192.0.2.{number}"), member.email, "wrong")
    assert last.status == 429

    clock.moment += timedelta(minutes=5)

    assert (await give(arrive(), member.email, PASSWORD)).status == 303


async def test_ten_failures_hold_an_address_back_and_successes_do_not(arrive, keep):
    members = [a_staff_member() for _ in range(24)]
    await keep(*members)
    station, thief = {"address": "2001:db8:1:2::1"}, {"address": "2001:db8:1:3::1"}
    for member in members[:12]:
        assert (await give(arrive(**station), member.email, PASSWORD)).status == 303
    for number, member in enumerate(members[:10]):
        address = f"2001:db8:1:3::{number}"
        assert (await give(arrive(address=address), member.email, "wrong")).status == 422

    assert (await give(arrive(**thief), members[20].email, PASSWORD)).status == 429
    assert (await give(arrive(**station), members[20].email, PASSWORD)).status == 303


async def test_an_address_is_believed_from_a_trusted_proxy_alone(settings, database, clock, arrive, keep):
    members = [a_staff_member() for _ in range(24)]
    await keep(*members)
    for number in range(10):
        forged = {"X-Forwarded-For": f"203.0.113.{number}"}
        assert (await give(arrive(), members[number].email, "wrong", **forged)).status == 422
    forged = {"X-Forwarded-For": "203.0.113.99"}
    assert (await give(arrive(), members[11].email, PASSWORD, **forged)).status == 429

    behind = create_app(replace(settings, trusted_proxies=(ip_network("192.0.2.0/24"),)), clock=clock)
    visitor = Visitor(behind, database, clock)
    assert (await give(visitor, members[12].email, PASSWORD, **forged)).status == 303
    held_back = {"X-Forwarded-For": "203.0.113.99, 192.0.2.1"}
    assert (await give(visitor, members[13].email, PASSWORD, **held_back)).status == 303
    await visitor.client.aclose()
    for opened in site_of(behind).databases.values():
        await opened.close()


async def test_without_a_count_nobody_signs_in(visitor, member, database):
    async with database.noting() as connection:
        await connection.execute(text("ALTER TABLE limits RENAME TO lost"))

    page = await give(visitor, member.email, PASSWORD)

    assert page.status == 503
    assert visitor.cookies == {}


# Rights end at once


async def test_a_disabled_colleague_is_out_at_the_next_request(staff_visitor, member, database, clock, case):
    assert (await staff_visitor.open("/staff/cases")).status == 200

    await disable(database, member.id, at=clock.now())

    for path in ("/staff/cases", f"/staff/cases/{case.id}"):
        assert (await staff_visitor.open(path)).location == "/staff/sign-in"
    assert (await staff_visitor.send("/staff/sign-out")).location == "/staff/sign-in"


async def test_who_is_disabled_half_way_does_not_get_in(visitor, member, database, clock):
    await visitor.give_password(member)

    await disable(database, member.id, at=clock.now())

    page = await visitor.send("/staff/sign-in/code", {"code": visitor.totp_of(member)})
    assert page.status == 422


async def disable(database: Any, member_id: Any, *, at: Any) -> None:
    async with unit_of_work(database, StaffWork, now=at, who=Who(Actor.OPERATOR)) as work:
        member = await work.staff.find(member_id)
        assert member is not None
        await work.staff.disable(member, at=at)


# What is written down


async def test_every_try_is_written_down_with_its_factor(visitor, member, database):
    await give(visitor, member.email, "wrong")
    await give(visitor, "nobody@police.example", "wrong")
    await visitor.give_password(member)
    await visitor.send("/staff/sign-in/code", {"code": "000000"})
    await visitor.send("/staff/sign-in/code", {"code": visitor.totp_of(member)})
    await visitor.open("/staff/cases")
    await visitor.send("/staff/sign-out")

    async with database.reading() as connection:
        query = select(audit_events.c.deed, audit_events.c.details, audit_events.c.record_id).order_by("id")
        events = [tuple(row) for row in await connection.execute(query)]
    assert events == [
        ("staff.refused", {"factor": 1}, member.id),
        ("staff.refused", {"factor": 1}, None),
        ("staff.refused", {"factor": 2}, member.id),
        ("staff.signed_in", {}, member.id),
        ("cases.listed", {}, None),
        ("staff.signed_out", {}, member.id),
    ]


# Accounts


async def test_an_account_needs_an_address_of_its_own_and_a_password_of_some_length(database, clock, member):
    before = await records_of(database)
    for email, password, error in (
        (member.email.upper(), PASSWORD, AlreadyAdded),
        ("new@police.example", "x" * 11, PasswordIsWeak),
        ("new@police.example", "x" * 129, PasswordIsWeak),
    ):
        with pytest.raises(error):
            await add(database, clock, email, password)
    assert await records_of(database) == before

    added = await add(database, clock, "new@police.example", "x" * 12)

    assert added.totp_uri.startswith("otpauth://totp/Amends:new%40police.example?")
    assert await deeds_of(database) == ["staff.added"]


async def add(database: Any, clock: Any, email: str, password: str) -> staff.Added:
    async with unit_of_work(database, StaffWork, now=clock.now(), who=Who(Actor.OPERATOR)) as work:
        return await staff.add(
            work, force="42", name="Idris Kaye", email=email, role=Role.OFFICER, password=password
        )
