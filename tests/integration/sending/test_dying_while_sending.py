"""However a worker ends, and at whatever step, nothing is lost and nothing goes twice."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.clock import StoppedClock
from portal.domain.deliveries import Letter
from portal.domain.messages import LEASE, Message, MessageState, Purpose
from portal.notify_sandbox.faults import Kind
from portal.services.sending import Lane
from portal.storage.database import Database
from portal.storage.message_tables import messages
from portal.storage.unit_of_work import WholeWork
from portal.worker import Worker
from tests.integration.commands.operators import Operator
from tests.integration.sending.post_offices import a_number
from tests.making import a_message, an_offender
from tests.running import A_WHILE, until


class Died(BaseException):
    """The process is gone: nothing that it would have done after this is done."""


class Mortal:
    """A worker's sending, that dies at one of its steps: from then on nothing of it goes on."""

    def __init__(self, worker: Worker, dies_at: int) -> None:
        self.worker, self.dies_at, self.steps = worker, dies_at, 0

    def step(self) -> None:
        self.steps += 1
        if self.steps >= self.dies_at:
            raise Died

    @asynccontextmanager
    async def works(self) -> AsyncIterator[WholeWork]:
        self.step()
        async with self.worker.works() as work:
            yield work
            self.step()
        self.step()

    def wording_of(self, letter: Letter) -> str:
        return self.worker.courier.wording_of(letter)

    def deliver(self, letter: Letter) -> Any:
        self.step()
        outcome = self.worker.courier.deliver(letter)
        self.step()
        return outcome

    def find(self, reference: Any, service: Any) -> Any:
        self.step()
        return self.worker.courier.find(reference, service)

    def status(self, notify_id: Any, service: Any) -> Any:
        return self.worker.courier.status(notify_id, service)

    async def send(self) -> bool:
        """Send what is due.  Say whether it lived."""
        lane = Lane(self.works, self, self.worker.clock)
        try:
            await lane.round()
        except Died:
            await asyncio.gather(*lane._under_way, return_exceptions=True)
            return False
        return True


async def settled(worker: Worker, clock: StoppedClock) -> None:
    """Let another worker go on, a lease later."""
    clock.moment += LEASE
    while await worker.turn():
        pass


@pytest.mark.parametrize("earlier", [None, "lost", "stored"], ids=str)
async def test_a_worker_that_dies_at_any_step_loses_nothing_and_sends_nothing_twice(
    worker, post, read, post_office, clock, earlier
):
    """The message is new, or an earlier try of it ended in the dark."""
    for dies_at in range(1, 30):
        message = await post()
        if earlier:
            post_office.fails(Kind.TIMEOUT, stored=earlier == "stored")
            await worker.turn()
            clock.moment += LEASE
        lived = await Mortal(worker, dies_at).send()

        await settled(worker, clock)

        assert (await read(message)).state is MessageState.ACCEPTED, f"died at step {dies_at}"
        assert len(post_office.taken(message.id)) == 1, f"died at step {dies_at}"
        if lived:
            break
    assert dies_at >= 8


async def test_five_that_die_together_are_all_taken_up_again(worker, post, read, post_office, clock, soak):
    for _ in range(soak):
        for dies_at in range(1, 40, 3):
            posted = [await post() for _ in range(5)]

            await Mortal(worker, dies_at).send()
            await settled(worker, clock)
            await settled(worker, clock)

            assert {(await read(message)).state for message in posted} == {MessageState.ACCEPTED}
            assert [len(post_office.taken(message.id)) for message in posted] == [1] * 5


async def test_a_worker_that_was_thought_dead_does_not_send_what_another_has(hired, post, post_office, clock):
    """It slept for a lease between its claim and its call, as a machine does that was suspended."""
    message = await post()

    other = hired()

    class Sleepy(StoppedClock):
        async def sleep(self, seconds: float) -> None:
            clock.moment += LEASE
            self.moment = clock.moment
            await other.turn()

    assert await hired(clock=Sleepy(clock.moment)).lane.round() == 1

    assert len(post_office.taken(message.id)) == 1


# Processes


@pytest.fixture
def operator(database_url, keys, tmp_path, capsys, post_office) -> Operator:
    """Runs real workers, by the clock of the test."""
    return Operator(
        database_url,
        tmp_path,
        secret_key=keys.secrets[0],
        capture=capsys,
        settings={"PORTAL_NOTIFY_BASE_URL": post_office.url},
    )


async def posted(database: Database, number: int) -> list[Message]:
    """So many codes, which go at any hour."""
    everything: list[Any] = []
    for _ in range(number):
        offender = an_offender(mobile=a_number())
        words = '{"code": "482915"}'
        everything += [offender, a_message(offender, purpose=Purpose.CODE, personalisation=words)]
    async with database.changing() as session:
        session.add_all(everything)
    return [each for each in everything if isinstance(each, Message)]


async def count_in(database: Database, *states: MessageState) -> int:
    async with database.reading() as connection:
        query = select(func.count()).select_from(messages).where(messages.c.state.in_(states))
        return await connection.scalar(query) or 0


async def test_workers_that_are_killed_lose_nothing_and_send_nothing_twice(
    operator, database, post_office, clock, read, soak
):
    ours = await posted(database, 40)
    waiting = MessageState.QUEUED, MessageState.CLAIMED
    for _ in range(soak):
        left = await count_in(database, *waiting)
        process = operator.start("worker")
        while process.poll() is None and await count_in(database, *waiting) == left:  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.03)
        await asyncio.sleep(random.random() / 5)  # noqa: S311 - any moment will do
        process.kill()
        process.wait()
        operator.moment += LEASE

    operator.run("worker", "--once")

    assert {(await read(message)).state for message in ours} <= {
        MessageState.ACCEPTED,
        MessageState.DELIVERED,
    }
    assert [len(post_office.taken(message.id)) for message in ours] == [1] * 40


async def test_a_worker_that_is_told_to_stop_finishes_what_it_has_in_hand_and_takes_no_more(
    operator, database, post_office
):
    ours = await posted(database, 200)
    post_office.fails(Kind.HANG, stored=True, times=5, seconds=1.5)
    process = operator.start("worker")
    until(lambda: not post_office.sandbox.faults.coming)

    process.terminate()

    assert process.wait(A_WHILE) == 0
    assert await count_in(database, MessageState.CLAIMED) == 0
    sent = await count_in(database, MessageState.ACCEPTED)
    assert 5 <= sent < 200
    assert await count_in(database, MessageState.QUEUED) == 200 - sent
    assert sum(len(post_office.taken(message.id)) for message in ours) == sent
