"""What staff send happens once, takes the place of what was planned, and what came of it shows."""

from asyncio import gather
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select, update

from portal.domain.contact_rules import Times
from portal.domain.messages import Channel, MessageState, Purpose
from portal.domain.runs import RunMessage
from portal.storage.message_tables import messages, run_messages, runs
from portal.storage.tables import audit_events
from tests.integration.staff.sent import CHECK, TOMORROW, facts_of, reasons_of, rows_of, sent_in
from tests.making import (
    NOW,
    a_case,
    a_message,
    a_run,
    a_staff_member,
    an_appointment,
    an_offender,
    contact_rules_of,
)


@pytest.fixture
async def visitor(staff_visitor):
    return staff_visitor


async def test_a_double_tap_makes_one_run_and_one_message_each(visitor, with_an_appointment, database):
    person, case, appointment = await with_an_appointment()
    page = await visitor.open(CHECK)
    assert page.text("form[action='/staff/runs'] button") == "Send to 1 person"
    fields = {field: page.attribute(f"[name={field}]", "value") for field in ("key", "to")}

    answers = [await visitor.send("/staff/runs", fields) for _ in range(2)]

    assert [answer.location for answer in answers] == [f"/staff/runs/{fields['key']}"] * 2
    (message,) = await sent_in(database)
    assert (message.offender_id, message.case_id, message.about_id) == (person.id, case.id, appointment.id)
    assert (message.due_at, message.send_before) == (NOW, TOMORROW)
    assert (message.state, message.purpose) == (MessageState.QUEUED, Purpose.APPOINTMENT_TOMORROW)


async def test_two_taps_and_a_colleague_at_the_same_moment_write_to_nobody_twice(
    visitor, arrive, with_an_appointment, keep, database
):
    for _ in range(20):
        await with_an_appointment()
    colleague, beside = a_staff_member(), arrive()
    await keep(colleague)
    await beside.sign_in_as_staff(colleague)
    for each in (visitor, beside):
        await each.open(CHECK)

    answers = await gather(*(each.send("/staff/runs") for each in (visitor, visitor, beside)))

    assert {answer.status for answer in answers} == {303}
    assert answers[0].location == answers[1].location != answers[2].location
    assert len({message.offender_id for message in await sent_in(database)}) == 20
    assert len(await sent_in(database)) == 20


async def test_all_that_is_done_is_written_down(visitor, member, with_an_appointment, database):
    _, case, _ = await with_an_appointment()
    _, other, _ = await with_an_appointment(of={"mobile": None, "email": None})
    await visitor.open(CHECK)
    await visitor.send("/staff/runs")

    names = ("deed", "case_id", "record_id", "details", "actor_id")
    rows = await rows_of(database, *(audit_events.c[name] for name in names), force="42")
    (message,) = await sent_in(database)
    ((run_id,),) = await rows_of(database, runs.c.id)
    purpose = {"purpose": "appointment_tomorrow"}
    assert [row for row in rows if row[0] in ("run.begun", "message.posted", "run.left_out")] == [
        ("run.begun", None, run_id, {**purpose, "people": 1, "left_out_no_contact": 1}, member.id),
        ("message.posted", case.id, message.id, purpose, member.id),
        ("run.left_out", other.id, run_id, {**purpose, "reason": "no_contact"}, member.id),
    ]


async def test_what_staff_send_replaces_the_reminder_that_was_planned(visitor, with_an_appointment, database):
    key = "tomorrow:{}:2026-11-24"
    _, _, appointment = await with_an_appointment(
        lambda person, case, appointment: a_message(
            person,
            case_id=case.id,
            about_id=appointment.id,
            purpose=Purpose.APPOINTMENT_TOMORROW,
            key=key.format(appointment.id),
            due_at=NOW + timedelta(hours=8),
        )
    )

    await visitor.open(CHECK)
    await visitor.send("/staff/runs")

    planned = await rows_of(database, messages.c.state, key=key.format(appointment.id))
    (message,) = await sent_in(database)
    assert planned == [(MessageState.WITHDRAWN,)]
    assert message.is_by_hand
    assert message.replaces == key.format(appointment.id)


async def test_nobody_gets_a_second_one_from_a_second_run(visitor, with_an_appointment, database):
    await with_an_appointment()
    await visitor.open(CHECK)
    await visitor.send("/staff/runs")

    page = await visitor.open(CHECK)

    assert reasons_of(page) == ["The person already gets a message that day. (1)"]
    await visitor.send("/staff/runs", {"to": "appointment_tomorrow", "key": str(uuid4())})
    assert len(await sent_in(database)) == 1


async def test_at_night_it_waits_for_the_hours_that_they_chose_or_is_left_out(
    arrive, member, with_an_appointment, clock, database
):
    in_the_evening = datetime(2026, 11, 24, 20, tzinfo=UTC)
    await with_an_appointment()
    await with_an_appointment(
        lambda person, *_: contact_rules_of(person, times=Times.EVENING), starts_at=in_the_evening
    )
    await with_an_appointment(lambda person, *_: contact_rules_of(person, times=Times.EVENING))
    clock.moment = datetime(2026, 11, 23, 22, tzinfo=UTC)
    visitor = arrive()
    await visitor.sign_in_as_staff(member)

    page = await visitor.open(CHECK)

    assert reasons_of(page) == ["It would come too late. (1)"]
    await visitor.send("/staff/runs")
    assert [message.due_at.hour for message in await sent_in(database)] == [8, 17]


async def test_a_wording_of_a_trial_can_be_chosen(visitor, with_an_appointment, database):
    await with_an_appointment()
    await visitor.open("/staff/messages/new")

    page = await visitor.send(
        "/staff/messages/new", {"to": "appointment_tomorrow", "arm": "cost"}, follow=True
    )

    assert facts_of(page)["Wording"] == "What a missed place costs"
    await visitor.send("/staff/runs")
    (message,) = await sent_in(database)
    assert message.arm == "cost"


