"""Texts that Notify passes on: each is kept once, sealed; nothing but a wrong token is ever refused."""

import asyncio
import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, text

from portal.domain.audit import Actor
from portal.domain.replies import Reply
from portal.storage.message_tables import replies
from tests.records import records_of

PATH = "/api/notify/received-texts"
LARGEST = 8192


def a_text(content: str = "STOP! please £", **changes: Any) -> dict[str, Any]:
    """A received text as Notify really sends it (notify.md, section 12)."""
    usual = {
        "id": str(uuid4()),
        "source_number": "447700900123",
        "destination_number": "07700900500",
        "message": content,
        "date_received": "2026-11-22T11:56:11.000000Z",
    }
    return usual | changes


@pytest.fixture
def kept(database):
    """What was kept."""

    async def kept() -> list[Reply]:
        async with database.changing() as session:
            return list(await session.scalars(select(Reply)))

    return kept


async def test_a_text_is_kept_for_the_worker(notify, kept, look, clock):
    given = a_text()

    answer = await notify.post(PATH, json=given)

    assert (answer.status_code, answer.content) == (200, b"")
    [reply] = await kept()
    assert (str(reply.id), reply.number, reply.content) == (given["id"], "447700900123", "STOP! please £")
    assert reply.sent_at == datetime(2026, 11, 22, 11, 56, 11, tzinfo=UTC)
    assert (reply.came_at, reply.taken_at, reply.meaning) == (clock.now(), None, None)
    [event] = await look.told("reply.received")
    assert (event.actor, event.record_id) == (Actor.NOTIFY, reply.id)


async def test_what_it_says_and_who_sent_it_lie_sealed(notify, database):
    await notify.post(PATH, json=a_text("I was at 3 Lavender Row"))

    held = repr(await records_of(database))
    assert "Lavender" not in held
    assert "7700900123" not in held


async def test_the_same_text_thrice_is_one(notify, kept, look):
    given = a_text()

    answers = [(await notify.post(PATH, json=given)).status_code for _ in range(3)]

    assert answers == [200] * 3
    assert len(await kept()) == len(await look.told("reply.received")) == 1


async def test_the_same_text_many_times_at_once_is_one(notify, kept, look, soak):
    for done in range(soak):
        given = a_text()
        answers = await asyncio.gather(*(notify.post(PATH, json=given) for _ in range(12)))

        assert {answer.status_code for answer in answers} == {200}
        assert len(await kept()) == len(await look.told("reply.received")) == done + 1


@pytest.mark.parametrize(
    ("given", "number"),
    [
        ("447700900123", "447700900123"),
        ("07700900123", "447700900123"),
        ("+447700900123", "447700900123"),
        ("48512345678", "48512345678"),
        ("60777", "60777"),
        ("NHS-NoReply", "NHS-NoReply"),
        ("", ""),
    ],
)
async def test_a_number_is_kept_in_one_form_and_a_name_as_it_is(notify, kept, given, number):
    assert (await notify.post(PATH, json=a_text(source_number=given))).status_code == 200

    assert [reply.number for reply in await kept()] == [number]


@pytest.mark.parametrize(
    "date", [None, "", "yesterday", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2199-01-01"]
)
async def test_a_text_counts_whatever_its_date_looks_like(notify, kept, clock, date):
    assert (await notify.post(PATH, json=a_text(date_received=date))).status_code == 200

    assert [reply.sent_at for reply in await kept()] == [clock.now()]


async def test_any_letters_are_kept(notify, kept):
    said = "\0 苏 \N{GRINNING FACE} \u202e «é» O'Brien-Ní \U000e0041"

    await notify.post(PATH, json=a_text(said, new_in_2027=[1]))

    assert [reply.content for reply in await kept()] == [said]


GARBAGE = {
    "no body": b"",
    "no JSON": b"STOP",
    "a list": b"[]",
    "null": b"null",
    "no id": json.dumps(a_text() | {"id": None}).encode(),
    "an id that is none": json.dumps(a_text(id="7")).encode(),
    "no number": json.dumps(a_text(source_number=None)).encode(),
    "no message": json.dumps(a_text(message=None)).encode(),
    "half a character": b'{"id": "\xff"}',
    "half a surrogate": json.dumps(a_text("\ud800")).encode(),
    "deeper than any": b'{"x":' + b"[" * 7000,
    "a form": b"id=7&message=STOP",
    "a byte too many": json.dumps(a_text()).encode().ljust(LARGEST + 1),
    "a megabyte": json.dumps(a_text("x" * 2**20)).encode(),
}


@pytest.mark.parametrize("body", GARBAGE.values(), ids=GARBAGE)
async def test_what_cannot_be_read_is_taken_and_not_kept(notify, kept, body):
    answer = await notify.post(PATH, content=body, headers={"Content-Type": "application/json"})

    assert answer.status_code == 200
    assert await kept() == []


async def test_a_text_of_the_largest_size_is_kept(notify, kept):
    answer = await notify.post(PATH, content=json.dumps(a_text()).encode().ljust(LARGEST))

    assert answer.status_code == 200
    assert len(await kept()) == 1


# Who calls


async def test_while_the_token_is_changed_both_are_taken(notify, kept, settings):
    for token in settings.notify_callback_tokens:
        headers = {"Authorization": f"Bearer {token}"}
        for path in (PATH, "/api/notify/receipts"):
            answer = await notify.post(path, json=a_text(), headers=headers)
            assert answer.status_code == 200

    assert len(await kept()) == len(settings.notify_callback_tokens) == 2


@pytest.mark.parametrize(
    "given", ["Bearer something else", "", "Bearer ", "Basic dXNlcjpwYXNz", b"Bearer \xff"]
)
async def test_without_a_token_nothing_is_read(notify, kept, given):
    answer = await notify.post(PATH, json=a_text(), headers={"Authorization": given})

    assert (answer.status_code, answer.content) == (403, b"")
    assert await kept() == []


async def test_what_we_cannot_keep_notify_shall_send_again(notify, database, kept):
    given = a_text()
    async with database.noting() as connection:
        await connection.execute(text("ALTER TABLE audit_events RENAME TO lost"))
    failed = await notify.post(PATH, json=given)
    async with database.noting() as connection:
        await connection.execute(text("ALTER TABLE lost RENAME TO audit_events"))
        assert (await connection.execute(select(func.count()).select_from(replies))).scalar_one() == 0

    assert failed.status_code == 503
    assert (await notify.post(PATH, json=given)).status_code == 200
    assert [reply.id for reply in await kept()] == [UUID(given["id"])]
