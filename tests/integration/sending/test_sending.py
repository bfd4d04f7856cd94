"""A message is handed over once, to the right place, with the right words, and then forgotten."""

import asyncio
import json
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.domain.audit import Actor, LoggedAs
from portal.domain.contacts import national_form
from portal.domain.deliveries import CourierStopped
from portal.domain.messages import LEASE, Channel, Message, MessageState, Purpose
from portal.notify.template_ids import sandbox_id
from portal.notify.wordings import Wording
from portal.notify_sandbox.faults import Kind
from portal.storage.database import Database
from portal.storage.message_tables import messages
from portal.storage.tables import audit_events
from portal.worker import Worker
from tests.integration.sending.post_offices import BASE_URL, a_number
from tests.making import a_message, an_offender


async def told(database: Database, message: Message) -> list[tuple[str, dict[str, str]]]:
    """What was written down about it, in order."""
    query = select(audit_events).where(audit_events.c.record_id == message.id).order_by(audit_events.c.id)
    async with database.reading() as connection:
        rows = (await connection.execute(query)).all()
    assert {row.logged_as for row in rows} <= {LoggedAs.DISCLOSURE}
    return [(row.deed, row.details) for row in rows]


async def test_an_invitation_is_sent_once_with_its_words(worker, post, read, post_office, database):
    offender = an_offender(mobile=a_number(), first_names="Zoë Ann")
    message = await post(offender)
    words = json.loads(message.personalisation)

    assert await worker.turn() == 1
    assert await worker.turn() == 0

    [taken] = post_office.taken(message.id)
    assert taken["template"]["id"] == str(sandbox_id(Wording(Purpose.INVITATION, Channel.SMS, "en")))
    assert taken["phone_number"] == offender.mobile
    assert taken["body"].startswith("Zoë, ")
    assert f"{BASE_URL}/a/{words['token']}" in taken["body"]
    assert national_form(words["phone"]) in taken["body"]
    sent = await read(message)
    assert (sent.state, sent.channel, sent.tries) == (MessageState.ACCEPTED, Channel.SMS, 1)
    assert str(sent.notify_id) == taken["id"]
    assert await told(database, message) == [
        ("message.accepted", {"purpose": "invitation", "channel": "sms"})
    ]


async def test_what_it_said_is_wiped_once_notify_has_it(worker, post, read):
    message = await post()

    await worker.turn()

    assert (await read(message)).personalisation == "{}"


async def test_nothing_that_it_said_is_written_down(worker, post, database):
    offender = an_offender(mobile=a_number())
    message = await post(offender)
    token = json.loads(message.personalisation)["token"]

    await worker.turn()

    async with database.reading() as connection:
        events = repr((await connection.execute(select(audit_events))).all())
    for secret in (token, offender.mobile, offender.email, offender.last_name):
        assert str(secret) not in events


async def test_whoever_has_no_mobile_gets_an_e_mail(worker, post, read, post_office):
    offender = an_offender(mobile=None)
    message = await post(offender)

    await worker.turn()

    [taken] = post_office.taken(message.id)
    assert (taken["type"], taken["email_address"]) == ("email", offender.email)
    assert taken["subject"] == "What you need to do, and by when"
    assert (await read(message)).channel is Channel.EMAIL


async def test_a_contact_that_changed_since_gets_it_and_the_old_one_does_not(
    worker, post, post_office, database
):
    offender = an_offender(mobile=a_number())
    message = await post(offender)
    new = a_number()
    async with database.changing() as session:
        (await session.merge(offender)).mobile = new

    await worker.turn()

    [taken] = post_office.taken(message.id)
    assert taken["phone_number"] == new


async def test_what_is_due_first_goes_first(worker, post, read, clock, monkeypatch):
    monkeypatch.setattr("portal.services.sending.AT_ONCE", 5)
    posted = [await post(due_at=clock.now() - timedelta(minutes=minutes)) for minutes in (1, 9, 5, 7, 3, 8)]

    await worker.turn()

    states = [(await read(message)).state for message in posted]
    assert states == [MessageState.QUEUED] + [MessageState.ACCEPTED] * 5


async def test_two_workers_send_each_message_once(hired, post, read, post_office, soak):
    for _ in range(soak):
        posted = [await post() for _ in range(24)]

        await asyncio.gather(*(hired().empty() for _ in range(3)))

        counts = Counter(len(post_office.taken(message.id)) for message in posted)
        assert counts == {1: 24}
        assert {(await read(message)).state for message in posted} == {MessageState.ACCEPTED}


async def test_workers_of_two_processes_send_each_message_once(
    database_url, keys, post, read, post_office, clock
):
    posted = [await post() for _ in range(24)]
    databases = [Database(database_url, keys) for _ in range(2)]

    await asyncio.gather(*(Worker(each, post_office.courier(), clock).empty() for each in databases))

    for each in databases:
        await each.close()
    assert Counter(len(post_office.taken(message.id)) for message in posted) == {1: 24}
    assert {(await read(message)).state for message in posted} == {MessageState.ACCEPTED}


# What became of it


async def test_a_message_whose_receipt_never_came_is_asked_after_half_an_hour_later(
    worker, post, read, clock, database
):
    posted = [await post() for _ in range(12)]
    await worker.empty()
    await asyncio.sleep(0.1)
    clock.moment += timedelta(minutes=29)
    await worker.empty()
    assert {(await read(message)).state for message in posted} == {MessageState.ACCEPTED}

    clock.moment += timedelta(minutes=11)
    await worker.empty()

    assert {(await read(message)).state for message in posted} == {MessageState.DELIVERED}
    assert (await told(database, posted[0]))[-1] == (
        "message.delivered",
        {"purpose": "invitation", "status": "delivered"},
    )


