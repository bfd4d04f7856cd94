"""Receipts of Notify: with the right token any is taken, and none ever makes it give up on us."""

import json
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import select

from portal.app import create_app
from portal.domain.messages import Channel, Message, MessageState
from portal.storage.database import Database
from portal.storage.tables import audit_events
from tests.making import a_message
from tests.records import records_of
from tests.visitor import BASE_URL, site_of

PATH = "/api/notify/receipts"
LARGEST = 8192


@pytest.fixture
async def notify(app, settings) -> AsyncIterator[httpx.AsyncClient]:
    """Notify, calling us back."""
    transport = httpx.ASGITransport(app)
    headers = {
        "Authorization": f"Bearer {settings.notify_callback_token}",
        "Content-Type": "application/json",
    }
    async with httpx.AsyncClient(transport=transport, base_url=BASE_URL, headers=headers) as client:
        yield client


def a_receipt(notify_id: UUID | str, status: str = "delivered", **changes: Any) -> dict[str, Any]:
    """A receipt as Notify really sends it (notify.md, section 12)."""
    usual = {
        "id": str(notify_id),
        "reference": None,
        "to": "07700900123",
        "status": status,
        "created_at": "2026-11-23T10:00:00.867889Z",
        "completed_at": "2026-11-23T10:00:01.985729Z",
        "sent_at": "2026-11-23T10:00:01.895250Z",
        "notification_type": "sms",
        "template_id": str(uuid4()),
        "template_version": 1,
    }
    return usual | changes


@pytest.fixture
def kept(database, offender, clock) -> Callable[..., Awaitable[Message]]:
    """Keep a message, by default one that Notify has."""

    async def keep(**changes: Any) -> Message:
        usual: dict[str, Any] = {
            "state": MessageState.ACCEPTED,
            "channel": Channel.SMS,
            "notify_id": uuid4(),
            "settled_at": clock.now(),
            "personalisation": "{}",
        }
        message = a_message(offender, **usual | changes)
        async with database.changing() as session:
            session.add(message)
        return message

    return keep


@pytest.fixture
def read(database):
    async def read(message: Message) -> Message:
        async with database.changing() as session:
            found: Message = await session.get_one(Message, message.id)
            assert found.personalisation
            return found

    return read


async def deeds_about(database: Database, message: Message) -> list[str]:
    query = (
        select(audit_events.c.deed).where(audit_events.c.record_id == message.id).order_by(audit_events.c.id)
    )
    async with database.reading() as connection:
        return list((await connection.execute(query)).scalars())


STATUSES = [
    ("delivered", MessageState.DELIVERED, None),
    ("permanent-failure", MessageState.FAILED, "permanent-failure"),
    ("temporary-failure", MessageState.FAILED, "temporary-failure"),
    ("technical-failure", MessageState.FAILED, "technical-failure"),
    ("sent", MessageState.ACCEPTED, None),
    ("sending", MessageState.ACCEPTED, None),
]


@pytest.mark.parametrize(("status", "state", "failure"), STATUSES, ids=[row[0] for row in STATUSES])
async def test_a_receipt_says_how_a_message_ended(notify, kept, read, database, status, state, failure):
    message = await kept()

    answer = await notify.post(PATH, json=a_receipt(message.notify_id, status))

    assert answer.status_code == 200
    now = await read(message)
    assert (now.state, now.failure, now.notify_status) == (state, failure, status)
    ended = [] if state is MessageState.ACCEPTED else [f"message.{state.value}"]
    assert await deeds_about(database, message) == ended


async def test_the_same_receipt_twice_is_one(notify, kept, read, database):
    message = await kept()
    receipt = a_receipt(message.notify_id)

    answers = [(await notify.post(PATH, json=receipt)).status_code for _ in range(3)]

    assert answers == [200] * 3
    assert await deeds_about(database, message) == ["message.delivered"]


async def test_receipts_in_the_wrong_order_end_where_they_should(notify, kept, read, soak):
    news = ["created", "sending", "pending", "sent", "delivered"]
    for seed in range(10 * soak):
        order = random.Random(seed).sample(news, len(news))  # noqa: S311 - so that a failure can be had again
        message = await kept()
        for status in order:
            await notify.post(PATH, json=a_receipt(message.notify_id, status))
        assert (await read(message)).state is MessageState.DELIVERED, order


async def test_after_the_end_nothing_changes_it(notify, kept, read):
    message = await kept()
    for status in ("permanent-failure", "delivered", "sending"):
        await notify.post(PATH, json=a_receipt(message.notify_id, status))

    assert (await read(message)).state is MessageState.FAILED


async def test_a_receipt_that_beats_our_own_commit_is_matched_by_reference(
    notify, kept, read, database, clock
):
    """The worker still has the message in hand, and does not know its id."""
    message = await kept(
        state=MessageState.CLAIMED, claimed_at=clock.now(), notify_id=None, personalisation="words"
    )
    notify_id = uuid4()

    await notify.post(PATH, json=a_receipt(notify_id, reference=str(message.id)))

    now = await read(message)
    assert (now.state, now.notify_id, now.personalisation) == (MessageState.DELIVERED, notify_id, "{}")
    assert await deeds_about(database, message) == ["message.accepted", "message.delivered"]


