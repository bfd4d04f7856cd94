"""A message is posted once, claimed once, and what a worker left unfinished is not forgotten."""

import asyncio
import random
from collections import Counter
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal.domain.messages import LEASE, Message, MessageState, Purpose
from portal.storage.message_tables import messages as table_of_messages
from portal.storage.messages import Outbox
from tests.making import NOW, a_case, a_message, an_offender

A_MOMENT = timedelta(microseconds=1)
A_MINUTE = timedelta(minutes=1)


@pytest.fixture
async def offender(database):
    offender = an_offender()
    async with database.changing() as session:
        session.add(offender)
    return offender


@pytest.fixture
def post(database, offender):
    """Post messages to the offender."""

    async def post(*messages: Message) -> list[bool]:
        async with database.changing() as session:
            return [await Outbox(session).post(message) for message in messages]

    return post


@pytest.fixture
def claim(database):
    """Claim as a worker does: in a transaction of its own."""

    async def claim(*, now=NOW, most=20, urgent_only=False) -> list[UUID]:
        async with database.changing() as session:
            return list(await Outbox(session).claim(now=now, most=most, urgent_only=urgent_only))

    return claim


@pytest.fixture
def read(database):
    async def read(message: Message) -> Message:
        async with database.changing() as session:
            found: Message = await session.get_one(Message, message.id)
            return found

    return read


async def test_eight_workers_claim_each_message_once(post, claim, offender, database, soak):
    for _ in range(soak):
        messages = [a_message(offender) for _ in range(200)]
        await post(*messages)

        async def work() -> list[UUID]:
            mine = []
            while batch := await claim(most=7):
                mine += batch
            return mine

        claimed = Counter(id_ for mine in await asyncio.gather(*(work() for _ in range(8))) for id_ in mine)

        assert claimed == Counter(message.id for message in messages)
    async with database.reading() as connection:
        rows = (await connection.execute(select(table_of_messages))).all()
    assert {(row.state, row.tries, row.claimed_at, row.asked_at) for row in rows} == {
        (MessageState.CLAIMED, 1, NOW, None)
    }


async def test_what_is_due_first_is_claimed_first_and_what_is_not_due_waits(post, claim, offender):
    messages = [a_message(offender, due_at=NOW - minutes * A_MINUTE) for minutes in range(1, 12)]
    future = a_message(offender, due_at=NOW + A_MOMENT)
    await post(future, *random.sample(messages, len(messages)))
    oldest_first = [message.id for message in reversed(messages)]

    assert await claim(most=1) == oldest_first[:1]
    assert await claim() == oldest_first[1:]
    assert await claim() == []
    assert await claim(now=NOW + A_MOMENT) == [future.id]


async def test_what_somebody_waits_for_is_claimed_before_all_else(post, claim, offender):
    old = [a_message(offender, due_at=NOW - timedelta(hours=1)) for _ in range(3)]
    codes = [a_message(offender, purpose=Purpose.CODE) for _ in range(2)]
    await post(*old, *codes)

    assert set(await claim(most=2)) == {message.id for message in codes}
    assert len(await claim()) == 3


async def test_a_lane_for_the_urgent_claims_nothing_else(post, claim, offender):
    reminder, code = a_message(offender), a_message(offender, purpose=Purpose.CODE)
    await post(reminder, code)

    assert await claim(urgent_only=True) == [code.id]
    assert await claim(urgent_only=True) == []
    assert await claim(now=NOW + LEASE, urgent_only=True) == [code.id]


async def test_what_has_come_to_an_end_is_not_claimed(post, claim, offender):
    ends = set(MessageState) - {MessageState.QUEUED, MessageState.CLAIMED}
    await post(*(a_message(offender, state=state) for state in ends))

    assert len(ends) == 7
    assert await claim(now=NOW + timedelta(days=1)) == []


async def test_what_a_worker_left_unfinished_is_claimed_a_lease_later_as_asked(post, claim, offender, read):
    message = a_message(offender)
    await post(message)

    assert await claim() == [message.id]
    assert (await read(message)).asked_at is None
    assert await claim(now=NOW + LEASE - A_MOMENT) == []
    assert await claim(now=NOW + LEASE) == [message.id]

    again = await read(message)
    assert (again.asked_at, again.claimed_at, again.tries) == (NOW, NOW + LEASE, 2)
    assert await claim(now=NOW + 2 * LEASE) == [message.id]
    assert (await read(message)).asked_at == NOW


