"""What is kept is kept whole, or not at all."""

import sqlite3
from contextlib import closing

import pytest

from portal.notify_sandbox.records import Call, Filters, Notification
from portal.notify_sandbox.state import State

NOW = "2026-11-23T10:00:00.000000Z"
NOTIFICATION = Notification(
    id="n-1",
    service_id="s-1",
    key_type="live",
    type="sms",
    sender="GOVUK",
    recipient="07700900123",
    comparable="447700900123",
    reference=None,
    template_id="t-1",
    template_version=1,
    template_name="Reminder",
    subject=None,
    body="Hi",
    sent_text="Hi",
    unsubscribe_url=None,
    created_at=NOW,
    sent_at=NOW,
    completed_at=NOW,
    handed_over="sending",
    outcome="delivered",
    fragments=1,
    multiplier=1.0,
)
CALL = Call(service_id="s-1", url="http://127.0.0.1/", token="t", payload="{}", due_at=NOW)


def test_a_message_that_cannot_be_kept_leaves_no_trace():
    with closing(State()) as state:
        state.keep(NOTIFICATION, [], counted_as=["sms"])

        with pytest.raises(sqlite3.IntegrityError):
            state.keep(NOTIFICATION, [CALL], counted_as=["sms"])

        assert state.count(Filters(), now=NOW) == 1
        assert state.calls() == []
        assert state.accepted_on("2026-11-23", service_id="s-1", channel="sms") == 1


def test_another_program_may_read_along(tmp_path):
    file = tmp_path / "sandbox.sqlite3"
    with closing(State(file)) as state:
        state.keep(NOTIFICATION, [CALL, CALL], counted_as=[])

        with closing(sqlite3.connect(file)) as reader:
            rows = reader.execute("SELECT recipient, body FROM notifications").fetchall()

    assert rows == [("07700900123", "Hi")]
