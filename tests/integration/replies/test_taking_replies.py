"""What each text does, to whom, and what is answered."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from portal.domain.appointments import AppointmentState
from portal.domain.audit import Actor
from portal.domain.cases import CaseState
from portal.domain.conditions import EvidenceKind, Progress
from portal.domain.contact_rules import Fault, Topic
from portal.domain.messages import Channel, Message, MessageState, Purpose
from portal.domain.replies import Meaning, Reply, understand
from portal.domain.tasks import TaskKind
from portal.services import contents, receiving, replies
from portal.storage import tables
from portal.storage.keys import token_hash
from tests.making import (
    a_case,
    a_condition,
    a_link,
    a_message,
    a_stopped_contact,
    a_victim,
    an_appointment,
    an_offender,
)

AN_HOUR = timedelta(hours=1)
ALL = frozenset(Topic)


def sent(offender, appointment=None, purpose=Purpose.APPOINTMENT_TOMORROW, **changes: Any) -> Message:
    """A message that the person got, an hour ago unless told otherwise."""
    given: dict[str, Any] = {
        "purpose": purpose,
        "about_id": appointment.id if appointment else None,
        "case_id": appointment.case_id if appointment else None,
        "state": MessageState.DELIVERED,
        "due_at": changes.pop("at") if "at" in changes else a_message(offender).due_at - AN_HOUR,
    }
    return a_message(offender, **given | changes)


@pytest.fixture
def says(works):
    """What an answer's wording is given to fill in."""

    async def says(answer: Message) -> dict[str, str]:
        async with works() as work:
            message = await work.session.get_one(Message, answer.id)
            assert await contents.write(work, message)
            facts: dict[str, str] = json.loads(message.personalisation)
            return facts

    return says


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
        assert not await contents.write(work, await work.session.get_one(Message, answer.id))


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


@pytest.fixture
def declined(works):
    async def declined(offender) -> frozenset[Topic]:
        async with works() as work:
            rules = await work.contact_rules.of_offender(offender.id)
        return frozenset(rules.topics_declined)

    return declined


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


# Somebody else's number


async def test_a_wrong_number_is_used_no_more_for_anybody_and_hears_nothing(
    text, keep, offender, case, look, works, clock
):
    await keep(a_link(offender), a_link(offender))

    reply = await text(offender, "Sorry, wrong number")

    assert await look.answers() == []
    async with works() as work:
        assert await work.contact_rules.fault_of(Channel.SMS, offender.mobile) is Fault.WRONG_PERSON
        assert await work.links.revoke_of(offender.id, now=clock.now()) == 0
    [task] = await look.tasks()
    assert (task.kind, task.offender_id, task.about_id) == (
        TaskKind.CONTACT_IS_WRONG,
        offender.id,
        reply.id,
    )


@pytest.mark.parametrize("words", ["yes", "help", "stop", "start", "what?"])
async def test_a_stranger_who_writes_again_changes_nothing_and_hears_nothing(
    text, offender, appointment, look, declined, words
):
    await text(offender, "wrong number")

    await text(offender, words)

    assert await look.answers() == []
    assert (await look.again(appointment)).state is AppointmentState.BOOKED
    assert await declined(offender) == frozenset()
    assert sorted(await look.kinds_of_tasks()) == [TaskKind.CONTACT_IS_WRONG, TaskKind.REPLY_TO_READ]


async def test_a_number_that_seemed_dead_is_used_again_only_when_they_say_start(
    text, keep, offender, appointment, look, works, declined
):
    await keep(a_stopped_contact(contact=offender.mobile, fault=Fault.NOT_IN_USE))

    for words in ("help", "stop"):
        await text(offender, words)
    assert await look.answers() == []
    assert await declined(offender) == ALL

    await text(offender, "start")
    assert await look.said() == ["started"]
    async with works() as work:
        assert not await work.contact_rules.is_stopped(Channel.SMS, offender.mobile)
    assert len(await look.told("contact.used_again")) == 1


# Whose text it is


async def test_a_number_that_nobody_has_is_kept_and_not_answered(text, case, look):
    reply = await text("+447700900999", "yes")

    assert (reply.offender_id, reply.meaning) == (None, None)
    assert reply.taken_at
    assert await look.answers() == []
    assert await look.tasks() == []


