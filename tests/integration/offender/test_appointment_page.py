"""One appointment: when, where, and saying once that one will come."""

import asyncio
import json
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from portal.domain.appointments import STANDING, AppointmentState
from portal.domain.messages import Message, Purpose
from portal.storage.message_tables import messages
from portal.storage.tables import appointments, audit_events
from tests.making import NOW, a_case, an_appointment, an_offender
from tests.records import deeds_of, records_of
from tests.visitor import FROM_OUR_PAGE

A_SECOND = timedelta(seconds=1)
WILL_COME = "Thank you. You said you will come."


@pytest.fixture
async def visitor(offender_visitor, appointment):
    await offender_visitor.open(f"/appointments/{appointment.id}")
    return offender_visitor


async def test_it_says_when_where_and_what_to_bring(visitor, appointment):
    page = visitor.page

    assert page.texts("dt") == ["Day", "Time", "Place", "What to bring"]
    assert page.texts("dd") == [
        "Thursday 26 November 2026",
        "10am to midday",
        "Gooseberry Hall, 3 Lavender Row, Chelmsford",
        "Your reading glasses",
    ]
    assert page.texts("main button") == ["Yes, I will come"]
    assert "Call Constable Aoife Brannigan as soon as you can." in page.text()
    assert page.title == "Your appointment - Amends"


async def test_its_hours_are_of_london_on_both_sides_of_a_change_of_clocks(visitor, keep, case):
    moments = {"2027-03-28T09:00:00+01:00": "9am", "2026-10-25T09:30:00+00:00": "9:30am"}
    for written, shown in moments.items():
        starts_at = datetime.fromisoformat(written)
        appointment = an_appointment(case, starts_at=starts_at)
        await keep(appointment)

        page = await visitor.open(f"/appointments/{appointment.id}")

        assert page.texts("dd")[1].startswith(f"{shown} to "), written


async def test_confirming_is_shown_recorded_and_acknowledged_once(
    visitor, appointment, offender, case, database
):
    page = await visitor.send(f"/appointments/{appointment.id}/confirm", follow=True)

    assert page.text(".govuk-notification-banner__heading") == WILL_COME
    assert "We have sent you a message to say so." in page.text()
    assert page.texts("main button") == []
    async with database.changing() as session:
        posted = (
            await session.scalars(select(Message).where(messages.c.purpose == Purpose.APPOINTMENT_CONFIRMED))
        ).all()
    assert [(message.offender_id, message.case_id, message.due_at) for message in posted] == [
        (offender.id, case.id, NOW)
    ]
    assert json.loads(posted[0].personalisation) == {
        "starts_at": appointment.starts_at.isoformat(),
        "place": appointment.place,
        "phone": case.officer_phone,
    }
    async with database.reading() as connection:
        state = (await connection.execute(select(appointments.c.state, appointments.c.confirmed_at))).one()
        event = (
            await connection.execute(
                select(
                    *(audit_events.c[name] for name in ("actor", "actor_id", "force", "case_id", "record_id"))
                ).where(audit_events.c.deed == "appointment.confirmed")
            )
        ).one()
    assert tuple(state) == (AppointmentState.CONFIRMED, NOW)
    assert tuple(event) == ("offender", offender.id, "42", case.id, appointment.id)


async def test_a_second_tap_changes_nothing_and_shows_the_same(visitor, appointment, database, clock):
    path = f"/appointments/{appointment.id}/confirm"
    await visitor.send(path)
    before = await records_of(database)
    clock.moment += timedelta(minutes=1)

    again = await visitor.send(path)

    assert (again.status, again.location) == (303, f"/appointments/{appointment.id}")
    assert await records_of(database) == before


async def test_many_taps_at_once_are_one(visitor, appointment, database, soak):
    path, form = f"/appointments/{appointment.id}/confirm", {"csrf": visitor.page.token}
    taps = (visitor.ask("POST", path, data=form, headers=FROM_OUR_PAGE) for _ in range(20 * soak))

    pages = await asyncio.gather(*taps)

    assert {page.status for page in pages} == {303}
    deeds = await deeds_of(database)
    assert deeds.count("appointment.confirmed") == 1
    async with database.reading() as connection:
        kinds = (await connection.execute(select(messages.c.purpose))).scalars().all()
    assert kinds.count(Purpose.APPOINTMENT_CONFIRMED) == 1


async def test_it_can_be_confirmed_until_the_second_it_begins(visitor, keep, case, clock, database):
    last, late = an_appointment(case, starts_at=NOW + A_SECOND), an_appointment(case, starts_at=NOW)
    await keep(last, late)

    assert (await visitor.send(f"/appointments/{last.id}/confirm")).status == 303
    before = await records_of(database)
    page = await visitor.send(f"/appointments/{late.id}/confirm")

    assert page.status == 409
    assert page.text("h1") == "That is not possible now"
    assert (
        "The appointment has begun. If you are on your way or cannot come, call your officer." in page.text()
    )
    assert await records_of(database) == before


async def test_what_is_off_cannot_be_confirmed(visitor, keep, case, database):
    for state in set(AppointmentState) - STANDING:
        appointment = an_appointment(case, state=state)
        await keep(appointment)
        before = await records_of(database)

        shown = await visitor.open(f"/appointments/{appointment.id}")
        page = await visitor.send(f"/appointments/{appointment.id}/confirm")

        assert "This appointment does not take place any more." in shown.text(), state
        assert page.status == 409, state
        assert await records_of(database) == before, state


async def test_one_that_has_begun_offers_nothing_to_press(visitor, offender, appointment, clock):
    clock.moment = appointment.starts_at - timedelta(minutes=5)
    await visitor.sign_in(offender)
    clock.moment = appointment.starts_at

    page = await visitor.open(f"/appointments/{appointment.id}")

    assert "This appointment has begun." in page.text()
    assert page.texts("main button") == []


async def test_another_persons_appointment_is_as_if_there_were_none(visitor, keep, database):
    other = an_offender()
    theirs = a_case(other)
    appointment = an_appointment(theirs)
    await keep(other, theirs, appointment)
    before = await records_of(database)

    for id_ in (appointment.id, uuid4()):
        shown = await visitor.open(f"/appointments/{id_}")
        sent = await visitor.send(f"/appointments/{id_}/confirm")
        assert (shown.status, sent.status) == (404, 404)
        assert shown.text("h1") == sent.text("h1") == "Page not found"
    assert await records_of(database) == before


async def test_extra_fields_change_nothing_else(visitor, appointment, database):
    fields = ("offender_id", "state", "starts_at", "place", "force", "id", "confirmed_at")
    held = {name: getattr(appointment, name) for name in ("offender_id", "starts_at", "place")}

    await visitor.send(f"/appointments/{appointment.id}/confirm", dict.fromkeys(fields, "01"))

    async with database.changing() as session:
        now = await session.get(type(appointment), appointment.id)
        assert {name: getattr(now, name) for name in held} == held
        assert now.state is AppointmentState.CONFIRMED
