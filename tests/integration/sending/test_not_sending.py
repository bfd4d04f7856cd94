"""What must not be sent is not, and staff can see why."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.clock import LONDON
from portal.domain.cases import CaseState
from portal.domain.messages import LEASE, Channel, Held, Message, MessageState, Purpose
from portal.notify.template_ids import sandbox_id
from portal.notify.wordings import Wording
from portal.notify_sandbox.faults import Kind
from portal.storage.tables import cases
from tests.integration.sending.post_offices import a_number
from tests.integration.sending.test_sending import told
from tests.making import a_case, a_message, a_victim, an_offender


@pytest.fixture
def held(worker, post, read, post_office, database):
    """Post to somebody, and say why it was held."""

    async def held(offender) -> Held | None:
        message = await post(offender)
        await worker.turn()
        now: Message = await read(message)
        assert (now.state is MessageState.HELD) is (post_office.taken(message.id) == [])
        if now.held_because:
            assert now.personalisation == "{}"
            [(deed, details)] = await told(database, message)
            assert (deed, details["reason"]) == ("message.held", now.held_because.value)
        return now.held_because

    return held


# Whose contact it is


async def test_a_number_that_two_offenders_share_is_not_used(held, keep):
    shared = a_number()
    await keep(an_offender(mobile=shared, first_names="Sam"))

    assert await held(an_offender(mobile=shared, email=None)) is Held.SHARED_CONTACT


async def test_a_number_that_a_victim_has_is_not_used(held, keep):
    shared, other = a_number(), an_offender(mobile=None)
    case = a_case(other)
    await keep(other, case, a_victim(case, mobile=shared))

    assert await held(an_offender(mobile=shared, email=None)) is Held.SHARED_CONTACT


async def test_a_number_of_a_victim_who_was_withdrawn_is_not_used_either(held, keep):
    shared, other = a_number(), an_offender(mobile=None)
    case = a_case(other)
    await keep(other, case, a_victim(case, mobile=shared, is_withdrawn=True))

    assert await held(an_offender(mobile=shared, email=None)) is Held.SHARED_CONTACT


async def test_an_address_that_a_victim_has_is_not_used_however_it_is_written(held, keep):
    other = an_offender(mobile=None)
    case = a_case(other)
    await keep(other, case, a_victim(case, email="Same@Post.Example"))

    assert await held(an_offender(mobile=None, email="same@post.example")) is Held.SHARED_CONTACT


async def test_a_person_known_to_two_forces_shares_the_number_with_nobody(held, keep):
    shared = a_number()
    await keep(an_offender(mobile=shared, force="01", email="same@post.example"))

    assert await held(an_offender(mobile=shared, email="same@post.example")) is None


async def test_where_only_the_number_is_shared_the_message_goes_by_e_mail(worker, post, keep, post_office):
    shared = a_number()
    offender = an_offender(mobile=shared)
    await keep(an_offender(mobile=shared, first_names="Sam"))
    message = await post(offender)

    await worker.turn()

    [taken] = post_office.taken(message.id)
    assert (taken["type"], taken["email_address"]) == ("email", offender.email)


async def test_whoever_cannot_be_reached_any_more_gets_nothing(held):
    assert await held(an_offender(mobile=None, email=None)) is Held.NO_CONTACT


# Whose case it is


async def test_a_case_that_is_finished_brings_no_message(worker, post, read, database, post_office):
    message = await post()
    async with database.changing() as session:
        await session.execute(cases.update().values(state=CaseState.FINISHED))

    await worker.turn()

    assert (await read(message)).held_because is Held.CASE_FINISHED
    assert post_office.taken(message.id) == []


async def test_a_case_that_is_another_persons_now_brings_no_message(
    worker, post, read, database, keep, post_office
):
    message, other = await post(), an_offender(mobile=a_number())
    await keep(other)
    async with database.changing() as session:
        await session.execute(cases.update().values(offender_id=other.id))

    await worker.turn()

    assert (await read(message)).held_because is Held.CASE_FINISHED
    assert post_office.taken(message.id) == []


# When it is


async def test_what_comes_too_late_is_never_sent(worker, post, read, clock, post_office, database):
    message = await post()

    clock.moment = message.send_before
    await worker.turn()

    late = await read(message)
    assert (late.state, late.personalisation) == (MessageState.EXPIRED, "{}")
    assert await told(database, message) == [("message.expired", {"purpose": "invitation"})]
    assert post_office.taken(message.id) == []


@pytest.mark.parametrize(
    ("stored", "state"), [(True, MessageState.ACCEPTED), (False, MessageState.EXPIRED)], ids=["taken", "lost"]
)
async def test_what_was_perhaps_sent_before_it_was_too_late_is_looked_up_and_not_sent_after(
    worker, post, read, clock, post_office, stored, state
):
    message = await post()
    post_office.fails(Kind.TIMEOUT, stored=stored)
    await worker.turn()

    clock.moment = message.send_before + timedelta(hours=1)
    await worker.turn()

    assert (await read(message)).state is state
    assert len(post_office.taken(message.id)) == stored


@pytest.mark.parametrize(
    ("stored", "state"), [(True, MessageState.ACCEPTED), (False, MessageState.HELD)], ids=["taken", "lost"]
)
async def test_what_was_perhaps_sent_before_it_had_to_be_held_is_looked_up_first(
    worker, post, read, clock, post_office, database, stored, state
):
    message = await post()
    post_office.fails(Kind.TIMEOUT, stored=stored)
    await worker.turn()
    async with database.changing() as session:
        await session.execute(cases.update().values(state=CaseState.FINISHED))

    clock.moment += LEASE
    await worker.turn()

    assert (await read(message)).state is state
    assert len(post_office.taken(message.id)) == stored


NIGHTS = [
    ("2026-11-23T20:59:59+00:00", True),
    ("2026-11-23T21:00:00+00:00", False),
    ("2026-11-24T03:00:00+00:00", False),
    ("2026-11-24T07:59:59+00:00", False),
    ("2026-11-24T08:00:00+00:00", True),
    ("2027-03-27T20:59:00+00:00", True),
    ("2027-03-27T21:30:00+00:00", False),
    ("2027-03-28T02:30:00+01:00", False),
    ("2027-03-28T07:59:00+01:00", False),
    ("2027-03-28T08:00:00+01:00", True),
    ("2026-10-24T20:59:00+01:00", True),
    ("2026-10-24T21:00:00+01:00", False),
    ("2026-10-25T01:30:00+00:00", False),
    ("2026-10-25T07:59:00+00:00", False),
    ("2026-10-25T08:00:00+00:00", True),
]


@pytest.mark.parametrize(("hour", "goes"), NIGHTS, ids=[hour for hour, _ in NIGHTS])
async def test_nobody_is_woken(worker, post, read, clock, hour, goes):
    """Whatever made it late: an outage that ends at night drains in the morning."""
    moment = datetime.fromisoformat(hour).astimezone(UTC)
    clock.moment = moment
    message = await post(due_at=moment - timedelta(hours=3))

    await worker.turn()

    now = await read(message)
    if goes:
        assert now.state is MessageState.ACCEPTED
    else:
        assert (now.state, now.tries) == (MessageState.QUEUED, 0)
        assert now.due_at.astimezone(LONDON).time().isoformat() == "08:00:00"
        assert timedelta(0) < now.due_at - moment <= timedelta(hours=12)


@pytest.mark.parametrize("hour", [hour for hour, goes in NIGHTS if not goes])
async def test_whoever_asks_for_a_code_at_night_gets_it(worker, keep, read, clock, hour):
    clock.moment = datetime.fromisoformat(hour).astimezone(UTC)
    offender = an_offender(mobile=a_number())
    code = a_message(
        offender, purpose=Purpose.CODE, personalisation='{"code": "482915"}', posted_at=clock.moment
    )
    await keep(offender, code)

    await worker.turn()

    assert (await read(code)).state is MessageState.ACCEPTED


async def test_what_was_perhaps_sent_before_night_fell_is_looked_up_and_then_waits(
    worker, post, read, clock, post_office
):
    clock.moment = datetime(2026, 11, 23, 20, 59, 50, tzinfo=UTC)
    sent, lost = await post(), await post()
    post_office.fails(Kind.TIMEOUT, times=2)
    await worker.turn()
    post_office.courier().client_of().send_sms_notification(
        phone_number=a_number(),
        template_id=str(sandbox_id(Wording(Purpose.CODE, Channel.SMS, "en"))),
        personalisation={"code": "1", "domain": "x"},
        reference=str(sent.id),
    )

    clock.moment += LEASE
    await worker.turn()

    assert (await read(sent)).state is MessageState.ACCEPTED
    waiting = await read(lost)
    assert (waiting.state, waiting.due_at) == (
        MessageState.QUEUED,
        datetime(2026, 11, 24, 8, tzinfo=UTC),
    )
    clock.moment = waiting.due_at
    await worker.turn()
    assert (await read(lost)).state is MessageState.ACCEPTED
    assert len(post_office.taken(lost.id)) == 1
