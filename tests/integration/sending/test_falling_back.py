"""What does not arrive goes once more, another way, where that is allowed, safe and in time."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from portal.domain.contact_rules import Fault
from portal.domain.messages import Channel, Message, MessageState, Purpose
from portal.services import receipts
from portal.storage.message_tables import messages, stopped_contacts
from tests.integration.sending.post_offices import a_number
from tests.making import (
    a_case,
    a_message,
    a_stopped_contact,
    an_appointment,
    an_offender,
    contact_rules_of,
)

HOUR = timedelta(hours=1)
DEAD_TEXT = "+442079460640"


@pytest.fixture
def in_place_of(database):
    """The message that goes in place of another."""

    async def find(message: Message) -> Message | None:
        async with database.changing() as session:
            found: Message | None = await session.scalar(
                select(Message).where(messages.c.instead_of == message.id)
            )
            assert found is None or found.personalisation
            return found

    return find


@pytest.fixture
def hear(worker):
    """Notify says how a message ended."""

    async def hear(message: Message, status: str) -> None:
        async with worker.works() as work:
            await receipts.receive(work, uuid4(), reference=message.id, status=status)

    return hear


@pytest.fixture
def stopped(database):
    async def stopped() -> list[tuple[Channel, Fault]]:
        async with database.reading() as connection:
            rows = await connection.execute(select(stopped_contacts))
            return [(row.channel, row.fault) for row in rows]

    return stopped


async def test_a_number_that_notify_refuses_is_stopped_and_the_message_goes_by_e_mail_at_once(
    worker, post, read, in_place_of, kinds, stopped, post_office
):
    offender = an_offender(mobile=DEAD_TEXT)
    message = await post(offender)

    await worker.empty()

    assert (await read(message)).state is MessageState.FAILED
    other = await in_place_of(message)
    assert (other.state, other.channel, other.key) == (
        MessageState.ACCEPTED,
        Channel.EMAIL,
        f"{message.key}:other",
    )
    [taken] = post_office.taken(other.id)
    assert taken["email_address"] == offender.email
    assert "/a/" in taken["body"]
    assert await kinds() == ["contact_is_wrong"]
    assert await stopped() == [(Channel.SMS, Fault.REFUSED)]


async def test_a_number_that_is_not_in_use_is_stopped_and_the_message_goes_by_e_mail(
    worker, post, read, hear, in_place_of, kinds, stopped, post_office
):
    message = await post()
    await worker.turn()

    await hear(message, "permanent-failure")
    await worker.turn()

    other = await in_place_of(message)
    [taken] = post_office.taken(other.id)
    assert "/a/" in taken["body"]
    assert await kinds() == ["contact_is_wrong"]
    assert await stopped() == [(Channel.SMS, Fault.NOT_IN_USE)]
    await hear(other, "permanent-failure")
    assert await in_place_of(other) is None


async def test_a_stopped_number_is_used_for_nobody(worker, post, keep, read, post_office, kinds):
    offender = an_offender(mobile=a_number())
    await keep(a_stopped_contact(contact=offender.mobile))
    message, alone = await post(offender), await post(an_offender(mobile=offender.mobile, email=None))

    await worker.turn()

    assert (await read(message)).channel is Channel.EMAIL
    assert ((await read(alone)).state, (await read(alone)).held_because) == (MessageState.HELD, "bad_contact")
    assert await kinds() == ["contact_is_wrong"]


@pytest.mark.parametrize("why", ["no address", "stopped", "shared", "chose texts", "too late"])
async def test_what_may_not_go_by_e_mail_does_not(worker, post, keep, hear, in_place_of, kinds, clock, why):
    offender = an_offender(mobile=a_number(), email=None if why == "no address" else "same@post.example")
    message = await post(offender)
    if why == "stopped":
        await keep(a_stopped_contact(channel=Channel.EMAIL, contact="same@post.example"))
    if why == "shared":
        await keep(an_offender(first_names="Sam", email="SAME@post.example"))
    if why == "chose texts":
        await keep(contact_rules_of(offender, channel=Channel.SMS))
    await worker.turn()
    if why == "too late":
        clock.moment = message.send_before

    await hear(message, "temporary-failure")

    assert await in_place_of(message) is None
    assert await kinds() == ([] if why == "too late" else ["message_too_late"])


async def test_what_notify_could_not_hand_over_goes_the_same_way_once_more(
    worker, post, hear, in_place_of, read
):
    message = await post(an_offender(mobile=a_number(), email=None))
    await worker.turn()

    await hear(message, "technical-failure")
    await worker.turn()

    again = await in_place_of(message)
    assert (again.channel, again.state) == (Channel.SMS, MessageState.ACCEPTED)
    await hear(again, "technical-failure")
    assert await in_place_of(again) is None


@pytest.fixture
def reminded(keep, worker, clock):
    """Somebody who was sent a text about an appointment, so many hours ahead of it."""

    async def remind(ahead: timedelta, **rules: object) -> Message:
        offender = an_offender(mobile=a_number())
        case = a_case(offender)
        appointment = an_appointment(case, starts_at=clock.now() + ahead)
        message = a_message(
            offender,
            case_id=case.id,
            about_id=appointment.id,
            purpose=Purpose.APPOINTMENT_TOMORROW,
            personalisation="{}",
            send_before=appointment.starts_at,
        )
        await keep(offender, case, appointment, message, contact_rules_of(offender, **rules))
        await worker.turn()
        return message

    return remind


@pytest.mark.parametrize(("ahead", "patience"), [(5 * HOUR, 2), (24 * HOUR, 2), (72 * HOUR, 4)])
async def test_a_text_of_which_nothing_is_heard_goes_by_e_mail_too(
    reminded, worker, clock, in_place_of, read, post_office, ahead, patience
):
    message = await reminded(ahead)
    assert (await read(message)).falls_back_at == clock.now() + patience * HOUR
    worker.courier.status = lambda *_: "sending"

    clock.moment += patience * HOUR - timedelta(seconds=1)
    await worker.empty()
    assert await in_place_of(message) is None
    clock.moment += timedelta(seconds=1)
    await worker.empty()

    other = await in_place_of(message)
    assert (other.channel, other.state) == (Channel.EMAIL, MessageState.ACCEPTED)
    assert (await read(message)).state is MessageState.ACCEPTED
    assert (await read(other)).falls_back_at is None


async def test_a_text_that_arrived_does_not_go_by_e_mail(reminded, hear, worker, clock, in_place_of):
    message = await reminded(72 * HOUR)
    await hear(message, "delivered")

    clock.moment += 5 * HOUR
    await worker.empty()

    assert await in_place_of(message) is None


async def test_whoever_chose_texts_gets_no_e_mail_for_silence(reminded, worker, clock, in_place_of):
    message = await reminded(72 * HOUR, channel=Channel.SMS)
    worker.courier.status = lambda *_: "sending"

    clock.moment += 5 * HOUR
    await worker.empty()

    assert await in_place_of(message) is None
