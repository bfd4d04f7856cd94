"""What is wrong with a request is told all at once, in Notify's words."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from portal.notify_sandbox.config import Channel
from portal.notify_sandbox.errors import ApiError
from portal.notify_sandbox.schemas import LIST_SCHEMA, send_schema

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
SMS = {"phone_number": "07700900001", "template_id": str(UUID(int=1))}
EMAIL = {"email_address": "ann@mail.example", "template_id": str(UUID(int=1))}

NO_DATETIME = (
    "scheduled_for datetime format is invalid. It must be a valid ISO8601 date time format, "
    "https://en.wikipedia.org/wiki/ISO_8601"
)


def problems(channel, body) -> list[str]:
    try:
        send_schema(channel, now=NOW).check(body)
    except ApiError as error:
        return list(error.messages)
    return []


@pytest.mark.parametrize(
    ("changes", "messages"),
    [
        ({}, []),
        ({"phone_number": None}, ["phone_number None is not of type string"]),
        ({"phone_number": 7}, ["phone_number 7 is not of type string"]),
        ({"phone_number": "x"}, ["phone_number Must not contain letters or symbols"]),
        ({"phone_number": "999"}, ["phone_number Not enough digits"]),
        ({"template_id": "x"}, ["template_id is not a valid UUID"]),
        ({"template_id": None}, ["template_id is not a valid UUID"]),
        ({"template_id": 5}, ["template_id is not a valid UUID"]),
        ({"template_id": "{00000000000000000000000000000001}"}, []),
        ({"personalisation": "x"}, ["personalisation x is not of type object"]),
        ({"personalisation": ["it's"]}, ['personalisation ["its"] is not of type object']),
        ({"reference": 3}, ["reference 3 is not of type string"]),
        ({"reference": "r" * 1000}, []),
        ({"reference": ""}, []),
        ({"reference": "r" * 1001}, [f"reference {'r' * 1001} is too long"]),
        ({"sms_sender_id": "x"}, ["sms_sender_id is not a valid UUID"]),
        ({"foo": 1}, ["Additional properties are not allowed (foo was unexpected)"]),
        ({"foo": 1, "bar": 2}, ["Additional properties are not allowed (bar, foo were unexpected)"]),
        ({"scheduled_for": None}, []),
        ({"scheduled_for": "2026-11-23T11:00:00"}, []),
        ({"scheduled_for": 3}, ["scheduled_for 3 is not of type string, null"]),
        ({"scheduled_for": "2026-11-23T09:00:00Z"}, ["scheduled_for datetime can not be in the past"]),
        (
            {"scheduled_for": "2026-11-24T10:00:01"},
            ["scheduled_for datetime can only be 24 hours in the future"],
        ),
        (
            {"scheduled_for": "soon"},
            [NO_DATETIME],
        ),
    ],
)
def test_a_field_of_a_text_is_checked(changes, messages):
    assert problems(Channel.SMS, SMS | changes) == messages


@pytest.mark.parametrize(
    ("changes", "messages"),
    [
        ({}, []),
        ({"email_address": 1}, ["email_address 1 is not of type string"]),
        ({"email_address": "ann"}, ["email_address Not a valid email address"]),
        ({"email_reply_to_id": "x"}, ["email_reply_to_id is not a valid UUID"]),
        ({"one_click_unsubscribe_url": "https://a.example/stop"}, []),
        (
            {"one_click_unsubscribe_url": "http://a.example"},
            ["one_click_unsubscribe_url is not a valid https url"],
        ),
        (
            {"one_click_unsubscribe_url": "https://a.example/a b"},
            ["one_click_unsubscribe_url is not a valid https url"],
        ),
        (
            {"one_click_unsubscribe_url": "https://[a.example"},
            ["one_click_unsubscribe_url is not a valid https url"],
        ),
        ({"one_click_unsubscribe_url": "https:"}, ["one_click_unsubscribe_url is not a valid https url"]),
        ({"sanitise_content_for": None}, []),
        ({"sanitise_content_for": ["name"]}, []),
        ({"sanitise_content_for": "name"}, ["sanitise_content_for name is not of type array, null"]),
        ({"sanitise_content_for": [1]}, ["sanitise_content_for 1 is not of type string"]),
        (
            {"sms_sender_id": str(UUID(int=1))},
            ["Additional properties are not allowed (sms_sender_id was unexpected)"],
        ),
    ],
)
def test_a_field_of_an_email_is_checked(changes, messages):
    assert problems(Channel.EMAIL, EMAIL | changes) == messages


def test_all_problems_are_told_in_the_order_of_the_schema():
    body = {"foo": 1, "sms_sender_id": "x", "personalisation": 1, "reference": None}

    assert problems(Channel.SMS, body) == [
        "reference None is not of type string",
        "personalisation 1 is not of type object",
        "sms_sender_id is not a valid UUID",
        "phone_number is a required property",
        "template_id is a required property",
        "Additional properties are not allowed (foo was unexpected)",
    ]


def test_a_body_that_is_no_object_has_no_fields():
    assert problems(Channel.SMS, [1]) == ["[1] is not of type object"]


def test_a_problem_is_told_once():
    with pytest.raises(ApiError) as refusal:
        LIST_SCHEMA.check({"template_type": ["fax", "fax"]})

    assert (refusal.value.status, refusal.value.name) == (400, "ValidationError")
    assert refusal.value.messages == ("template_type fax is not one of [sms, email, letter]",)
