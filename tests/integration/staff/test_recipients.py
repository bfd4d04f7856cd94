"""Staff see who would get a message, exactly what it says and costs, and who is left out and why."""

import re
from datetime import date, timedelta
from uuid import uuid4

import pytest

from portal.domain.appointments import AppointmentState
from portal.domain.audit import Actor
from portal.domain.cases import CaseState
from portal.domain.conditions import EvidenceKind, Progress
from portal.domain.messages import MessageState, Purpose
from portal.storage.audit import AuditEvents
from portal.storage.message_tables import runs
from portal.storage.tables import links
from tests.integration.staff.sent import CHECK, TOMORROW, facts_of, reasons_of, rows_of, sent_in
from tests.making import (
    NOW,
    a_case,
    a_condition,
    a_message,
    a_stopped_contact,
    a_victim,
    an_event,
    an_offender,
    contact_rules_of,
)

DUE = "/staff/messages/check?to=condition_due"
AGAIN = "/staff/messages/check?to=invitation"


@pytest.fixture
async def visitor(staff_visitor):
    return staff_visitor


async def test_the_check_shows_the_exact_text_what_it_costs_and_how_many_get_it(visitor, with_an_appointment):
    await with_an_appointment()
    await with_an_appointment(of={"language": "cy"})

    page = await visitor.open(CHECK)

    facts = facts_of(page)
    assert (facts["People who get it"], facts["People left out"]) == ("2", "0")
    assert re.fullmatch(r"£0\.0\d", facts["Cost of all texts"])
    english = next(text for text in page.texts(".portal-written") if "tomorrow" in text.lower())
    assert "Morwenna" in english
    assert "Gooseberry Hall" in english
    assert "((" not in page.text()
    assert sorted(page.texts("main h3")) == ["In English, by text", "In Welsh, by text"]
    assert page.text().count("It is sent as 1 text and costs £0.024.") >= 1


@pytest.mark.parametrize(
    ("of", "others", "reason"),
    [
        ({"mobile": None, "email": None}, (), "There is no phone number or email."),
        (
            {"email": None},
            (lambda person, *_: a_stopped_contact(contact=person.mobile),),
            "The phone number or email does not work, or is somebody else's.",
        ),
        (
            {"email": None},
            (lambda person, *_: an_offender(mobile=person.mobile, last_name="Somebody-Else"),),
            "Somebody else has the same phone number or email.",
        ),
        (
            {"email": None},
            (lambda person, case, *_: a_victim(case, mobile=person.mobile),),
            "Somebody else has the same phone number or email.",
        ),
        (
            {},
            (lambda person, *_: contact_rules_of(person, opted_out="appointments"),),
            "The person does not want these reminders.",
        ),
        (
            {},
            (lambda person, *_: contact_rules_of(person, paused_until=date(2026, 11, 24)),),
            "The person asked for a break from reminders.",
        ),
        ({}, (lambda person, *_: contact_rules_of(person, in_custody=True),), "The person is in custody."),
        (
            {},
            (
                lambda person, *_: a_message(
                    person,
                    purpose=Purpose.CONDITION_DUE,
                    state=MessageState.DELIVERED,
                    sent_at=NOW - timedelta(hours=1),
                ),
            ),
            "The person already gets a message that day.",
        ),
    ],
    ids=["no contact", "stopped", "shared", "a victim's", "opted out", "paused", "custody", "one today"],
)
async def test_who_may_not_be_written_to_is_left_out_with_the_reason(
    visitor, with_an_appointment, database, of, others, reason
):
    person, case, _ = await with_an_appointment(*others, of=of)

    page = await visitor.open(CHECK)

    assert reasons_of(page) == [f"{reason} (1)"]
    assert page.texts("main tbody tr") == [f"{person.full_name}{reason}"]
    assert page.attribute("main tbody tr a", "href") == f"/staff/cases/{case.id}"
    assert "There is nobody to send this to." in page.text()
    assert not page.has("form[action='/staff/runs']")
    await visitor.send("/staff/runs", {"to": "appointment_tomorrow", "key": str(uuid4())})
    assert await sent_in(database) == []
    assert await rows_of(database, runs.c.people, runs.c.left_out) == [(0, 1)]