@pytest.mark.parametrize("words", ["yes", "stop", "wrong number", "help", "he is lying"])
async def test_a_number_of_two_people_is_nobodys_and_both_forces_are_asked(
    text, keep, offender, appointment, look, words
):
    other = an_offender(force="01", mobile=offender.mobile, first_names="Sam")
    case = a_case(other)
    await keep(other, case, an_appointment(case))

    reply = await text(offender, words)

    assert await look.answers() == []
    assert (reply.offender_id, reply.meaning) == (None, None)
    assert [(task.force, task.kind, task.offender_id, task.case_id) for task in await look.tasks()] == [
        ("01", TaskKind.REPLY_TO_READ, None, None),
        ("42", TaskKind.REPLY_TO_READ, None, None),
    ]
    assert (await look.again(appointment)).state is AppointmentState.BOOKED
    [event] = await look.told("reply.taken")
    assert (event.force, event.case_id, event.details) == (None, None, {"forces": 2})


@pytest.mark.parametrize("is_withdrawn", [False, True])
async def test_a_number_that_a_victim_has_is_nobodys(text, keep, offender, appointment, look, is_withdrawn):
    elsewhere = an_offender(force="01")
    case = a_case(elsewhere)
    await keep(elsewhere, case, a_victim(case, mobile=offender.mobile, is_withdrawn=is_withdrawn))

    await text(offender, "yes")

    assert [task.force for task in await look.tasks()] == ["01", "42"]
    assert (await look.again(appointment)).state is AppointmentState.BOOKED


async def test_a_victims_own_text_reaches_their_force_alone(text, keep, case, look):
    victim = a_victim(case)
    await keep(victim)

    await text(str(victim.mobile), "help")

    [task] = await look.tasks()
    assert (task.force, task.kind, task.offender_id) == (case.force, TaskKind.REPLY_TO_READ, None)
    assert await look.answers() == []


async def test_one_person_of_two_forces_is_one_person(text, keep, offender, appointment, look, declined):
    again = an_offender(force="01", mobile=offender.mobile)
    elsewhere = a_case(again)
    theirs = an_appointment(elsewhere)
    await keep(again, elsewhere, theirs, sent(again, theirs))

    reply = await text(offender, "yes")
    await text(offender, "stop")

    assert reply.offender_id == again.id
    assert (await look.again(theirs)).state is AppointmentState.CONFIRMED
    assert (await look.again(appointment)).state is AppointmentState.BOOKED
    assert await declined(offender) == await declined(again) == ALL


async def test_a_number_that_an_import_took_away_meanwhile_is_theirs_no_more(
    receive, works, database, offender, appointment, look
):
    await receive(offender, "yes")
    async with database.changing() as session:
        (await session.get_one(type(offender), offender.id)).mobile = "+447700900998"

    assert await receiving.take_some(works) == 1

    assert (await look.again(appointment)).state is AppointmentState.BOOKED
    assert await look.answers() == []


async def test_a_number_that_an_import_gave_meanwhile_is_theirs(
    receive, works, database, offender, appointment, look
):
    await receive("+447700900997", "yes")
    async with database.changing() as session:
        (await session.get_one(type(offender), offender.id)).mobile = "+447700900997"

    await receiving.take_some(works)

    assert (await look.again(appointment)).state is AppointmentState.CONFIRMED


# What people must read


async def test_what_is_unclear_reaches_staff_and_is_said_to_once_a_day(
    text, offender, case, look, says, clock
):
    for words in ("I might be late", "My son is ill"):
        reply = await text(offender, words)

    tasks = await look.tasks()
    assert [task.kind for task in tasks] == [TaskKind.REPLY_TO_READ] * 2
    assert (tasks[1].offender_id, tasks[1].case_id, tasks[1].about_id) == (offender.id, case.id, reply.id)
    [answer] = await look.answers()
    assert await says(answer) == {"phone": case.officer_phone}
    clock.moment += timedelta(days=1)
    await text(offender, "And now the dog is ill")
    assert await look.said() == ["passed_on"] * 2