@pytest.mark.parametrize(
    "state", [MessageState.EXPIRED, MessageState.HELD, MessageState.PARKED, MessageState.QUEUED]
)
async def test_what_did_arrive_after_all_is_known_to_have_arrived(notify, kept, read, state):
    """A try ended in the dark, and was given up before Notify could be asked."""
    message = await kept(state=state, notify_id=None)

    await notify.post(PATH, json=a_receipt(uuid4(), reference=str(message.id)))

    assert (await read(message)).state is MessageState.DELIVERED


async def test_a_message_that_nobody_here_knows_is_no_error(notify, kept, database):
    await kept()
    before = await records_of(database)

    for reference in (None, str(uuid4()), "another service's", ""):
        answer = await notify.post(PATH, json=a_receipt(uuid4(), reference=reference))
        assert answer.status_code == 200

    assert await records_of(database) == before


# Who calls


WRONG = {
    "another token": {"Authorization": "Bearer something else"},
    "no token": {"Authorization": ""},
    "an empty token": {"Authorization": "Bearer "},
    "another scheme": {"Authorization": "Basic dXNlcjpwYXNz"},
    "letters of no alphabet": {"Authorization": b"Bearer \xff\xfe"},
}


@pytest.mark.parametrize("headers", WRONG.values(), ids=WRONG)
async def test_without_the_token_nothing_is_read_or_changed(notify, kept, database, headers):
    message = await kept()
    before = await records_of(database)

    answer = await notify.post(PATH, json=a_receipt(message.notify_id), headers=headers)

    assert (answer.status_code, answer.content) == (403, b"")
    assert await records_of(database) == before


async def test_where_no_token_is_set_no_receipt_is_taken(settings, clock, kept, database):
    message = await kept()
    before = await records_of(database)
    app = create_app(replace(settings, notify_callback_tokens=()), surfaces=["api"], clock=clock)
    transport = httpx.ASGITransport(app)  # type: ignore[arg-type] # the same protocol by another name
    async with httpx.AsyncClient(transport=transport, base_url=BASE_URL) as client:
        for token in ("", "Bearer ", "Bearer None"):
            answer = await client.post(
                PATH, json=a_receipt(message.notify_id), headers={"Authorization": token}
            )
            assert answer.status_code == 403
    for opened in site_of(app).databases.values():
        await opened.close()

    assert await records_of(database) == before


# What is sent


GARBAGE = {
    "nothing": b"",
    "no JSON": b"delivered",
    "a list": b"[]",
    "null": b"null",
    "no id": b'{"status": "delivered"}',
    "an id that is none": b'{"id": "7", "status": "delivered"}',
    "a number for a status": b'{"id": "00000000-0000-0000-0000-000000000001", "status": 7}',
    "half a character": b'{"id": "\xff"}',
    "half a surrogate": b'{"id": "00000000-0000-0000-0000-000000000001", "status": "\\ud800"}',
    "deeper than any": b'{"x":' + b"[" * 7000,
    "cut off": b'{"id": "00000000-0000-0000-0000-',
    "a form": b"id=7&status=delivered",
}


@pytest.mark.parametrize("body", GARBAGE.values(), ids=GARBAGE)
async def test_garbage_is_taken_and_forgotten(notify, kept, database, body):
    await kept()
    before = await records_of(database)

    answer = await notify.post(PATH, content=body)

    assert answer.status_code == 200
    assert await records_of(database) == before


@pytest.mark.parametrize(
    "status", ["", "\0", "delivered\0", "DELIVERED", "x" * 5000, "a new one", "\N{GRINNING FACE}"], ids=repr
)
async def test_a_status_that_nobody_knows_is_no_news(notify, kept, read, status):
    message = await kept()

    answer = await notify.post(PATH, json=a_receipt(message.notify_id, status))

    assert answer.status_code == 200
    now = await read(message)
    assert (now.state, now.notify_status) == (MessageState.ACCEPTED, None)


async def test_fields_that_nobody_knows_are_passed_over(notify, kept, read):
    message = await kept()

    await notify.post(PATH, json=a_receipt(message.notify_id, new_in_2027={"a": [1, 2]}, to=None, sent_at=7))

    assert (await read(message)).state is MessageState.DELIVERED


@pytest.mark.parametrize("size", [LARGEST + 1, 1024 * 1024])
async def test_what_is_too_large_for_a_receipt_is_refused(notify, kept, database, size):
    message = await kept()
    before = await records_of(database)
    receipt = json.dumps(a_receipt(message.notify_id)).encode()

    answer = await notify.post(PATH, content=receipt.ljust(size))

    assert answer.status_code == 413
    assert await records_of(database) == before


async def test_a_receipt_of_the_largest_size_is_taken(notify, kept, read):
    message = await kept()

    answer = await notify.post(PATH, content=json.dumps(a_receipt(message.notify_id)).encode().ljust(LARGEST))

    assert answer.status_code == 200
    assert (await read(message)).state is MessageState.DELIVERED
