"""A message goes its way once, ends there, and wakes nobody."""

from datetime import timedelta
from uuid import uuid4

import pytest

from portal.domain.messages import MOST_TRIES, Held, Message, MessageState, Purpose
from tests.making import NOW, a_message, an_offender

LATER = NOW + timedelta(minutes=1)
NOTIFY_ID = uuid4()
FAILURES = ["permanent-failure", "temporary-failure", "technical-failure"]
WIPED = "{}"


@pytest.fixture
def claimed() -> Message:
    """A message that a worker has in hand."""
    return a_message(an_offender(), state=MessageState.CLAIMED, claimed_at=NOW, tries=1)


@pytest.fixture
def accepted(claimed: Message) -> Message:
    """A message that Notify has."""
    claimed.accept(NOTIFY_ID, at=NOW)
    return claimed


def test_once_notify_has_it_nothing_of_what_it_says_is_left(claimed):
    claimed.failure = "429"

    claimed.accept(NOTIFY_ID, at=LATER)

    assert (claimed.state, claimed.notify_id) == (MessageState.ACCEPTED, NOTIFY_ID)
    assert (claimed.personalisation, claimed.claimed_at, claimed.failure) == (WIPED, None, None)
    assert claimed.settled_at == LATER


@pytest.mark.parametrize("reason", Held, ids=str)
def test_what_is_held_back_says_why(claimed, reason):
    claimed.hold(reason, at=LATER)

    assert (claimed.state, claimed.held_because) == (MessageState.HELD, reason)
    assert (claimed.personalisation, claimed.claimed_at, claimed.settled_at) == (WIPED, None, LATER)


def test_what_is_too_late_is_wiped(claimed):
    claimed.expire(at=LATER)

    assert claimed.state is MessageState.EXPIRED
    assert (claimed.personalisation, claimed.claimed_at, claimed.settled_at) == (WIPED, None, LATER)


def test_what_notify_will_never_take_is_wiped_and_says_why(claimed):
    claimed.fail("400 ValidationError", at=LATER)

    assert (claimed.state, claimed.failure) == (MessageState.FAILED, "400 ValidationError")
    assert (claimed.personalisation, claimed.claimed_at, claimed.settled_at) == (WIPED, None, LATER)


def test_a_try_that_failed_is_made_again_with_the_same_words(claimed):
    words = claimed.personalisation

    claimed.retry("503", due_at=LATER, may_have_arrived=False, at=NOW)

    assert (claimed.state, claimed.due_at, claimed.failure) == (MessageState.QUEUED, LATER, "503")
    assert (claimed.claimed_at, claimed.asked_at, claimed.personalisation) == (None, None, words)


def test_a_try_that_may_have_arrived_is_marked_from_the_first_such_try(claimed):
    claimed.retry("time-out", due_at=LATER, may_have_arrived=True, at=NOW)
    assert claimed.asked_at == NOW

    claimed.retry("time-out", due_at=LATER, may_have_arrived=True, at=LATER)
    assert claimed.asked_at == NOW


@pytest.mark.parametrize(
    ("tries", "state"), [(MOST_TRIES - 1, MessageState.QUEUED), (MOST_TRIES, MessageState.PARKED)]
)
def test_what_was_tried_too_often_is_parked(claimed, tries, state):
    claimed.tries = tries

    claimed.retry("503", due_at=LATER, may_have_arrived=False, at=NOW)

    assert claimed.state is state


@pytest.mark.parametrize("status", ["created", "sending", "pending", "sent"])
def test_news_on_the_way_is_noted(accepted, status):
    assert accepted.receive(status, at=LATER)

    assert (accepted.state, accepted.notify_status) == (MessageState.ACCEPTED, status)
    assert not accepted.receive(status, at=LATER)


def test_news_of_delivery_ends_its_way(accepted):
    assert accepted.receive("delivered", at=LATER)

    assert (accepted.state, accepted.failure, accepted.settled_at) == (MessageState.DELIVERED, None, LATER)


@pytest.mark.parametrize("status", FAILURES)
def test_news_of_failure_ends_its_way_and_says_which(accepted, status):
    assert accepted.receive(status, at=LATER)

    assert (accepted.state, accepted.failure, accepted.settled_at) == (MessageState.FAILED, status, LATER)


@pytest.mark.parametrize("news", ["created", "sending", "delivered", *FAILURES])
@pytest.mark.parametrize("end", ["delivered", *FAILURES])
def test_what_has_come_to_its_end_stays_there(accepted, end, news):
    accepted.receive(end, at=NOW)
    there = (accepted.state, accepted.notify_status, accepted.failure, accepted.settled_at)

    assert not accepted.receive(news, at=LATER)

    assert (accepted.state, accepted.notify_status, accepted.failure, accepted.settled_at) == there


@pytest.mark.parametrize(
    ("purpose", "life", "answers"),
    [
        (Purpose.INVITATION, timedelta(days=14), False),
        (Purpose.CODE, timedelta(minutes=10), True),
        (Purpose.APPOINTMENT_CONFIRMED, timedelta(hours=12), True),
        (Purpose.APPOINTMENT_MISSED, timedelta(days=14), False),
        *((purpose, timedelta(hours=12), True) for purpose in Purpose if purpose.startswith("answer_")),
    ],
    ids=str,
)
def test_each_purpose_has_its_life_and_its_hours(purpose, life, answers):
    assert purpose.life == life
    assert purpose.answers_the_person is answers
