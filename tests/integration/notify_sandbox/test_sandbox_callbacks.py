"""A service is told how its messages went, with the patience that Notify has."""

import asyncio
import json
from datetime import timedelta

import pytest

from portal.notify_sandbox.callbacks import MOST_TRIES
from portal.notify_sandbox.config import Callback
from portal.notify_sandbox.sandbox import Sandbox
from tests.integration.notify_sandbox.sandboxes import TEXT, a_config, a_service
from tests.integration.notify_sandbox.servers import a_free_port, a_receiver, until


@pytest.fixture
def receiver():
    with a_receiver() as receiver:
        yield receiver


@pytest.fixture
def service(receiver):
    callback = Callback(receiver.url, "a token of ours")
    return a_service(receipts=callback, replies=Callback(f"{receiver.url}/replies", "another token"))


@pytest.fixture
def sender(open_sandbox, service):
    return open_sandbox(a_config(service))


@pytest.fixture
def callbacks(sender):
    return sandbox_of(sender).callbacks


def sandbox_of(sender) -> Sandbox:
    sandbox: Sandbox = sender.client._transport.app.state.sandbox
    return sandbox


async def outcomes(sender) -> list[str]:
    calls = (await sender.client.get("/sandbox/callbacks")).json()["callbacks"]
    return [call["outcome"] for call in calls]


async def test_a_receipt_in_full(sender, callbacks, receiver, clock):
    sent_id = (await sender.text(reference="ref-1")).json()["id"]
    await callbacks.make_due()
    early = list(receiver.calls)

    clock.moment += timedelta(seconds=1)
    await callbacks.make_due()

    [call] = receiver.calls
    assert early == []
    assert call.path == "/receipts"
    assert call.headers["Authorization"] == "Bearer a token of ours"
    assert call.headers["Content-Type"] == "application/json"
    assert call.headers["User-Agent"].startswith("python-requests/")
    assert call.body == {
        "id": sent_id,
        "reference": "ref-1",
        "to": "07700900123",
        "status": "delivered",
        "created_at": "2026-11-23T10:00:00.000000Z",
        "sent_at": "2026-11-23T10:00:00.100000Z",
        "completed_at": "2026-11-23T10:00:00.400000Z",
        "notification_type": "sms",
        "template_id": str(TEXT),
        "template_version": 1,
    }
    assert await outcomes(sender) == ["200"]


async def test_a_reply_is_passed_on(sender, callbacks, receiver):
    order = {"sender": "+44 7700 900123", "message": "STOP! please £"}
    reply_id = (await sender.client.post("/sandbox/received-texts", json=order)).json()["id"]

    await callbacks.make_due()

    [call] = receiver.calls
    assert call.path == "/receipts/replies"
    assert call.headers["Authorization"] == "Bearer another token"
    assert call.body == {
        "id": reply_id,
        "source_number": "447700900123",
        "destination_number": "07700900500",
        "message": "STOP! please £",
        "date_received": "2026-11-23T10:00:00.000000Z",
    }


@pytest.mark.parametrize("answer", [200, 204, 301, 400, 401, 404, 410])
async def test_most_answers_are_final(sender, callbacks, receiver, clock, answer):
    receiver.answers = [answer]
    await sender.text()
    for _ in range(3):
        clock.moment += timedelta(seconds=301)
        await callbacks.make_due()

    assert len(receiver.calls) == 1
    assert await outcomes(sender) == [str(answer)]


@pytest.mark.parametrize("answer", [429, 500, 503])
async def test_some_answers_ask_for_another_try_after_300_seconds(sender, callbacks, receiver, clock, answer):
    receiver.answers = [answer, answer]
    await sender.text()
    numbers = []
    for seconds in (1, 299, 1, 299, 1, 300):
        clock.moment += timedelta(seconds=seconds)
        await callbacks.make_due()
        numbers.append(len(receiver.calls))

    assert numbers == [1, 1, 2, 2, 3, 3]
    assert len({call.raw for call in receiver.calls}) == 1


async def test_after_six_tries_the_receipt_is_dropped(sender, callbacks, receiver, clock):
    receiver.answers = [500] * 10
    await sender.text()
    for _ in range(10):
        clock.moment += timedelta(seconds=301)
        await callbacks.make_due()

    assert len(receiver.calls) == MOST_TRIES == 6
    assert await outcomes(sender) == ["given up after 500"]


