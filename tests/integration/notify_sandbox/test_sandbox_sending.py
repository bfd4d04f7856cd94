"""Sending is checked in Notify's order, refused in its words, and answered in its form."""

# ruff: noqa: RUF001 Notify's own words have curly apostrophes

from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from portal.notify_sandbox.config import KeyType, Permission
from tests.integration.notify_sandbox.sandboxes import (
    ADDRESS,
    EMAIL,
    OLD,
    SERVICE,
    TEMPLATES,
    TEXT,
    VALUES,
    a_config,
    a_key,
    a_service,
    error_of,
)

LONG_TEXT = (
    "Your message is too long. Text messages cannot be longer than 918 characters. "
    "Your message is 919 characters long."
)
LONG_EMAIL = (
    "Your message is too long. Emails cannot be longer than 2000000 bytes. Your message is 2000018 bytes."
)
NO_FILES = (
    "Send files by email has not been set up - add contact details for your service at "
    f"https://www.notifications.service.gov.uk/services/{SERVICE}/service-settings/send-files-by-email"
)
TRIAL = (
    "Can’t send to this recipient when service is in trial mode – see "
    "https://www.notifications.service.gov.uk/trial-mode"
)


async def test_a_text_is_answered_in_full(sender):
    response = await sender.text(phone_number=" 07700 900123 ", reference="ref-1")

    sent_id = response.json()["id"]
    assert response.status_code == 201
    assert response.headers["content-type"] == "application/json"
    assert response.json() == {
        "id": str(UUID(sent_id)),
        "reference": "ref-1",
        "scheduled_for": None,
        "content": {"body": "Hi Ann, come on 1 Dec.", "from_number": "GOVUK"},
        "template": {
            "id": str(TEXT),
            "version": 1,
            "uri": f"http://sandbox.test/services/{SERVICE}/templates/{TEXT}",
        },
        "uri": f"http://sandbox.test/v2/notifications/{sent_id}",
    }
    assert list(response.json()) == sorted(response.json())


async def test_an_email_is_answered_in_full(sender):
    response = await sender.email(one_click_unsubscribe_url="https://a.example/stop")

    sent_id = response.json()["id"]
    assert response.json() == {
        "id": sent_id,
        "reference": None,
        "scheduled_for": None,
        "sanitised_content": {},
        "content": {
            "subject": "Come on 1 Dec",
            "body": "# Hello Ann\n\nSee you.",
            "from_email": "sandbox@notify.example",
            "one_click_unsubscribe_url": "https://a.example/stop",
        },
        "template": {
            "id": str(EMAIL),
            "version": 1,
            "uri": f"http://sandbox.test/services/{SERVICE}/templates/{EMAIL}",
        },
        "uri": f"http://sandbox.test/v2/notifications/{sent_id}",
    }


async def test_what_was_made_harmless_is_told(sender):
    response = await sender.email(personalisation=VALUES | {"name": "**Ann**"}, sanitise_content_for=["Name"])

    assert response.json()["sanitised_content"] == {
        "name": {"unsanitised": "**Ann**", "sanitised": "\\*\\*Ann\\*\\*"}
    }
    assert response.json()["content"]["body"].startswith("# Hello \\*\\*Ann\\*\\*\n")


async def test_extra_values_are_no_matter(sender):
    response = await sender.text(personalisation=VALUES | {"colour": "red", "other": {"a": [None]}})

    assert response.status_code == 201


async def test_a_time_to_send_at_is_taken_and_ignored(sender):
    response = await sender.text(scheduled_for="2026-11-23T12:00:00")

    assert (response.status_code, response.json()["scheduled_for"]) == (201, None)


async def test_references_need_not_be_unique(sender):
    ids = {(await sender.text(reference="same")).json()["id"] for _ in range(3)}

    found = (await sender.get("/v2/notifications?reference=same")).json()["notifications"]
    assert {notification["id"] for notification in found} == ids


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe\xfd", b"no"])
async def test_a_body_that_is_no_json(sender, body):
    response = await sender.call("POST", "/v2/notifications/sms", content=body)

    assert error_of(response) == (400, "BadRequestError", "Invalid JSON supplied in POST data")


