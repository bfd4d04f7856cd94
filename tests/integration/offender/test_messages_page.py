"""What we sent a person, in honest words, and how they want to be written to."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from portal.domain.audit import Actor
from portal.domain.contact_rules import ContactRules, Times, Topic
from portal.domain.messages import Channel, Held, Message, MessageState, Purpose
from portal.domain.offenders import Offender
from portal.services.planning import plan_reminders
from portal.storage.unit_of_work import Who, WholeWork, unit_of_work
from tests.making import NOW, a_message, an_appointment, an_offender, contact_rules_of
from tests.records import deeds_of, records_of

CHOICES = {"channel": "either", "times": "any", "pause": "none", "discreet": "no"}


async def rules_of(database, offender) -> ContactRules:
    async with unit_of_work(database, WholeWork, now=NOW, who=Who(Actor.PORTAL)) as work:
        return await work.contact_rules.of_offender(offender.id)


def a_sent(offender: Offender, **changes: Any) -> Message:
    sent: dict[str, Any] = {"channel": Channel.SMS, "state": MessageState.ACCEPTED, "sent_at": NOW}
    return a_message(offender, **sent | changes)


@pytest.mark.parametrize(
    ("ended", "words"),
    [
        ({}, "We gave it to the phone network"),
        ({"state": MessageState.DELIVERED}, "It reached your phone"),
        ({"state": MessageState.DELIVERED, "channel": Channel.EMAIL}, "It reached your mailbox"),
        (
            {"state": MessageState.FAILED, "failure": "permanent-failure"},
            "It did not reach you. This number is not in use",
        ),
        (
            {"state": MessageState.FAILED, "failure": "temporary-failure"},
            "It did not reach you. Your phone was off or full",
        ),
        ({"state": MessageState.FAILED, "failure": "400 ValidationError"}, "It did not reach you"),
    ],
)
async def test_the_person_reads_what_became_of_each_message(offender_visitor, offender, keep, ended, words):
    await keep(a_sent(offender, **ended))

    page = await offender_visitor.open("/messages")

    assert words in page.texts("main li")[0]
    assert "Monday 23 November 2026, 10am" in page.texts("main li")[0]


async def test_nobody_learns_why_a_message_was_held_back(offender_visitor, offender, keep):
    held = {"state": MessageState.HELD, "held_because": Held.SHARED_CONTACT}
    await keep(a_message(offender, **held), a_message(offender))

    page = await offender_visitor.open("/messages")

    assert page.texts("main li") == []
    assert "We have not sent you anything yet." in page.text()


async def test_nobody_sees_what_others_were_sent(offender_visitor, keep):
    other = an_offender()
    await keep(other, a_sent(other))

    assert (await offender_visitor.open("/messages")).texts("main li") == []


async def test_looking_is_written_down(offender_visitor, database):
    await offender_visitor.open("/messages")

    assert (await deeds_of(database))[-1] == "messages.shown"


async def test_choices_are_kept_shown_and_written_down(offender_visitor, offender, database):
    await offender_visitor.open("/messages/choices")
    chosen = {"channel": "email", "times": "evening", "pause": "week", "discreet": "yes"}

    page = await offender_visitor.send(
        "/messages/choices", chosen | {"reminders": "appointments"}, follow=True
    )

    assert page.texts("main dd") == [
        "Only by email",
        "5pm to 9pm",
        "None until Monday 30 November 2026",
        "Left out",
    ]
    assert "We have saved your choices." in page.text()
    rules = await rules_of(database, offender)
    assert (rules.channel, rules.times, rules.paused_until, rules.is_discreet) == (
        Channel.EMAIL,
        Times.EVENING,
        date(2026, 11, 30),
        True,
    )
    assert rules.topics_declined == {Topic.CONDITIONS}
    assert "contact_rules.changed" in await deeds_of(database)


async def test_saving_what_stands_changes_and_records_nothing(offender_visitor, offender, keep, database):
    await keep(contact_rules_of(offender, times=Times.MORNING, paused_until=date(2026, 12, 1)))
    await offender_visitor.open("/messages/choices")
    before = await records_of(database)

    same = {"channel": "either", "times": "morning", "pause": "keep", "discreet": "no"}
    await offender_visitor.send("/messages/choices", same | {"reminders": ["appointments", "conditions"]})

    assert await records_of(database) == before
    assert "contact_rules.changed" not in await deeds_of(database)


@pytest.mark.parametrize(
    "odd", [{}, {"channel": "pigeon", "times": "night", "pause": "ever", "discreet": "?"}]
)
async def test_what_is_no_choice_of_ours_leaves_things_as_they_were(
    offender_visitor, offender, keep, database, odd
):
    await keep(contact_rules_of(offender, channel=Channel.SMS, times=Times.MORNING, is_discreet=True))
    await offender_visitor.open("/messages/choices")

    await offender_visitor.send("/messages/choices", odd | {"reminders": ["appointments", "elephants"]})

    rules = await rules_of(database, offender)
    assert (rules.channel, rules.times, rules.is_discreet) == (Channel.SMS, Times.MORNING, True)
    assert rules.topics_declined == {Topic.CONDITIONS}


async def test_a_break_ends_when_they_say_so(offender_visitor, offender, keep, database):
    await keep(contact_rules_of(offender, paused_until=date(2026, 12, 1)))
    await offender_visitor.open("/messages/choices")

    await offender_visitor.send("/messages/choices", CHOICES)

    assert (await rules_of(database, offender)).paused_until is None


async def test_whoever_has_only_a_phone_is_not_asked_about_email(offender_visitor, arrive, keep):
    one_way = an_offender(email=None)
    await keep(one_way)
    visitor = arrive()
    await visitor.sign_in(one_way)

    assert "Only by email" not in (await visitor.open("/messages/choices")).text()
    assert "Only by email" in (await offender_visitor.open("/messages/choices")).text()


async def test_reminders_move_to_the_hours_chosen_in_the_same_transaction(
    offender_visitor, offender, case, keep, database
):
    starts_at = datetime(2026, 12, 8, 14, tzinfo=UTC)
    await keep(an_appointment(case, starts_at=starts_at, booked_at=NOW - timedelta(days=1)))
    async with unit_of_work(database, WholeWork, now=NOW, who=Who(Actor.PORTAL)) as work:
        await plan_reminders(work, offender)
    await offender_visitor.open("/messages/choices")

    await offender_visitor.send(
        "/messages/choices", CHOICES | {"times": "morning", "reminders": "appointments"}
    )

    async with unit_of_work(database, WholeWork, now=NOW, who=Who(Actor.PORTAL)) as work:
        known = await work.outbox.reminders_of(offender.id)
        [evening] = [each for each in known if each.purpose is Purpose.APPOINTMENT_TOMORROW]
    assert evening.due_at == datetime(2026, 12, 7, 11, tzinfo=UTC)
