"""Notify's own Python client cannot tell a served sandbox from Notify."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import requests
from notifications_python_client import errors
from notifications_python_client.notifications import NotificationsAPIClient

from portal.notify_sandbox.app import create_sandbox
from portal.notify_sandbox.config import Callback, SandboxConfig
from portal.notify_sandbox.keys import DEVELOPMENT_KEY, NEUTRAL_DEVELOPMENT_KEY, parts_of
from tests.integration.notify_sandbox.sandboxes import ADDRESS, EMAIL, PHONE, TEMPLATES, TEXT, VALUES
from tests.integration.notify_sandbox.servers import a_free_port, a_receiver, is_open, served, until


@pytest.fixture(scope="module")
def receiver():
    with a_receiver() as receiver:
        yield receiver


@pytest.fixture(scope="module")
def address(receiver):
    callback = Callback(receiver.url, "a token of ours")
    config = SandboxConfig.for_development(TEMPLATES, receipts=callback, replies=callback)
    with served(create_sandbox(config)) as address:
        yield address


def a_client(key: str, address: str) -> Any:
    return NotificationsAPIClient(key, base_url=address, timeout=5)


@pytest.fixture
def client(address):
    client = a_client(DEVELOPMENT_KEY, address)
    yield client
    client.request_session.close()


def order(address, **fault) -> None:
    requests.post(f"{address}/sandbox/faults", json=fault, timeout=5).raise_for_status()


def test_messages_are_sent_and_found(client, address, receiver):
    text = client.send_sms_notification(PHONE, str(TEXT), VALUES, reference="a text")
    email = client.send_email_notification(ADDRESS, str(EMAIL), VALUES, reference="an email")

    until(lambda: client.get_notification_by_id(text["id"])["status"] == "delivered")
    until(lambda: {text["id"], email["id"]} <= {call.body["id"] for call in receiver.calls})
    assert text["uri"] == f"{address}/v2/notifications/{text['id']}"
    assert client.get_all_notifications(reference="a text")["notifications"][0]["id"] == text["id"]
    assert {email["id"], text["id"]} <= {each["id"] for each in client.get_all_notifications_iterator()}
    assert client.get_all_notifications(status=["failed"], template_type="sms")["notifications"] == []


def test_the_neutral_service_is_another(client, address):
    neutral = a_client(NEUTRAL_DEVELOPMENT_KEY, address)
    sent = neutral.send_sms_notification(PHONE, str(TEXT), VALUES)

    with pytest.raises(errors.HTTPError) as refusal:
        client.get_notification_by_id(sent["id"])

    assert refusal.value.message == [{"error": "NoResultFound", "message": "No result found"}]
    neutral.request_session.close()


def test_each_service_is_texted_at_its_own_number_and_one_page_is_told(client, address, receiver):
    neutral = a_client(NEUTRAL_DEVELOPMENT_KEY, address)
    for key, message in (
        (NEUTRAL_DEVELOPMENT_KEY, "to the neutral one"),
        (DEVELOPMENT_KEY, "to the plain one"),
    ):
        given = {"sender": PHONE, "message": message, "service": str(parts_of(key)[1])}
        requests.post(f"{address}/sandbox/received-texts", json=given, timeout=5).raise_for_status()

    heard = {each["content"]: each["notify_number"] for each in neutral.get_received_texts_iterator()}
    told = {"to the neutral one": "07700900501", "to the plain one": "07700900500"}
    assert heard == {"to the neutral one": "07700900501"}
    until(
        lambda: (
            told.items()
            <= {(c.body.get("message"), c.body.get("destination_number")) for c in receiver.calls}
        )
    )
    neutral.request_session.close()


def test_templates_are_read(client):
    assert client.get_template(TEXT)["name"] == "Reminder"
    assert client.get_template_version(TEXT, 1)["version"] == 1
    assert [each["id"] for each in client.get_all_templates("email")["templates"]] == [str(EMAIL)]
    assert client.post_template_preview(TEXT, VALUES)["body"] == "Hi Ann, come on 1 Dec."


def test_replies_are_read(client, address, receiver):
    order = {"sender": PHONE, "message": "a reply to read"}
    requests.post(f"{address}/sandbox/received-texts", json=order, timeout=5).raise_for_status()

    assert "a reply to read" in [text["content"] for text in client.get_received_texts_iterator()]
    until(lambda: "a reply to read" in [call.body.get("message") for call in receiver.calls])


def test_letters_are_refused(client):
    with pytest.raises(errors.HTTPError) as refusal:
        client.send_precompiled_letter_notification("a letter", BytesIO(b"%PDF-1.4"))

    reason = {"error": "BadRequestError", "message": "Service is not allowed to send letters"}
    assert refusal.value.message == [reason]


@pytest.mark.parametrize(
    ("kind", "error", "status"),
    [
        ("500", errors.HTTPError, 500),
        ("502", errors.HTTPError, 502),
        ("503", errors.HTTP503Error, 503),
        ("504", errors.HTTPError, 504),
        ("429", errors.HTTPError, 429),
        ("not-json", errors.InvalidResponse, 200),
        ("cut-off", errors.HTTP503Error, 503),
        ("reset", errors.HTTP503Error, 503),
    ],
)
def test_trouble_looks_to_the_client_as_it_would(client, address, kind, error, status):
    order(address, kind=kind)

    with pytest.raises(error) as trouble:
        client.send_sms_notification(PHONE, str(TEXT), VALUES)

    assert trouble.value.status_code == status
    assert (trouble.value.response is None) is (kind in {"cut-off", "reset"})


@pytest.mark.parametrize("stored", [True, False], ids=["stored", "not stored"])
def test_a_connection_may_be_reset_before_there_is_an_answer(client, address, stored):
    order(address, kind="reset", stored=stored)

    with pytest.raises(errors.HTTP503Error) as trouble:
        client.send_sms_notification(PHONE, str(TEXT), VALUES, reference=f"reset {stored}")

    assert "ConnectionResetError" in repr(trouble.value.__cause__)
    assert len(client.get_all_notifications(reference=f"reset {stored}")["notifications"]) == stored
    assert client.send_sms_notification(PHONE, str(TEXT), VALUES)["id"]


@pytest.mark.parametrize("stored", [True, False], ids=["stored", "not stored"])
def test_a_hanging_call_is_given_up_and_may_have_been_heard(client, address, stored):
    order(address, kind="hang", stored=stored, seconds=30)
    client.timeout = 0.5

    with pytest.raises(errors.HTTP503Error) as trouble:
        client.send_sms_notification(PHONE, str(TEXT), VALUES, reference=f"hang {stored}")

    assert isinstance(trouble.value.__cause__, requests.ReadTimeout)
    found = client.get_all_notifications(reference=f"hang {stored}")["notifications"]
    assert len(found) == stored


STANDALONE = """
import asyncio, sys
from pathlib import Path
from portal.notify_sandbox.app import create_sandbox
from portal.notify_sandbox.config import Callback, SandboxConfig, load_templates
from dataclasses import replace
from tests.integration.notify_sandbox.servers import a_server