async def test_who_chooses_nothing_is_told_what_to_do(visitor):
    await visitor.open("/staff/messages/new")

    page = await visitor.send("/staff/messages/new", {"case": ""})

    assert page.status == 422
    assert page.text(".govuk-error-summary li") == "Select what to send"


# One person


async def test_one_person_gets_what_makes_sense_for_their_case(visitor, case, appointment, database):
    page = await visitor.open(f"/staff/messages/new?case={case.id}")

    assert page.texts("[name=to] + label") == [
        "A reminder of the next appointment",
        "A reminder of the next condition",
        "The first message again, with a new link",
    ]
    page = await visitor.send("/staff/messages/new", {"to": "appointment_in_a_week"}, follow=True)
    assert facts_of(page)["People who get it"] == "1"
    await visitor.send("/staff/runs")
    (message,) = await sent_in(database)
    assert (message.case_id, message.about_id) == (case.id, appointment.id)


async def test_nothing_can_be_sent_about_a_case_of_another_force(visitor, keep, database):
    offender = an_offender(force="01")
    theirs = a_case(offender)
    await keep(offender, theirs, an_appointment(theirs, starts_at=TOMORROW))
    form = {"to": "invitation", "case": str(theirs.id), "key": str(uuid4())}

    pages = [
        await visitor.open(f"/staff/messages/new?case={theirs.id}"),
        await visitor.open(f"/staff/messages/check?to=invitation&case={theirs.id}"),
        await visitor.send("/staff/runs", form),
        await visitor.send("/staff/messages/new", form, follow=True),
    ]

    assert [page.status for page in pages] == [404] * 4
    assert await rows_of(database, runs.c.id) == []


# What came of it


async def test_a_run_shows_how_far_each_message_is(visitor, member, keep):
    run = a_run(member, people=6, left_out=2)
    states = (
        MessageState.QUEUED,
        MessageState.ACCEPTED,
        MessageState.DELIVERED,
        MessageState.FAILED,
        MessageState.PARKED,
        MessageState.HELD,
    )
    await keep(run)
    for state in states:
        person = an_offender()
        case = a_case(person)
        reached = {"channel": Channel.SMS, "held_because": "in_custody" if state == "held" else None}
        message = a_message(person, case_id=case.id, state=state, **reached)
        await keep(person, case, message)
        await keep(RunMessage(run_id=run.id, message_id=message.id))

    page = await visitor.open(f"/staff/runs/{run.id}")

    facts = facts_of(page)
    assert [facts[name] for name in ("People", "Left out")] == ["6", "2"]
    assert [
        facts[name] for name in ("Waiting to be sent", "Sent, no news yet", "Arrived", "Failed", "Held")
    ] == ["1", "1", "1", "2", "1"]
    assert len(page.texts("tbody tr")) == len(states)
    assert page.attribute("main p a[href^='/staff/runs/']", "href") == f"/staff/runs/{run.id}"
    assert "Held: The person is in custody." in page.text()


async def test_whoever_sent_is_told_once_when_all_is_over(
    visitor, arrive, with_an_appointment, keep, database
):
    await with_an_appointment()
    await visitor.open(CHECK)
    await visitor.send("/staff/runs")
    assert not (await visitor.open("/staff/cases")).has("#run-is-over")
    async with database.noting() as connection:
        await connection.execute(update(messages).values(state=MessageState.DELIVERED))
    colleague = a_staff_member()
    await keep(colleague)
    beside = arrive()
    assert not (await beside.sign_in_as_staff(colleague)).has("#run-is-over")

    first, second = await visitor.open("/staff/cases"), await visitor.open("/staff/cases")

    ((run_id, told_at),) = await rows_of(database, runs.c.id, runs.c.told_at)
    assert first.attribute(".govuk-notification-banner a", "href") == f"/staff/runs/{run_id}"
    assert told_at == NOW
    assert not second.has("#run-is-over")


async def test_runs_of_the_force_are_listed_newest_first_page_by_page(visitor, member, keep):
    other = a_staff_member(force="01")
    await keep(
        *(a_run(member, begun_at=NOW - timedelta(hours=hours), people=hours) for hours in range(30)),
        *(other, a_run(other)),
    )

    first = await visitor.open("/staff/runs")
    second = await visitor.open(first.attribute(".govuk-pagination__next a", "href"))

    people = [*first.texts("tbody td:nth-child(3)"), *second.texts("tbody td:nth-child(3)")]
    assert people == [str(hours) for hours in range(30)]


async def test_another_forces_run_is_as_if_there_were_none(visitor, keep):
    other = a_staff_member(force="01")
    run = a_run(other)
    await keep(other, run)

    shown = await visitor.open(f"/staff/runs/{run.id}")
    await visitor.open("/staff/messages/new")
    begun = await visitor.send("/staff/runs", {"to": "invitation", "key": str(run.id)})

    assert (shown.status, begun.status) == (404, 404)


async def test_two_thousand_people_are_one_run(visitor, keep, database):
    people = [an_offender(mobile=None) for _ in range(2000)]
    all_cases = [a_case(person) for person in people]
    await keep(*people, *all_cases, *(an_appointment(case, starts_at=TOMORROW) for case in all_cases))

    page = await visitor.open(CHECK)
    assert facts_of(page)["People who get it"] == "2000"
    answer = await visitor.send("/staff/runs", follow=True)

    assert facts_of(answer)["Waiting to be sent"] == "2000"
    assert len(answer.texts("tbody tr")) == 25
    async with database.reading() as connection:
        assert await connection.scalar(select(func.count()).select_from(run_messages)) == 2000