@pytest.mark.parametrize("body", [b"null", b"{}", b"[]", b"0"])
async def test_a_body_that_says_nothing_lacks_everything(sender, body):
    response = await sender.call("POST", "/v2/notifications/email", content=body)

    assert [error["message"] for error in response.json()["errors"]] == [
        "email_address is a required property",
        "template_id is a required property",
    ]


async def test_the_type_of_the_body_is_not_looked_at(sender):
    content = b'{"phone_number": "07700900123"}'
    response = await sender.call("POST", "/v2/notifications/sms", content=content)

    assert error_of(response) == (400, "ValidationError", "template_id is a required property")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"template_id": str(UUID(int=99))}, "Template not found"),
        ({"template_id": str(EMAIL)}, "email template is not suitable for sms notification"),
        ({"template_id": str(OLD)}, "Template has been deleted"),
        ({"personalisation": {}}, "Missing personalisation: name, date"),
        ({"personalisation": {"name": None, "date": ""}}, "Missing personalisation: name"),
        (
            {"personalisation": {"name": "x" * 900, "date": "1 Dec"}},
            LONG_TEXT,
        ),
        ({"personalisation": VALUES | {"x": {"file": "abc"}}}, "Can only send a file by email"),
        (
            {"sms_sender_id": str(UUID(int=5))},
            f"sms_sender_id {UUID(int=5)} does not exist in database for service id {SERVICE}",
        ),
    ],
)
async def test_a_text_that_cannot_be_sent(sender, changes, message):
    assert error_of(await sender.text(**changes)) == (400, "BadRequestError", message)


async def test_the_longest_text_is_sent(sender):
    values = {"name": "€" * 899, "date": "1 Dec"}

    response = await sender.text(personalisation=values)

    assert (response.status_code, len(response.json()["content"]["body"])) == (201, 918)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"template_id": str(TEXT)}, "sms template is not suitable for email notification"),
        ({"personalisation": {"Name": "Ann"}}, "Missing personalisation: date"),
        ({"personalisation": {}}, "Missing personalisation: date, name"),
        (
            {"personalisation": VALUES | {"name": "é" * 1_000_000}},
            LONG_EMAIL,
        ),
        (
            {"personalisation": VALUES | {"x": {"file": "abc"}}},
            NO_FILES,
        ),
        (
            {"email_reply_to_id": str(UUID(int=5))},
            f"email_reply_to_id {UUID(int=5)} does not exist in database for service id {SERVICE}",
        ),
    ],
)
async def test_an_email_that_cannot_be_sent(sender, changes, message):
    assert error_of(await sender.email(**changes)) == (400, "BadRequestError", message)


async def test_a_file_is_sent_by_a_service_that_is_set_up_for_it(open_sandbox):
    sender = open_sandbox(a_config(a_service(sends_files=True)))
    file = {"file": "JVBERi0xLjQ=", "filename": "letter.pdf"}

    answer = await sender.email(personalisation=VALUES | {"Name": file})
    wrong = await sender.email(personalisation=VALUES | {"Name": file | {"retention_period": "79 weeks"}})

    assert answer.json()["content"]["body"].startswith("# Hello https://documents.notify.example/d/")
    assert error_of(wrong)[1] == "ValidationError"


async def test_an_empty_message_is_not_sent(open_sandbox):
    hollow = replace(TEMPLATES[0], body="((name)) ((date))")
    sender = open_sandbox(a_config(a_service(templates=(hollow,))))

    response = await sender.text(personalisation={"name": " ", "date": []})

    assert error_of(response) == (400, "BadRequestError", "Your message is empty.")


async def test_known_senders_and_answer_addresses_may_be_chosen(open_sandbox):
    chosen = uuid4()
    service = a_service(sms_senders={chosen: "AMENDS"}, reply_to={chosen: ADDRESS})
    sender = open_sandbox(a_config(service))

    text = await sender.text(sms_sender_id=str(chosen))
    email = await sender.email(email_reply_to_id=str(chosen))

    assert text.json()["content"]["from_number"] == "AMENDS"
    assert email.status_code == 201


async def test_a_reference_with_a_nul_breaks_the_database(sender):
    assert error_of(await sender.text(reference="a\0b")) == (500, "ValueError", "Internal server error")


