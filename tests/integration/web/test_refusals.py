"""Somebody signed in who tries doors is written down, soberly and not without end."""

import pytest

from portal.domain.audit import Actor, LoggedAs
from portal.storage.audit import AuditEvents
from portal.web import refusals
from portal.web.refusals import WRITTEN_DOWN
from tests.integration.web.test_authorization import refusals_of
from tests.making import a_case, an_appointment, an_offender
from tests.records import events_of, records_of
from tests.visitor import FROM_OUR_PAGE


@pytest.fixture
async def door(keep) -> str:
    """Another person's appointment."""
    other = an_offender()
    case = a_case(other)
    appointment = an_appointment(case)
    await keep(other, case, appointment)
    return f"/appointments/{appointment.id}"


async def test_who_and_where_is_written_down_and_no_value(offender_visitor, offender, door, clock, database):
    assert (await offender_visitor.open(door)).status == 404

    [event] = await refusals_of(database)
    assert (event.actor, event.actor_id, event.force) == (Actor.OFFENDER, offender.id, offender.force)
    assert (event.at, event.logged_as) == (clock.now(), LoggedAs.SECURITY)
    assert event.details == {"route": "offender.appointment", "because": "NotFound"}
    assert (event.case_id, event.record_id) == (None, None)


async def test_a_form_that_is_not_ours_is_written_down(offender_visitor, door, database):
    page = await offender_visitor.ask("POST", f"{door}/confirm", headers=FROM_OUR_PAGE)

    assert page.status == 403
    [event] = await refusals_of(database)
    assert event.details == {"route": "offender.appointment.confirm", "because": "Forged"}


async def test_a_page_of_another_surface_is_written_down(
    offender_visitor, staff_visitor, offender, member, database
):
    assert (await offender_visitor.open("/staff/cases")).location == "/staff/sign-in"
    assert (await staff_visitor.open("/")).location == "/signed-out"

    told = [(event.actor, event.actor_id, event.details["because"]) for event in await refusals_of(database)]
    assert told == [
        (Actor.OFFENDER, offender.id, "NotSignedIn"),
        (Actor.STAFF, member.id, "NotSignedIn"),
    ]


async def test_a_mistyped_address_is_no_refusal(offender_visitor, database):
    for path in ("/nothing", "/nothing/here", "/appointments/12", "/assets/nothing.css"):
        assert (await offender_visitor.open(path)).status == 404, path

    assert await refusals_of(database) == []


async def test_whoever_is_not_signed_in_leaves_nothing(visitor, door, database):
    before, told = await records_of(database), await events_of(database)
    visitor.client.cookies.set("__Host-offender", "made up", domain="portal.test", path="/")
    for path in (door, "/", "/staff/cases", "/nothing"):
        await visitor.open(path)
        await visitor.ask("POST", path, headers=FROM_OUR_PAGE)

    assert await records_of(database) == before
    assert len(await events_of(database)) == len(told)


async def test_of_very_many_only_some_are_written_down(offender_visitor, staff_visitor, door, database):
    for _ in range(WRITTEN_DOWN.most + 5):
        assert (await offender_visitor.open(door)).status == 404
    assert len(await refusals_of(database)) == WRITTEN_DOWN.most

    await staff_visitor.open(door)

    assert len(await refusals_of(database)) == WRITTEN_DOWN.most + 1


async def test_the_page_is_the_same_when_it_cannot_be_written(
    offender_visitor, door, database, monkeypatch, caplog
):
    usual = await offender_visitor.open(door)

    async def full(*_: object) -> None:
        raise OSError(28, "no room for +447700900123")

    monkeypatch.setattr(AuditEvents, "add", full)
    page = await offender_visitor.open(door)

    assert (page.status, page.text()) == (usual.status, usual.text())
    assert len(await refusals_of(database)) == 1
    [said] = [record.getMessage() for record in caplog.records if record.name == refusals.log.name]
    assert "OSError" in said
    assert "900123" not in said


async def test_what_was_begun_stays_undone(offender_visitor, database, case):
    await offender_visitor.open("/")
    before = await records_of(database)
    path = f"/cases/{an_offender().id}/read"

    page = await offender_visitor.send(path, {"version": "1"})

    assert page.status == 404
    assert await records_of(database) == before
    assert len(await refusals_of(database)) == 1