async def test_what_they_wrote_is_written_down_nowhere_else(text, offender, case, look, database):
    await text(offender, "I live at Lavender Row now")

    async with database.reading() as connection:
        everything = repr((await connection.execute(tables.audit_events.select())).all())
    assert "Lavender" not in everything
    assert offender.mobile not in everything
    [event] = await look.told("reply.taken")
    assert (event.case_id, event.actor) == (case.id, Actor.OFFENDER)
    assert event.details == {"meaning": "unclear", "answer": "answer_passed_on"}


@pytest.mark.parametrize(
    ("words", "answered"),
    [("help", ["help"]), ("yes", []), ("next", []), ("no", []), ("what?", []), ("stop", []), ("start", [])],
)
async def test_when_all_their_cases_are_finished_only_help_is_answered(
    text, keep, offender, look, says, words, answered
):
    case = a_case(offender, state=CaseState.FINISHED)
    await keep(case, an_appointment(case))

    await text(offender, words)

    assert await look.said() == answered
    assert await look.kinds_of_tasks() == ([] if answered else [TaskKind.REPLY_TO_READ])
    for answer in await look.answers():
        assert answer.case_id is None
        assert await says(answer) == {"officer": case.officer_name, "phone": case.officer_phone}


async def test_somebody_without_any_case_is_left_to_staff(text, offender, look):
    for words in ("help", "next", "what?"):
        await text(offender, words)

    assert await look.answers() == []
    assert len(await look.tasks()) == 3


async def test_a_number_gets_ten_answers_a_day(text, offender, case, look, clock):
    for _ in range(13):
        await text(offender, "help")
    assert len(await look.answers()) == 10

    clock.moment += timedelta(days=1)
    await text(offender, "help")
    assert len(await look.answers()) == 11


async def test_what_was_asked_half_a_day_ago_is_answered_no_more_but_done(
    text, offender, appointment, look, clock
):
    long_ago = clock.now() - timedelta(hours=12)

    await text(offender, "help", sent_at=long_ago)
    await text(offender, "yes", sent_at=long_ago)

    assert await look.answers() == []
    assert (await look.again(appointment)).state is AppointmentState.CONFIRMED


# Once


async def test_two_workers_at_once_take_each_text_once(receive, works, offender, case, look, soak):
    for done in range(1, soak + 1):
        for _ in range(8):
            await receive(offender, "what?")

        while sum(await asyncio.gather(*(receiving.take_some(works) for _ in range(3)))):
            pass

        assert len(await look.told("reply.taken")) == len(await look.tasks()) == 8 * done


class Killed(BaseException):
    """What no code of ours catches."""


async def test_a_worker_that_dies_while_it_takes_a_text_has_done_nothing(
    receive, works, offender, case, look, declined, monkeypatch
):
    async def die(*_: object) -> bool:
        raise Killed

    await receive(offender, "stop")
    with monkeypatch.context() as patched:
        patched.setattr(replies, "post", die)
        with pytest.raises(Killed):
            await receiving.take_some(works)
    assert await declined(offender) == frozenset()
    assert await look.told("contact_rules.changed") == await look.told("reply.taken") == []

    assert await receiving.take_some(works) == 1

    assert await declined(offender) == ALL
    assert await look.said() == ["stopped"]


async def test_a_text_that_cannot_be_taken_reaches_staff_and_holds_up_no_other(
    receive, works, offender, appointment, look, monkeypatch, caplog
):
    poison = await receive(offender, "yes, poison")
    await receive(offender, "yes")

    def fail_once(content: str, language: str) -> Meaning:
        if "poison" in content:
            raise ValueError(content)
        return understand(content, language)

    monkeypatch.setattr(replies, "understand", fail_once)
    assert await receiving.take_some(works) == 2

    assert (await look.again(appointment)).state is AppointmentState.CONFIRMED
    [task] = await look.tasks()
    assert (task.kind, task.about_id) == (TaskKind.REPLY_TO_READ, poison)
    assert "poison" not in caplog.text
    async with works() as work:
        waiting: list[Reply] = list(await work.replies.to_take(most=5))
    assert waiting == []
