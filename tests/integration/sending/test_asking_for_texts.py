"""What Notify could not pass on is asked for: every quarter of an hour, as far back as need be."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select

from portal.clock import Clock
from portal.domain.deliveries import CourierIsAway, CourierStopped
from portal.domain.messages import NotifyService
from portal.domain.replies import Received, Reply
from portal.notify.client import Notify
from portal.services.receiving import Receiving
from tests.integration.sending.post_offices import a_number

A_PAGE = 250
QUARTER = timedelta(minutes=15)
PLAIN = NotifyService.PLAIN


@pytest.fixture
def come_in(post_office):
    """Somebody texts our number; Notify does not manage to tell us."""
    with httpx.Client(base_url=post_office.url, trust_env=False) as phone:

        def come_in(sender: str, message: str) -> UUID:
            answer = phone.post("/sandbox/received-texts", json={"sender": sender, "message": message})
            return UUID(answer.json()["id"])

        yield come_in


@pytest.fixture
def kept(database):
    """What we have of some texts, by their ids."""

    async def kept(*ids: UUID) -> dict[UUID, str]:
        async with database.changing() as session:
            return {
                reply.id: reply.content for reply in await session.scalars(select(Reply)) if reply.id in ids
            }

    return kept


@pytest.fixture
def now(clock) -> datetime:
    """The sandbox lives in the present, and so must whoever asks it."""
    clock.moment = Clock().now()
    moment: datetime = clock.moment
    return moment


@pytest.mark.usefixtures("now")
async def test_a_text_whose_callback_was_lost_is_asked_for_and_taken(worker, come_in, kept, database):
    id_ = come_in(a_number(), "Is it by the £2 shop? ŵ")

    await worker.empty()

    assert await kept(id_) == {id_: "Is it by the £2 shop? ŵ"}
    async with database.changing() as session:
        assert (await session.get_one(Reply, id_)).taken_at


async def test_it_asks_every_quarter_of_an_hour_and_keeps_each_text_once(worker, come_in, kept, clock, now):
    first = come_in(a_number(), "first")
    await worker.empty()
    second = come_in(a_number(), "second")
    clock.moment = now + QUARTER - timedelta(seconds=1)
    await worker.empty()
    assert await kept(first, second) == {first: "first"}

    clock.moment = now + QUARTER
    await worker.empty()

    assert await kept(first, second) == {first: "first", second: "second"}


def test_the_client_turns_every_page_and_stops_where_it_was_told_to(post_office, come_in):
    number, courier = a_number(), post_office.courier()
    old = come_in(number, "old")
    [of_old] = (
        text for text in courier.received(PLAIN, since=datetime.min.replace(tzinfo=UTC)) if text.id == old
    )
    new = [come_in(number, str(count)) for count in range(A_PAGE + 10)]

    since = list(courier.received(PLAIN, since=of_old.sent_at + timedelta(microseconds=1)))
    everything = list(courier.received(PLAIN, since=of_old.sent_at - timedelta(days=7)))

    assert [text.id for text in since] == new[::-1]
    assert [text.content for text in since] == [str(count) for count in reversed(range(A_PAGE + 10))]
    assert {text.number for text in since} == {number.removeprefix("+")}
    assert len({text.id for text in everything}) == len(everything) >= A_PAGE + 11


def test_a_service_that_we_have_no_key_of_is_away(post_office):
    with pytest.raises(CourierIsAway, match="no key"):
        list(post_office.courier().received(NotifyService.NEUTRAL, since=datetime.min.replace(tzinfo=UTC)))


def test_a_key_that_is_refused_stops_the_asking(post_office):
    with pytest.raises(CourierStopped):
        list(post_office.courier("revoked").received(PLAIN, since=datetime.min.replace(tzinfo=UTC)))


@pytest.mark.parametrize(
    "text",
    [
        {},
        {"id": "7", "user_number": "447700900123", "content": "x", "created_at": "2026-11-23T10:00:00Z"},
        {"id": str(UUID(int=1)), "user_number": "447700900123", "content": "x", "created_at": "today"},
    ],
)
def test_an_answer_that_cannot_be_read_is_none(post_office, monkeypatch, text):
    courier: Notify = post_office.courier()
    answer = {"received_text_messages": [text], "links": {}}
    monkeypatch.setattr(courier.client_of(), "get_received_texts", lambda **_: answer)

    with pytest.raises(CourierIsAway):
        list(courier.received(PLAIN, since=datetime.min.replace(tzinfo=UTC)))


# What is asked for, and when Notify does not answer


class Forgetful:
    """Notify, as its texts are asked for: it answers as it is told to, and remembers from when on."""

    def __init__(self, *answers: Any) -> None:
        self.answers, self.asked = list(answers), list[datetime]()

    def received(self, service: NotifyService, *, since: datetime) -> Iterator[Received]:
        if service is not PLAIN:
            raise CourierIsAway("no key of this service")
        self.asked.append(since)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        yield from answer


@pytest.fixture
def receiving(worker):
    def receiving(*answers: Any) -> Receiving:
        courier: Any = Forgetful(*answers)
        return Receiving(worker.works, courier)

    return receiving


async def test_after_a_silence_it_asks_as_far_back_as_it_knows(receiving, clock):
    asking = receiving([], CourierIsAway("504"), CourierStopped("403 AuthError"), [], [])
    begun = clock.now()

    for _ in range(5):
        await asking.turn(clock.now())
        clock.moment += QUARTER

    an_hour, a_week = timedelta(hours=1), timedelta(days=7)
    assert asking.courier.asked == [
        begun - a_week - an_hour,
        *[begun - an_hour] * 3,
        begun + 3 * QUARTER - an_hour,
    ]


async def test_a_text_with_half_a_character_is_kept_as_well_as_can_be(receiving, clock, kept):
    id_ = UUID(int=7)
    broken = Received(id_, "447700900123", "yes \ud83d", clock.now())

    await receiving([broken]).turn(clock.now())

    assert await kept(id_) == {id_: "yes ?"}


async def test_two_workers_that_ask_at_once_keep_each_text_once(receiving, clock, kept, soak):
    for done in range(soak):
        texts = [
            Received(UUID(int=100 * done + each), "447700900123", "?", clock.now()) for each in range(20)
        ]

        await asyncio.gather(*(receiving(texts).turn(clock.now()) for _ in range(3)))

        assert len(await kept(*(text.id for text in texts))) == 20
