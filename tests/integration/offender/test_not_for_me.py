"""Whoever gets what is not theirs can say so, and learns nothing by it (TH7, TH8, case 35)."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from portal.domain.audit import Actor
from portal.domain.contact_rules import Fault, StoppedContact
from portal.domain.messages import Channel
from portal.domain.tasks import Task, TaskKind
from portal.services.invitations import invite
from portal.storage import tables
from portal.storage.keys import new_token
from portal.storage.mapping import contact
from portal.storage.unit_of_work import OffenderWork, Who, unit_of_work
from tests.integration.offender.test_way_in import a_dead_link, face
from tests.making import a_link, a_message, an_offender
from tests.records import deeds_of, records_of
from tests.visitor import TYPED

NOT_ME = "?not-me=1"


@pytest.fixture
def found(database):
    """What was kept of one kind."""

    async def found(kind: type) -> list[Any]:
        async with database.changing() as session:
            return list(await session.scalars(select(kind)))

    return found


@pytest.fixture
def a_link_that_went_to(keep, database):
    """The path of a link of somebody's, whose message went to one of their contacts, or to an old one."""

    async def link(offender, channel: Channel | None, to: str | None) -> str:
        token, message = new_token(), a_message(offender, channel=channel)
        if channel and to:
            message.contact_index = database.keys.index(*contact(channel, to))
        await keep(message, a_link(offender, token=token, message_id=message.id))
        return f"/a/{token}"

    return link


async def disown(visitor, link: str):
    """Open the link, go on to say that it is not for them, and say so."""
    await visitor.open(link)
    await visitor.open(link + NOT_ME)
    return await visitor.send(link + NOT_ME)


async def test_it_ends_every_link_and_code_and_stops_where_the_message_went(
    arrive, visitor, offender, case, database, found, a_link_that_went_to
):
    others = arrive()
    waiting = await others.ask_for_code(await others.link_of(offender))
    assert waiting.path == "/code"

    page = await disown(visitor, await a_link_that_went_to(offender, Channel.SMS, offender.mobile))

    assert page.location == "/not-for-me"
    async with database.reading() as connection:
        assert None not in (await connection.execute(select(tables.links.c.revoked_at))).scalars().all()
    assert (await others.enter(await others.code_of(offender))).status == 422
    [stopped] = await found(StoppedContact)
    assert (stopped.channel, stopped.contact, stopped.fault) == (
        Channel.SMS,
        offender.mobile,
        Fault.WRONG_PERSON,
    )
    [task] = await found(Task)
    assert (task.kind, task.force, task.offender_id) == (
        TaskKind.CONTACT_IS_WRONG,
        offender.force,
        offender.id,
    )
    assert {"links.revoked", "contact.stopped"} <= set(await deeds_of(database))


@pytest.mark.parametrize(
    ("channel", "to", "changes", "stopped"),
    [
        (Channel.SMS, "mobile", {}, [Channel.SMS]),
        (Channel.EMAIL, "email", {}, [Channel.EMAIL]),
        (Channel.SMS, "+447700900995", {}, []),
        (Channel.EMAIL, "old@post.example", {}, []),
        (Channel.SMS, None, {}, []),
        (None, None, {}, []),
        (None, None, {"email": None}, [Channel.SMS]),
        (None, None, {"mobile": None}, [Channel.EMAIL]),
        (None, None, {"mobile": None, "email": None}, []),
    ],
)
async def test_only_the_contact_that_it_must_have_come_by_is_stopped(
    visitor, keep, found, a_link_that_went_to, channel, to, changes, stopped
):
    offender = an_offender(**changes)
    await keep(offender)

    await disown(visitor, await a_link_that_went_to(offender, channel, getattr(offender, to or "", to)))

    assert [each.channel for each in await found(StoppedContact)] == stopped
    assert [task.kind for task in await found(Task)] == [TaskKind.CONTACT_IS_WRONG]


async def test_a_link_that_no_message_is_known_to_carry_stops_nothing_that_is_in_doubt(
    visitor, offender, found
):
    await disown(visitor, await visitor.link_of(offender))

    assert await found(StoppedContact) == []
    assert len(await found(Task)) == 1


async def test_saying_so_twice_is_saying_it_once(visitor, offender, database, a_link_that_went_to):
    link = await a_link_that_went_to(offender, Channel.SMS, offender.mobile)
    await disown(visitor, link)
    before = await records_of(database)

    assert (await disown(visitor, link)).location == "/not-for-me"

    assert await records_of(database) == before


@pytest.mark.parametrize("kind", ["wrong", "expired", "revoked", "malformed", "long", "wrong case"])
async def test_a_dead_link_looks_like_a_live_one_and_does_nothing(arrive, keep, database, kind):
    offender, live, dead = an_offender(), arrive(), arrive()
    await keep(offender)
    live_link, dead_link = await live.link_of(offender), await a_dead_link(dead, kind)
    before = await records_of(database)

    seen = {}
    for visitor, link in ((dead, dead_link), (live, live_link)):
        if visitor is live:
            assert await records_of(database) == before
        pages = [
            await visitor.open(link),
            await visitor.open(link + NOT_ME),
            await visitor.send(link + NOT_ME),
        ]
        seen[visitor.client] = [face(page) for page in [*pages, await visitor.open("/not-for-me")]]

    assert seen[live.client] == seen[dead.client]
    assert [status for status, *_ in seen[live.client]] == [200, 200, 303, 200]


async def test_looking_does_nothing_and_tells_nothing(arrive, visitor, offender, database):
    link = await visitor.link_of(offender)
    before = await records_of(database)

    pages = [await arrive().ask(method, link + NOT_ME, headers=TYPED) for method in ("GET", "HEAD", "GET")]
    pages.append(await visitor.open("/not-for-me"))

    assert await records_of(database) == before
    assert all(link.removeprefix("/a/") not in page.source for page in pages)
    assert all(offender.called not in page.source for page in pages)


async def test_a_scanner_that_sends_the_forms_of_a_link_leaves_it_live(
    arrive, visitor, offender, case, found, clock
):
    link = await visitor.link_of(offender)
    scanner = arrive()
    page = await scanner.open(link)
    for path in page.forms:
        await scanner.send(path)

    clock.moment += timedelta(seconds=1)
    assert await found(Task) == []
    assert (await visitor.sign_in(offender)).path == "/"


async def test_a_form_of_another_page_does_nothing(visitor, offender, database):
    link = await visitor.link_of(offender)
    before = await records_of(database)

    page = await visitor.ask(
        "POST", link + NOT_ME, data={"csrf": "x"}, headers={"Origin": "https://evil.example"}
    )

    assert page.status == 403
    assert await records_of(database) == before


async def test_after_it_the_link_sends_no_code(visitor, offender, case, database, a_link_that_went_to):
    link = await a_link_that_went_to(offender, Channel.SMS, offender.mobile)
    await disown(visitor, link)

    assert (await visitor.ask_for_code(link)).path == "/code"

    assert "code.posted" not in await deeds_of(database)


async def test_a_first_message_is_known_by_its_link(database, clock, offender, case):
    async with unit_of_work(database, OffenderWork, now=clock.now(), who=Who(Actor.INTAKE)) as work:
        event = invite(work, offender, case)

    async with database.reading() as connection:
        [carrier] = (await connection.execute(select(tables.links.c.message_id))).scalars()
    assert carrier == event.record_id