port, templates, state, url = int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4]
config = SandboxConfig.for_development(load_templates(templates), receipts=Callback(url, "a token of ours"))
config = replace(config, state_file=state, receipt_after=2.0)
asyncio.run(a_server(create_sandbox(config), port).serve())
"""


@contextlib.contextmanager
def a_process(port, folder, url):
    command = [sys.executable, "-c", STANDALONE, str(port), str(folder / "t.json"), str(folder / "s"), url]
    with subprocess.Popen(command, cwd=Path.cwd()) as process:
        try:
            until(lambda: is_open(port))
            yield process
        finally:
            process.kill()


def test_a_killed_sandbox_forgets_nothing_and_still_tells(tmp_path, receiver):
    described = {"id": str(TEXT), "type": "sms", "name": "Reminder", "body": "Hi ((name))"}
    (tmp_path / "t.json").write_text(json.dumps([described]))
    port = a_free_port()
    client = a_client(DEVELOPMENT_KEY, f"http://127.0.0.1:{port}")

    with a_process(port, tmp_path, receiver.url) as process:
        sent = [client.send_sms_notification(PHONE, str(TEXT), VALUES)["id"] for _ in range(20)]
        os.kill(process.pid, signal.SIGKILL)
    with a_process(port, tmp_path, receiver.url):
        kept = [notification["id"] for notification in client.get_all_notifications_iterator()]
        until(lambda: set(sent) <= {call.body["id"] for call in receiver.calls})

    assert kept == sent[::-1]
    client.request_session.close()
