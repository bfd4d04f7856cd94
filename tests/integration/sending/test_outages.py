"""When Notify is away, slow or out of its mind, everything still goes, once, while it is of use."""

import random
from collections import Counter
from contextlib import suppress
from datetime import timedelta

import pytest

from portal.domain.deliveries import CourierIsAway, CourierStopped
from portal.domain.messages import MessageState
from portal.notify import client
from portal.notify_sandbox.faults import Kind, On
from portal.worker import Worker
from tests.integration.notify_sandbox.servers import a_free_port

A_MINUTE = timedelta(minutes=1)
ENDS = {MessageState.ACCEPTED, MessageState.DELIVERED}


async def pass_time(worker: Worker, clock, minutes: int) -> None:
    for _ in range(minutes):
        await worker.empty()
        clock.moment += A_MINUTE


async def test_half_an_hour_without_notify_costs_no_message(hired, post, read, clock, post_office, soak):
    posted = [await post() for _ in range(10 * soak)]
    away = hired(post_office.courier(address=f"http://127.0.0.1:{a_free_port()}"))

    await pass_time(away, clock, 30)
    states = [await read(message) for message in posted]
    assert {message.state for message in states} == {MessageState.QUEUED}
    assert {message.failure for message in states} == {"no connection"}
    assert {message.asked_at for message in states} == {None}

    await pass_time(hired(), clock, 11)
    assert {(await read(message)).state for message in posted} <= ENDS
    assert Counter(len(post_office.taken(message.id)) for message in posted) == {1: len(posted)}


async def test_an_outage_longer_than_a_messages_life_ends_it_unsent(hired, post, read, clock, post_office):
    message = await post()
    away = hired(post_office.courier(address=f"http://127.0.0.1:{a_free_port()}"))
    while clock.now() < message.send_before:
        await away.empty()
        clock.moment += timedelta(hours=5)

    await hired().empty()

    assert (await read(message)).state is MessageState.EXPIRED
    assert post_office.taken(message.id) == []


async def test_look_ups_that_fail_are_made_again_and_nothing_is_sent_meanwhile(
    worker, post, read, clock, post_office
):
    message = await post()
    post_office.fails(Kind.TIMEOUT, stored=True)
    post_office.fails(Kind.BAD_GATEWAY, on=On.READS, times=4)

    await pass_time(worker, clock, 60)

    assert (await read(message)).state in ENDS
    assert len(post_office.taken(message.id)) == 1


async def test_a_storm_of_429_is_sat_out(worker, post, read, post_office):
    posted = [await post() for _ in range(12)]
    post_office.fails(Kind.THROTTLED, times=23)

    for _ in range(30):
        await worker.turn()
        worker.clock.moment += timedelta(seconds=5)

    assert {(await read(message)).state for message in posted} == {MessageState.ACCEPTED}
    assert Counter(len(post_office.taken(message.id)) for message in posted) == {1: 12}


@pytest.fixture
def unsteady(post_office, monkeypatch):
    """Call it for a call or two that go wrong, in any way there is."""
    monkeypatch.setattr(client, "TIMEOUT_SECONDS", 0.15)
    ways = [kind for kind in Kind if kind is not Kind.THROTTLED]

    def fail(chance: random.Random) -> None:
        post_office.fails(
            chance.choice(ways),
            stored=chance.random() < 0.5,
            times=chance.randrange(1, 3),
            on=chance.choice([On.SENDS, On.SENDS, On.READS]),
        )
        if chance.random() < 0.2:
            post_office.fails(Kind.THROTTLED)

    return fail


async def test_under_any_trouble_each_message_goes_once(
    hired, post, read, clock, post_office, unsteady, soak, monkeypatch
):
    """Every turn is another worker's, and of its calls many go wrong."""
    for seed in range(soak):
        chance = random.Random(seed)  # noqa: S311 - so that a failure can be had again
        posted = [await post() for _ in range(25)]
        for _ in range(60):
            if chance.random() < 0.6:
                unsteady(chance)
            with suppress(CourierIsAway):
                await hired().turn()
            clock.moment += timedelta(seconds=chance.randrange(1, 30))
        post_office.works_again()
        with monkeypatch.context() as patience:
            patience.setattr(client, "TIMEOUT_SECONDS", 10)
            await pass_time(hired(), clock, 25)

        assert {(await read(message)).state for message in posted} <= ENDS, f"seed {seed}"
        counts = Counter(len(post_office.taken(message.id)) for message in posted)
        assert counts == {1: len(posted)}, f"seed {seed}"


async def test_every_receipt_that_was_lost_is_made_up_for_within_an_hour(worker, post, read, clock):
    posted = [await post() for _ in range(30)]
    await worker.empty()

    await pass_time(worker, clock, 60)

    assert {(await read(message)).state for message in posted} == {MessageState.DELIVERED}


async def test_whoever_posts_while_notify_is_stopped_loses_nothing(hired, post, read, clock, post_office):
    message = await post()
    for _ in range(20):
        with pytest.raises(CourierStopped):
            await hired(post_office.courier("revoked")).turn()
        clock.moment += timedelta(seconds=30)

    await hired().turn()

    assert (await read(message)).state is MessageState.ACCEPTED
    assert (await read(message)).tries == 1