async def test_a_claim_that_is_undone_leaves_it_to_others(post, claim, offender, database):
    message = a_message(offender)
    await post(message)

    async def claim_and_crash() -> None:
        async with database.changing() as session:
            await Outbox(session).claim(now=NOW, most=20)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await claim_and_crash()
    assert await claim() == [message.id]


async def test_a_worker_that_was_too_slow_has_it_no_more(post, claim, offender, database):
    message = a_message(offender)
    await post(message)
    await claim()
    await claim(now=NOW + LEASE)

    async with database.changing() as session:
        outbox = Outbox(session)
        assert await outbox.claimed({message.id: NOW}) == []
        [held] = await outbox.claimed({message.id: NOW + LEASE})
        held.accept(uuid4(), at=NOW + LEASE)
        await session.flush()
        assert await outbox.claimed({message.id: NOW + LEASE}) == []


async def test_a_message_of_the_same_key_is_not_posted_again(post, offender, claim):
    first = a_message(offender, key="invitation:1")

    assert await post(first, a_message(offender, key="invitation:1")) == [True, False]
    assert await post(a_message(offender, key="invitation:1"), a_message(offender)) == [False, True]
    assert len(await claim()) == 2


async def test_of_two_of_the_same_key_at_once_one_is_kept(post, offender, claim):
    results = await asyncio.gather(
        *(post(a_message(offender, key="invitation:1")) for _ in range(8)), return_exceptions=True
    )

    assert results.count([True]) == 1
    assert all(result in ([True], [False]) or isinstance(result, IntegrityError) for result in results)
    assert len(await claim()) == 1


async def test_whether_such_a_message_still_waits(post, offender, database):
    purposes = []
    for state in MessageState:
        person = an_offender()
        async with database.changing() as session:
            session.add_all([person, a_message(person, state=state)])
        async with database.changing() as session:
            if await Outbox(session).waiting(person.id, Purpose.INVITATION):
                purposes.append(state)
            assert not await Outbox(session).waiting(person.id, Purpose.CODE)

    assert purposes == [MessageState.QUEUED, MessageState.CLAIMED]


async def test_news_finds_its_message_by_either_id(post, offender, database):
    known, unknown = a_message(offender, notify_id=uuid4()), a_message(offender)
    await post(known, unknown)

    async with database.changing() as session:
        outbox = Outbox(session)
        assert known.notify_id is not None
        for found in (
            await outbox.known_to_notify(known.notify_id, None),
            await outbox.known_to_notify(known.notify_id, uuid4()),
        ):
            assert found is not None
            assert found.id == known.id
        by_reference = await outbox.known_to_notify(uuid4(), unknown.id)
        assert by_reference is not None
        assert by_reference.id == unknown.id
        assert await outbox.known_to_notify(uuid4(), None) is None
        assert await outbox.known_to_notify(uuid4(), uuid4()) is None


async def test_what_notify_has_told_us_no_end_of_is_asked_after_oldest_first(post, offender, database):
    def accepted(minutes: int) -> Message:
        message = a_message(offender)
        message.accept(uuid4(), at=NOW - minutes * A_MINUTE)
        return message

    recent, old, older, settled = accepted(29), accepted(30), accepted(60), accepted(90)
    settled.receive("delivered", at=NOW)
    await post(recent, old, older, settled, a_message(offender))

    async with database.changing() as session:
        found = await Outbox(session).to_ask_after(now=NOW, most=20)
        assert [message.id for message in found] == [older.id, old.id]
        assert len(await Outbox(session).to_ask_after(now=NOW, most=1)) == 1


async def test_a_case_has_its_messages_in_their_order(offender, database):
    case, other = a_case(offender), a_case(offender)
    later = a_message(offender, case_id=case.id, posted_at=NOW + A_MINUTE)
    first = a_message(offender, case_id=case.id)
    async with database.changing() as session:
        session.add_all([case, other, later, first, a_message(offender, case_id=other.id)])

    async with database.changing() as session:
        found = await Outbox(session).of_case(case.id)
        assert [message.id for message in found] == [first.id, later.id]
        assert found[0].personalisation == first.personalisation