async def test_of_a_number_that_is_dead_we_learn_so(worker, post, read, clock):
    message = await post(an_offender(mobile="+447700900002"))
    await worker.empty()
    await asyncio.sleep(0.1)

    clock.moment += timedelta(minutes=40)
    await worker.empty()

    dead = await read(message)
    assert (dead.state, dead.failure) == (MessageState.FAILED, "permanent-failure")


async def test_what_notify_has_forgotten_is_asked_after_no_more(hired, post, clock, post_office):
    await post()
    await hired().empty()

    clock.moment += timedelta(days=6, hours=1)
    asked: list[object] = []
    courier = post_office.courier()
    courier.status = lambda *question: asked.append(question)
    await hired(courier).empty()

    assert asked == []


# What cannot be sent as it is


async def test_a_bad_number_fails_for_good_and_is_not_tried_again(worker, post, read, clock, database):
    message = await post(an_offender(mobile="+442079460640"))

    await worker.turn()
    clock.moment += timedelta(days=1)
    await worker.turn()

    failed = await read(message)
    assert (failed.state, failed.failure, failed.tries) == (MessageState.FAILED, "400 InvalidPhoneError", 1)
    assert failed.personalisation == "{}"
    assert (await told(database, message))[-1] == (
        "message.failed",
        {"purpose": "invitation", "failure": "400 InvalidPhoneError"},
    )


POISONS = {
    "words missing": {"purpose": Purpose.CODE, "personalisation": "{}"},
    "words that are none": {"personalisation": "no JSON"},
    "a purpose without its facts": {"purpose": Purpose.APPOINTMENT_TOMORROW},
}


@pytest.mark.parametrize("poison", POISONS.values(), ids=POISONS)
async def test_a_message_that_cannot_be_sent_holds_up_no_other_and_is_left_to_people_in_the_end(
    worker, post, read, clock, database, poison
):
    bad = [await post(**poison) for _ in range(3)]
    good = [await post() for _ in range(7)]

    await worker.empty()
    assert {(await read(message)).state for message in good} == {MessageState.ACCEPTED}

    for _ in range(10):
        clock.moment += timedelta(minutes=10)
        await worker.empty()
    for message in bad:
        parked = await read(message)
        assert (parked.state, parked.tries) == (MessageState.PARKED, 8)
        assert (await told(database, message))[-1][0] == "message.parked"


async def test_a_record_that_cannot_be_opened_holds_up_no_other(worker, post, read, database, clock):
    broken, good = await post(), await post()
    async with database.changing() as session:
        await session.execute(
            messages.update().where(messages.c.id == broken.id).values(personalisation=b"?")
        )

    await worker.empty()

    assert (await read(good)).state is MessageState.ACCEPTED


async def test_a_throttled_key_stops_for_a_moment_and_loses_nothing(hired, post, read, post_office):
    posted = [await post() for _ in range(8)]

    assert await hired(post_office.courier("throttled")).turn() == 8

    states = [await read(message) for message in posted]
    assert {(message.state, message.tries) for message in states} == {(MessageState.QUEUED, 0)}


async def test_messages_beyond_the_days_limit_wait_for_midnight(
    hired, post, read, post_office, clock, worker
):
    message = await post()

    await hired(post_office.courier("full for the day")).empty()

    waiting = await read(message)
    assert (waiting.state, waiting.failure) == (MessageState.QUEUED, "429 TooManyRequestsError")
    assert waiting.due_at.isoformat() == "2026-11-24T00:00:00+00:00"
    clock.moment = waiting.due_at + timedelta(hours=8)
    await worker.empty()
    assert (await read(message)).state is MessageState.ACCEPTED


async def test_a_try_whose_end_nobody_knows_waits_a_lease_and_is_looked_up(
    worker, post, read, post_office, clock
):
    message = await post()
    post_office.fails(Kind.TIMEOUT, stored=True)

    await worker.turn()
    waiting = await read(message)
    assert (waiting.state, waiting.asked_at) == (MessageState.QUEUED, clock.now())
    assert waiting.due_at == clock.now() + LEASE
    clock.moment += LEASE - timedelta(seconds=1)
    assert await worker.turn() == 0
    clock.moment += timedelta(seconds=1)
    assert await worker.turn() == 1

    assert (await read(message)).state is MessageState.ACCEPTED
    assert len(post_office.taken(message.id)) == 1


async def test_a_key_that_opens_nothing_costs_no_message_a_try(hired, post, read, post_office):
    posted = [await post() for _ in range(7)]

    with pytest.raises(CourierStopped):
        await hired(post_office.courier("archived")).turn()

    states = [await read(message) for message in posted]
    assert {(message.state, message.tries) for message in states} == {(MessageState.QUEUED, 0)}
    assert all(json.loads(message.personalisation) for message in states)


async def test_a_code_is_sent_like_any_other_message(worker, read, database, post_office):
    offender = an_offender(mobile=a_number())
    message = a_message(offender, purpose=Purpose.CODE, personalisation='{"code": "482915"}')
    async with database.changing() as session:
        session.add_all([offender, message])
    assert (await read(message)).case_id is None
    assert (await read(message)).state is MessageState.QUEUED

    await worker.turn()

    assert post_office.taken(message.id)[0]["body"].startswith("482915 is your security code")
    sent = await read(message)
    assert (sent.state, sent.personalisation) == (MessageState.ACCEPTED, "{}")
    async with database.reading() as connection:
        actors = set((await connection.execute(select(audit_events.c.actor))).scalars())
    assert actors == {Actor.PORTAL}
