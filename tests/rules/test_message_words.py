"""How far a message is: for each way that it can go, staff read plain and honest words."""

from datetime import timedelta
from itertools import product
from typing import Any
from uuid import uuid4

import pytest

from portal.domain.brakes import Reach
from portal.domain.messages import DELIVERED, FAILURES, Channel, Held, MessageState, Purpose
from portal.storage.messages import ListedMessage
from portal.web.assets import Assets
from portal.web.i18n import environments
from tests.making import NOW

WORDS = "staff/messages/_words.html"
IMPORTED = f'{{% from "{WORDS}" import state_words, brake_words with context %}}'


@pytest.fixture(scope="module")
def environment():
    return environments(Assets())["en"]


@pytest.fixture(scope="module")
def said(environment):
    """Call it for the words of a message in this state."""
    template = environment.from_string(IMPORTED + "{{ state_words(message) }}")

    def say(state, **changes):
        usual: dict[str, Any] = {
            "id": uuid4(),
            "purpose": Purpose.INVITATION,
            "channel": Channel.SMS,
            "arm": None,
            "held_because": None,
            "failure": None,
            "due_at": NOW,
            "sent_at": None,
            "is_by_hand": False,
            "instead": None,
            "is_due": True,
        }
        return " ".join(template.render(message=ListedMessage(**usual | {"state": state} | changes)).split())

    return say


@pytest.mark.parametrize(
    ("state", "changes", "words"),
    [
        (
            "queued",
            {"due_at": NOW + timedelta(hours=8), "is_due": False},
            "Planned for Monday 23 November 2026, 6pm",
        ),
        ("queued", {}, "Waiting to be sent"),
        ("queued", {"failure": "no answer"}, "Waiting: GOV.UK Notify does not answer"),
        (
            "queued",
            {"failure": "429 TooManyRequestsError"},
            "Waiting: today's limit at GOV.UK Notify is reached",
        ),
        ("claimed", {}, "Being sent now"),
        ("accepted", {}, "Handed to the network"),
        ("accepted", {"channel": Channel.EMAIL}, "Handed to the mail service"),
        ("delivered", {}, "Reached the phone"),
        ("delivered", {"channel": Channel.EMAIL}, "Reached the mailbox"),
        (
            "failed",
            {"failure": "permanent-failure"},
            "Could not be delivered: the number is not in use",
        ),
        (
            "failed",
            {"failure": "temporary-failure"},
            "Could not be delivered: the phone was off or full",
        ),
        (
            "failed",
            {"failure": "technical-failure"},
            "Could not be delivered: the network did not take it",
        ),
        ("failed", {"failure": "400 ValidationError"}, "Could not be sent: GOV.UK Notify refused it"),
        (
            "failed",
            {"failure": "temporary-failure", "instead": Channel.EMAIL},
            "Could not be delivered: the phone was off or full. Sent by email instead",
        ),
        ("accepted", {"instead": Channel.EMAIL}, "Handed to the network. Sent by email instead"),
        ("held", {"held_because": Held.IN_CUSTODY}, "Held: The person is in custody."),
        ("expired", {}, "Not sent: it came too late"),
        ("parked", {}, "Not sent after many tries"),
        ("withdrawn", {}, "Withdrawn: no longer needed"),
    ],
)
def test_each_state_says_honestly_how_far_the_message_is(said, state, changes, words):
    assert said(MessageState(state), **changes) == words


def test_every_state_and_reason_has_words_of_its_own_on_each_channel(said):
    failures = (None, *FAILURES, "400 BadRequestError")
    for channel in Channel:
        states = [state for state in MessageState if state not in (MessageState.FAILED, MessageState.HELD)]
        words = [
            *(said(state, channel=channel) for state in states),
            *(said(MessageState.FAILED, channel=channel, failure=failure) for failure in failures[1:]),
            *(said(MessageState.HELD, channel=channel, held_because=reason) for reason in Held),
        ]
        assert len(set(words)) == len(words)
        assert all(words)
    assert DELIVERED not in failures


def test_a_brake_says_what_does_not_go_out_and_why(environment):
    template = environment.from_string(IMPORTED + "{{ brake_words(reach, error) }}")
    errors = ("AuthError", "RateLimitError", "TooManyRequestsError", "BadRequestError", "SomethingNew", "")

    said = {
        (reach, error): template.render(reach=reach, error=error) for reach, error in product(Reach, errors)
    }

    assert said[Reach.ALL, "AuthError"] == (
        "Messages are not going out: GOV.UK Notify does not accept our key."
    )
    assert said[Reach.TEXTS, "TooManyRequestsError"] == (
        "Texts are not going out: today's limit at GOV.UK Notify is reached."
    )
    assert said[Reach.SOME, ""] == "Some messages are not going out: GOV.UK Notify does not take them."
    assert all("_" not in words and "Error" not in words for words in said.values())