async def test_no_answer_in_time_asks_for_another_try(open_sandbox, service, receiver, clock):
    sender = open_sandbox(a_config(service, callback_timeout=0.1, retry_scale=0.01))
    receiver.slowness = 0.5
    await sender.text()
    for _ in range(2):
        clock.moment += timedelta(seconds=4)
        await sandbox_of(sender).callbacks.make_due()

    assert len(receiver.calls) == 2
    assert await outcomes(sender) == ["waiting"]


async def test_nobody_there_asks_for_another_try(open_sandbox, clock):
    nobody = Callback(f"http://127.0.0.1:{a_free_port()}/", "a token of ours")
    sender = open_sandbox(a_config(a_service(receipts=nobody)))
    await sender.text()
    for _ in range(6):
        clock.moment += timedelta(seconds=301)
        await sandbox_of(sender).callbacks.make_due()

    assert await outcomes(sender) == ["given up after ConnectionError"]


async def test_a_service_without_callbacks_is_not_called(open_sandbox):
    sender = open_sandbox(a_config())
    await sender.text()
    await sender.client.post("/sandbox/received-texts", json={"sender": "07700900123", "message": "x"})

    assert await outcomes(sender) == []


async def test_a_receipt_may_overtake_the_answer(open_sandbox, service, receiver):
    sender = open_sandbox(a_config(service, receipts_before_answer=True))

    sent_id = (await sender.text()).json()["id"]

    assert [call.body["id"] for call in receiver.calls] == [sent_id]


async def test_a_receipt_may_come_twice(open_sandbox, service, receiver):
    sender = open_sandbox(a_config(service, receipts_before_answer=True, receipts_twice=True))
    await sender.text()

    assert len({call.raw for call in receiver.calls}) == 1
    assert len(receiver.calls) == 2


async def test_receipts_may_come_out_of_order(open_sandbox, service, receiver, clock):
    sender = open_sandbox(a_config(service, receipts_out_of_order=True))
    ids = []
    for _ in range(12):
        ids.append((await sender.text()).json()["id"])
        clock.moment += timedelta(milliseconds=1)
    clock.moment += timedelta(seconds=1)

    await sandbox_of(sender).callbacks.make_due()
    first = {call.body["id"] for call in receiver.calls}
    await sandbox_of(sender).callbacks.make_due()

    assert first == set(ids[2:])
    assert {call.body["id"] for call in receiver.calls} == set(ids)


@pytest.mark.parametrize("outcome", ["technical-failure", "pending", "sent"])
async def test_notify_keeps_silent_about_some_ends(open_sandbox, service, outcome):
    sender = open_sandbox(a_config(service, outcomes={"07700900123": outcome}))
    await sender.text()

    assert await outcomes(sender) == []


async def test_a_smoke_test_gets_no_receipt(open_sandbox, service, receiver):
    sender = open_sandbox(a_config(service, receipts_before_answer=True))
    await sender.text(phone_number="07700900000")

    assert receiver.calls == []


async def test_no_more_than_ten_calls_are_under_way(sender, callbacks, receiver, clock):
    for _ in range(25):
        await sender.text()
    clock.moment += timedelta(seconds=1)
    numbers = []
    while len(receiver.calls) < 25:
        await callbacks.make_due()
        numbers.append(len(receiver.calls))

    assert numbers == [10, 20, 25]


async def test_a_redirect_is_followed(sender, callbacks, receiver, clock):
    receiver.answers = [307]
    await sender.text()
    clock.moment += timedelta(seconds=1)
    await callbacks.make_due()

    assert [call.path for call in receiver.calls] == ["/receipts", "/elsewhere"]
    assert await outcomes(sender) == ["200"]


async def test_calls_are_made_until_it_is_told_to_stop(sender, callbacks, receiver, clock):
    await sender.text()
    clock.moment += timedelta(seconds=1)
    running = asyncio.create_task(callbacks.run())
    await asyncio.to_thread(until, lambda: receiver.calls)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running

    assert json.loads(receiver.calls[0].raw)["status"] == "delivered"
    assert await outcomes(sender) == ["200"]
