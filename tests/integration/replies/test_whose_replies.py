"""Whose a text is, what of it people must read, and that it is dealt with once."""

import asyncio
from datetime import timedelta

import pytest

from portal.domain.appointments import AppointmentState
from portal.domain.audit import Actor
from portal.domain.cases import CaseState
from portal.domain.contact_rules import Fault
from portal.domain.messages import Channel
from portal.domain.replies import Meaning, Reply, understand
from portal.domain.tasks import TaskKind
from portal.services import receiving, replies
from portal.storage import tables
from tests.integration.replies.texting import ALL, sent
from tests.making import (
    a_case,
    a_link,
    a_stopped_contact,
    a_victim,
    an_appointment,
    an_offender,
)

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
