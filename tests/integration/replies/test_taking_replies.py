"""What each text does, to whom, and what is answered."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from portal.domain.appointments import AppointmentState
from portal.domain.audit import Actor
from portal.domain.conditions import EvidenceKind, Progress
from portal.domain.messages import Message, Purpose
from portal.domain.replies import Meaning
from portal.domain.tasks import TaskKind
from portal.services import contents, receiving
from portal.services.circumstances import look_up
from portal.storage import tables
from portal.storage.keys import token_hash
from tests.integration.replies.texting import ALL, AN_HOUR, sent
from tests.making import (
    a_case,
    a_condition,
    an_appointment,
)

# YES


async def test_yes_confirms_what_the_last_reminder_was_about(text, keep, offender, case, look):
    near, far = an_appointment(case), an_appointment(case, starts_at=case.imported_at + timedelta(days=30))
    await keep(near, far, sent(offender, near, at=case.imported_at), sent(offender, far))

    reply = await text(offender, "Yes!")

    assert (await look.again(far)).state is AppointmentState.CONFIRMED
    assert (await look.again(near)).state is AppointmentState.BOOKED
    assert (reply.meaning, reply.offender_id) == (Meaning.YES, offender.id)
    assert await look.answers() == []
    [confirmed] = await look.told("appointment.confirmed")
    assert (confirmed.actor, confirmed.actor_id) == (Actor.OFFENDER, offender.id)


async def test_yes_goes_to_what_had_been_sent_before_it_and_not_since(
    text, keep, offender, case, look, clock
):
    asked, later = an_appointment(case), an_appointment(case, starts_at=clock.now() + timedelta(days=9))
    await keep(asked, later, sent(offender, asked), sent(offender, later, at=clock.now()))

    await text(offender, "yes", sent_at=clock.now() - timedelta(minutes=30))

    assert (await look.again(asked)).state is AppointmentState.CONFIRMED


async def test_yes_with_one_appointment_ahead_confirms_it(text, offender, appointment, look):
    await text(offender, "yes")
    await text(offender, "yes")

    assert (await look.again(appointment)).state is AppointmentState.CONFIRMED
    assert len(await look.told("appointment.confirmed")) == 1
    assert await look.answers() == []


@pytest.mark.parametrize("change", [{"state": AppointmentState.CANCELLED}, {"starts_at": "an hour ago"}])
async def test_yes_to_what_is_off_or_has_begun_confirms_the_only_other(
    text, keep, offender, case, appointment, look, clock, change
):
    if "starts_at" in change:
        change = {"starts_at": clock.now() - AN_HOUR}
    gone = an_appointment(case, **change)
    await keep(gone, sent(offender, gone))

    await text(offender, "yes")

    assert (await look.again(appointment)).state is AppointmentState.CONFIRMED
    assert (await look.again(gone)).state is not AppointmentState.CONFIRMED


async def test_yes_where_it_could_mean_several_sends_the_link(text, keep, offender, case, look, clock):
    await keep(*(an_appointment(case, starts_at=clock.now() + timedelta(days=days)) for days in (2, 4)))

    await text(offender, "yes")

    assert await look.said() == ["change"]
    assert await look.told("appointment.confirmed") == []


async def test_yes_to_nothing_is_for_staff(text, offender, case, look):
    await text(offender, "yes")

    assert await look.said() == ["passed_on"]
    assert await look.kinds_of_tasks() == [TaskKind.REPLY_TO_READ]


# The other answers


@pytest.mark.parametrize("words", ["no", "CHANGE", "I can't come"])
async def test_no_or_change_is_answered_with_a_link_of_its_own(
    text, offender, case, appointment, look, says, database, words
):
    await text(offender, words)

    [answer] = await look.answers()
    facts = await says(answer)
    assert answer.purpose is Purpose.ANSWER_CHANGE
    assert facts.keys() == {"phone", "token"}
    assert facts["phone"] == case.officer_phone
    async with database.reading() as connection:
        [link] = await connection.execute(tables.links.select())
    assert (link.token_hash, link.message_id) == (token_hash(facts["token"]), answer.id)
    assert await says(answer) == facts
    assert (await look.again(appointment)).state is AppointmentState.BOOKED


async def test_next_tells_the_next_appointment(text, offender, appointment, look, says):
    await text(offender, "next")

    [answer] = await look.answers()
    assert (answer.purpose, answer.about_id) == (Purpose.ANSWER_NEXT, appointment.id)
    assert await says(answer) == {
        "starts_at": appointment.starts_at.isoformat(),
        "place": appointment.place,
    }


async def test_next_without_an_appointment_tells_what_is_left_and_by_when(
    text, keep, offender, look, says, clock
):
    case = a_case(offender)
    today = clock.now().date()
    conditions = [
        a_condition(case, due_on=today + timedelta(days=2), progress=Progress.MET),
        a_condition(case, due_on=today + timedelta(days=3), is_withdrawn=True),
        a_condition(case, due_on=today + timedelta(days=4), evidence=EvidenceKind.NONE),
        a_condition(case, due_on=today - timedelta(days=1)),
        a_condition(case, due_on=today + timedelta(days=6)),
        a_condition(case, due_on=today + timedelta(days=5)),
    ]
    await keep(case, *conditions)

    await text(offender, "next")

    [answer] = await look.answers()
    facts = await says(answer)
    assert answer.purpose is Purpose.ANSWER_LEFT
    assert facts.keys() == {"due_on", "token"}
    assert facts["due_on"] == str(conditions[-1].due_on)


async def test_next_with_nothing_left_names_somebody_who_knows(text, keep, offender, look, says):
    case = a_case(offender)
    await keep(case)

    await text(offender, "next")

    [answer] = await look.answers()
    assert await says(answer) == {"officer": case.officer_name, "phone": case.officer_phone}


async def test_help_names_the_officer(text, offender, case, look, says):
    await text(offender, "HELP")

    [answer] = await look.answers()
    assert (answer.purpose, answer.case_id) == (Purpose.ANSWER_HELP, case.id)
    assert await says(answer) == {"officer": case.officer_name, "phone": case.officer_phone}


async def test_what_is_off_by_the_time_of_the_answer_is_not_said(
    text, offender, appointment, look, works, database
):
    await text(offender, "next")
    async with database.noting() as connection:
        await connection.execute(update(tables.appointments).values(state=AppointmentState.CANCELLED))

    [answer] = await look.answers()
    async with works() as work:
        message = await work.session.get_one(Message, answer.id)
        assert not contents.write(await look_up(work, [message]), message)


# HERE


@pytest.mark.parametrize("minutes", [-60, -5, 0, 90, 120])
async def test_here_marks_the_arrival_when_it_was_sent(text, keep, offender, case, look, clock, minutes):
    starts_at = clock.now() - timedelta(minutes=minutes)
    appointment = an_appointment(case, starts_at=starts_at)
    await keep(appointment)
    at = clock.now()
    clock.moment += timedelta(minutes=7)

    await text(offender, "I'm here", sent_at=at)

    assert (await look.again(appointment)).arrived_at == at
    assert await look.said() == ["here"]
    [arrived] = await look.told("appointment.arrived")
    assert (arrived.actor, arrived.case_id, arrived.record_id) == (Actor.OFFENDER, case.id, appointment.id)


@pytest.mark.parametrize("minutes", [-61, 121])
async def test_here_at_another_time_is_answered_with_the_next_appointment(
    text, keep, offender, case, look, clock, minutes
):
    tomorrow = an_appointment(case, starts_at=clock.now() + timedelta(days=1))
    missed = an_appointment(case, starts_at=clock.now() - timedelta(minutes=minutes))
    await keep(tomorrow, missed)

    await text(offender, "here")

    [answer] = await look.answers()
    assert answer.purpose is Purpose.ANSWER_NEXT
    assert answer.about_id == (missed.id if minutes < 0 else tomorrow.id)
    assert (await look.again(missed)).arrived_at is None
    assert await look.told("appointment.arrived") == []


async def test_here_twice_is_one_arrival(text, keep, offender, case, look, clock):
    appointment = an_appointment(case, starts_at=clock.now())
    await keep(appointment)

    first = await text(offender, "here")
    clock.moment += timedelta(minutes=5)
    await text(offender, "here")

    assert (await look.again(appointment)).arrived_at == first.sent_at
    assert len(await look.told("appointment.arrived")) == 1


# STOP and START


async def test_stop_ends_reminders_and_is_answered_once(text, offender, case, look, declined, says):
    for words in ("STOP", "please stop texting me", "stop"):
        await text(offender, words)

    assert await declined(offender) == ALL
    [answer] = await look.answers()
    assert (await says(answer)).keys() == {"token"}
    [event] = await look.told("contact_rules.changed")
    assert event.actor is Actor.OFFENDER


async def test_start_takes_it_back(text, offender, case, look, declined, says, clock):
    await text(offender, "stop")
    clock.moment += timedelta(minutes=1)

    await text(offender, "start")

    assert await declined(offender) == frozenset()
    assert await look.said() == ["stopped", "started"]
    assert await says((await look.answers())[1]) == {}


@pytest.mark.parametrize(("last", "topics"), [("STOP", ALL), ("START", frozenset())])
async def test_of_stop_and_start_the_last_that_was_sent_counts_though_it_came_first(
    text, offender, case, declined, clock, last, topics
):
    first = {"STOP": "START", "START": "STOP"}[last]
    await text(offender, last, sent_at=clock.now() - timedelta(minutes=1))

    await text(offender, first, sent_at=clock.now() - timedelta(minutes=2))

    assert await declined(offender) == topics


async def test_texts_that_wait_are_dealt_with_as_they_were_sent(
    receive, works, offender, case, declined, clock
):
    await receive(offender, "start", sent_at=clock.now() - timedelta(minutes=1))
    await receive(offender, "stop", sent_at=clock.now() - timedelta(minutes=2))

    assert await receiving.take_some(works) == 2

    assert await declined(offender) == frozenset()
