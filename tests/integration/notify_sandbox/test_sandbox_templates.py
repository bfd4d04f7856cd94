"""Templates can be read and tried out."""

from dataclasses import replace
from uuid import UUID

import pytest

from tests.integration.notify_sandbox.sandboxes import (
    EMAIL,
    OLD,
    TEMPLATES,
    TEXT,
    VALUES,
    a_config,
    a_service,
    error_of,
)


@pytest.fixture
def sender(open_sandbox):
    newer = replace(TEMPLATES[0], version=2, body="Dear ((name)), come on ((date)).")
    return open_sandbox(a_config(a_service(templates=(newer, *TEMPLATES))))


async def test_a_template_in_full(sender):
    assert (await sender.get(f"/v2/template/{EMAIL}")).json() == {
        "id": str(EMAIL),
        "type": "email",
        "name": "Invitation",
        "created_at": "2026-01-01T09:00:00.000000Z",
        "updated_at": None,
        "created_by": "sandbox@notify.example",
        "version": 1,
        "body": "# Hello ((name))\n\nSee you.",
        "subject": "Come on ((date))",
        "postage": None,
        "letter_contact_block": None,
        "personalisation": {"name": {"required": True}, "date": {"required": True}},
    }


@pytest.mark.parametrize(
    ("path", "version"), [("", 2), ("/version/1", 1), ("/version/2", 2), ("/version/0", 2)]
)
async def test_versions(sender, path, version):
    template = (await sender.get(f"/v2/template/{TEXT}{path}")).json()

    assert (template["version"], template["subject"]) == (version, None)
    assert (template["updated_at"] is None) is (version == 1)


async def test_the_newest_version_is_sent(sender):
    sent = (await sender.text()).json()

    assert (sent["template"]["version"], sent["content"]["body"]) == (2, "Dear Ann, come on 1 Dec.")


@pytest.mark.parametrize("path", [f"/v2/template/{UUID(int=999)}", f"/v2/template/{TEXT}/version/3"])
async def test_a_template_that_does_not_exist(sender, path):
    assert error_of(await sender.get(path)) == (404, "NoResultFound", "No result found")


@pytest.mark.parametrize("version", ["x", "-1", "²"])
async def test_a_version_that_is_no_number_has_no_address(sender, version):
    response = await sender.get(f"/v2/template/{TEXT}/version/{version}")

    assert (response.status_code, response.json()["result"]) == (404, "error")


async def test_an_id_that_is_none(sender):
    refusal = (400, "ValidationError", "id is not a valid UUID")

    assert error_of(await sender.get("/v2/template/x")) == refusal
    assert error_of(await sender.post("/v2/template/x/preview", {})) == refusal


@pytest.mark.parametrize(
    ("query", "names"),
    [("", ["Invitation", "Reminder"]), ("?type=sms", ["Reminder"]), ("?type=letter", [])],
)
async def test_live_templates_are_listed_by_name(sender, query, names):
    templates = (await sender.get(f"/v2/templates{query}")).json()["templates"]

    assert [template["name"] for template in templates] == names


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("type=fax", "type fax is not one of [sms, email, letter]"),
        ("foo=1", "Additional properties are not allowed (foo was unexpected)"),
    ],
)
async def test_a_list_that_cannot_be_had(sender, query, message):
    assert error_of(await sender.get(f"/v2/templates?{query}")) == (400, "ValidationError", message)


async def test_an_email_is_tried_out(sender):
    response = await sender.post(f"/v2/template/{EMAIL}/preview", {"personalisation": VALUES})

    assert response.status_code == 200
    assert response.json() == {
        "id": str(EMAIL),
        "type": "email",
        "version": 1,
        "body": "# Hello Ann\n\nSee you.",
        "html": "<h2>Hello Ann</h2><p>See you.</p>",
        "subject": "Come on 1 Dec",
        "postage": None,
    }


async def test_a_text_without_placeholders_is_tried_out_with_no_body(sender):
    response = await sender.call("POST", f"/v2/template/{OLD}/preview")

    assert (response.json()["body"], response.json()["html"], response.json()["subject"]) == (
        "Hi",
        None,
        None,
    )


@pytest.mark.parametrize(
    ("body", "name", "message"),
    [
        (b'{"personalisation": null}', "ValidationError", "personalisation None is not of type object"),
        (b'{"personalisation": {"name": "x"}}', "BadRequestError", "Missing personalisation: date"),
        (b"{", "BadRequestError", "Invalid JSON supplied in POST data"),
        (b"[1]", "BadRequestError", "Invalid JSON supplied in POST data"),
    ],
)
async def test_a_trial_that_fails(sender, body, name, message):
    response = await sender.call("POST", f"/v2/template/{TEXT}/preview", content=body)

    assert error_of(response) == (400, name, message)