async def test_a_finished_case_is_left_out(visitor, with_an_appointment):
    person = an_offender()
    await with_an_appointment(person=person, case=a_case(person, state=CaseState.FINISHED))

    assert reasons_of(await visitor.open(CHECK)) == ["The case is finished. (1)"]


async def test_a_number_that_is_stopped_leaves_the_email(visitor, with_an_appointment):
    await with_an_appointment(lambda person, *_: a_stopped_contact(contact=person.mobile))

    page = await visitor.open(CHECK)

    assert page.texts("main h3") == ["In English, by email"]
    assert "An email costs nothing." in page.text()
    assert facts_of(page)["Cost of all texts"] == "£0.00"


async def test_only_those_with_an_appointment_tomorrow_who_did_not_confirm(
    visitor, with_an_appointment, keep
):
    await with_an_appointment()
    await with_an_appointment(state=AppointmentState.CONFIRMED)
    await with_an_appointment(state=AppointmentState.CANCELLED)
    await with_an_appointment(starts_at=TOMORROW + timedelta(days=1))
    await with_an_appointment(starts_at=NOW + timedelta(hours=1))
    await with_an_appointment(of={"force": "01"})

    page = await visitor.open(CHECK)

    assert (facts_of(page)["People who get it"], facts_of(page)["People left out"]) == ("1", "0")


async def test_only_those_with_something_due_within_a_week_that_is_not_met(visitor, keep):
    within, beyond = date(2026, 11, 30), date(2026, 12, 1)
    for changes in (
        {"due_on": within},
        {"due_on": beyond},
        {"due_on": date(2026, 11, 22)},
        {"due_on": within, "progress": Progress.MET},
        {"due_on": within, "is_withdrawn": True},
        {"due_on": within, "evidence": EvidenceKind.NONE},
        {"due_on": within, "progress": Progress.WAITING},
    ):
        person = an_offender()
        case = a_case(person)
        await keep(person, case, a_condition(case, **changes))

    page = await visitor.open(DUE)

    assert facts_of(page)["People who get it"] == "1"
    assert reasons_of(page) == ["What it was about is done, or is off. (1)"]


async def test_a_person_is_named_once_for_what_comes_first(visitor, keep, database):
    person = an_offender()
    case = a_case(person)
    later, sooner = (a_condition(case, due_on=date(2026, 11, day)) for day in (29, 27))
    await keep(person, case, later, sooner)

    await visitor.open(DUE)
    await visitor.send("/staff/runs")

    (message,) = await sent_in(database)
    assert message.about_id == sooner.id


async def test_only_those_who_were_invited_and_never_signed_in(visitor, keep, database):
    people = [an_offender() for _ in range(4)]
    all_cases = [a_case(person) for person in people]
    came, never, not_sent, twice = people
    before = NOW - timedelta(days=3)
    await keep(
        *(*people, *all_cases, a_case(twice)),
        *(a_message(each, posted_at=before, state=MessageState.DELIVERED) for each in (came, never, twice)),
        a_message(not_sent, posted_at=before, state=MessageState.HELD),
    )
    async with database.noting() as connection:
        events = (
            an_event(deed="conditions.shown", actor=Actor.OFFENDER, case_id=case.id)
            for case in (all_cases[0], all_cases[3])
        )
        await AuditEvents(connection).add(*events)

    page = await visitor.open(AGAIN)

    assert facts_of(page)["People who get it"] == "1"
    await visitor.send("/staff/runs")
    (message,) = await sent_in(database)
    assert message.offender_id == never.id
    assert len(await rows_of(database, links.c.id, offender_id=never.id)) == 1