async def test_what_breaks_is_named_after_what_broke(sender, monkeypatch, caplog):
    sandbox = sender.client._transport.app.state.sandbox
    monkeypatch.setattr(sandbox.state, "keep", {}.__getitem__)

    answer = error_of(await sender.text())

    assert answer == (500, "TypeError", "Internal server error")
    assert "the sandbox broke" in caplog.text


@pytest.mark.parametrize("channel", ["fax", "smss"])
async def test_an_unknown_channel_breaks_notify(sender, channel):
    response = await sender.post(f"/v2/notifications/{channel}", {})

    assert error_of(response) == (500, "KeyError", "Internal server error")


async def test_a_channel_may_be_off(open_sandbox):
    sender = open_sandbox(a_config(a_service(permissions=frozenset())))

    assert error_of(await sender.text())[2] == "Service is not allowed to send text messages"
    assert error_of(await sender.email())[2] == "Service is not allowed to send emails"


@pytest.mark.parametrize(
    ("key_type", "trial", "refusal"),
    [
        (KeyType.TEST, False, (400, "BadRequestError", "Service is not allowed to send letters")),
        (KeyType.TEAM, False, (403, "BadRequestError", "Cannot send letters with a team api key")),
        (KeyType.LIVE, True, (403, "BadRequestError", "Cannot send letters when service is in trial mode")),
    ],
)
async def test_there_are_no_letters(open_sandbox, key_type, trial, refusal):
    sender = open_sandbox(a_config(a_service(keys=(a_key(key_type),), trial=trial)))

    assert error_of(await sender.post("/v2/notifications/letter", {})) == refusal


GUESTS = frozenset({"+44 7700 900123", "Ann@mail.example"})


@pytest.mark.parametrize(
    ("key_type", "trial", "message"),
    [
        (KeyType.TEAM, False, "Can’t send to this recipient using a team-only API key"),
        (KeyType.TEAM, True, "Can’t send to this recipient using a team-only API key"),
        (KeyType.LIVE, True, TRIAL),
    ],
)
async def test_strangers_are_out_of_reach(open_sandbox, key_type, trial, message):
    service = a_service(keys=(a_key(key_type),), trial=trial, guests=GUESTS)
    sender = open_sandbox(a_config(service))

    assert (await sender.text()).status_code == (await sender.email()).status_code == 201
    assert error_of(await sender.text(phone_number="07700900124")) == (400, "BadRequestError", message)
    assert error_of(await sender.email(email_address="bo@mail.example")) == (400, "BadRequestError", message)
    assert error_of(await sender.text(phone_number="07700900000")) == (400, "BadRequestError", message)


@pytest.mark.parametrize(("key_type", "trial"), [(KeyType.TEST, True), (KeyType.LIVE, False)])
async def test_others_reach_anybody(open_sandbox, key_type, trial):
    sender = open_sandbox(a_config(a_service(keys=(a_key(key_type),), trial=trial)))

    assert (await sender.text()).status_code == 201


async def test_permissions_decide_about_landlines_and_foreign_numbers(open_sandbox):
    little = open_sandbox(a_config(a_service(permissions=frozenset({Permission.TEXTS}))))
    much = open_sandbox(a_config(a_service(permissions=frozenset(Permission))))
    landline, russian, island = "020 7946 0000", "077009000012", "07797 712345"

    assert error_of(await little.text(phone_number=landline)) == (
        400,
        "InvalidPhoneError",
        "Not a UK mobile number",
    )
    assert error_of(await little.text(phone_number=russian)) == (
        400,
        "BadRequestError",
        "Cannot send to international mobile numbers",
    )
    assert (await little.text(phone_number=island)).status_code == 201
    for number in (landline, russian, island):
        assert (await much.text(phone_number=number)).status_code == 201


async def test_fourteen_fragments_of_welsh_are_not_too_long(open_sandbox):
    template = replace(TEMPLATES[0], body="((text))")
    sender = open_sandbox(a_config(a_service(templates=(template,), prefixes_texts=False)))

    longest = await sender.text(personalisation={"text": "ŵ" + "a" * 917})
    longer = await sender.text(personalisation={"text": "a" * 919})

    assert longest.status_code == 201
    assert error_of(longer)[2] == LONG_TEXT
    [sent] = (await sender.client.get("/outbox.json")).json()["messages"]
    assert sent["fragments"] == 14
