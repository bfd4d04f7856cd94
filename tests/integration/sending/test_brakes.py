"""What Notify does not take now waits, and nothing else does."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from portal.domain.brakes import Brake
from portal.domain.deliveries import CourierStopped
from portal.domain.messages import MessageState, Purpose
from portal.notify.template_ids import TemplateIds, template_ids
from portal.notify_sandbox.faults import Kind
from portal.storage.message_tables import tasks
from portal.storage.tables import audit_events
from tests.integration.sending.post_offices import a_number
from tests.making import a_message, an_offender

A_SECOND = timedelta(seconds=1)
CODE = {"purpose": Purpose.CODE, "personalisation": '{"code": "482915"}'}


@pytest.fixture
def brakes(worker):
    """The brakes that are on, and until when."""

    async def on() -> dict[str, Brake]:
        async with worker.works() as work:
            return {
                name: brake for name, brake in (await work.brakes.all()).items() if brake.until > work.now
            }

    return on


@pytest.fixture
def told(database):
    """What the journal says of brakes."""

    async def told() -> list[tuple[str, str]]:
        query = (
            select(audit_events.c.deed, audit_events.c.details)
            .where(audit_events.c.deed.startswith("sending."))
            .order_by(audit_events.c.id)
        )
        async with database.reading() as connection:
            return [(row.deed, row.details["brake"]) for row in await connection.execute(query)]

    return told


async def test_a_key_that_opens_nothing_stops_its_service_for_half_a_minute(
    hired, post, read, post_office, clock, brakes, told
):
    message, wrong = await post(), hired(post_office.courier("revoked"))
    with pytest.raises(CourierStopped):
        await wrong.turn()

    [brake] = (await brakes()).values()
    assert (brake.name, brake.reason) == ("plain", "403 AuthError")
    assert brake.until == (await read(message)).due_at == clock.now() + 30 * A_SECOND
    assert await wrong.turn() == 0
    assert await told() == [("sending.stopped", "plain")]

    clock.moment += 30 * A_SECOND
    await hired().turn()
    assert (await read(message)).state is MessageState.ACCEPTED
    assert await told() == [("sending.stopped", "plain"), ("sending.resumed", "plain")]


async def test_what_comes_under_a_brake_waits_for_its_end_without_a_try(
    hired, post, read, post_office, clock, worker
):
    await post()
    with pytest.raises(CourierStopped):
        await hired(post_office.courier("revoked")).turn()
    late = await post()

    assert await worker.lane.round() == 1

    waiting = await read(late)
    assert (waiting.state, waiting.tries) == (MessageState.QUEUED, 0)
    assert waiting.due_at == clock.now() + 30 * A_SECOND
    assert post_office.taken(late.id) == []


async def test_asked_too_fast_notify_is_left_alone_for_two_to_five_seconds(
    worker, post, post_office, clock, brakes
):
    await post()
    post_office.fails(Kind.THROTTLED)

    await worker.turn()

    [brake] = (await brakes()).values()
    assert (brake.name, brake.reason) == ("plain", "429 RateLimitError")
    assert 2 * A_SECOND <= brake.until - clock.now() <= 5 * A_SECOND


async def test_a_full_day_stops_texts_and_lets_e_mails_go(hired, post, read, post_office, brakes):
    text, mail = await post(), await post(an_offender(mobile=None))

    await hired(post_office.courier("full for the day")).turn()

    [brake] = (await brakes()).values()
    assert (brake.name, brake.until.isoformat()) == ("plain.sms", "2026-11-24T00:00:00+00:00")
    assert (await read(text)).tries == 0
    assert (await read(mail)).state is MessageState.ACCEPTED


async def test_a_service_that_may_send_no_texts_stops_texts_alone(hired, post, read, post_office, brakes):
    text, mail = await post(), await post(an_offender(mobile=None))

    await hired(post_office.courier("without texts")).turn()

    assert list(await brakes()) == ["plain.sms"]
    assert ((await read(text)).state, (await read(text)).tries) == (MessageState.QUEUED, 0)
    assert (await read(mail)).state is MessageState.ACCEPTED


@pytest.fixture
def without_invitation(post_office):
    """A courier of whose invitations Notify has no template."""
    ids = {**template_ids(None).shared, "invitation.sms.en": uuid4()}
    return post_office.courier(templates=TemplateIds(ids))


async def test_a_wording_that_is_wrong_is_paused_and_all_others_go(
    hired, post, read, clock, brakes, told, without_invitation
):
    bad = [await post() for _ in range(2)]
    good = [await post(**CODE) for _ in range(99)]

    await hired(without_invitation).empty()

    assert {(await read(message)).state for message in good} == {MessageState.ACCEPTED}
    assert list(await brakes()) == ["invitation.sms.en"]
    assert {(await read(message)).tries for message in bad} == {1}
    later = await post()
    await hired(without_invitation).empty()
    assert (await read(later)).tries == 0
    clock.moment += timedelta(minutes=10)
    await hired().empty()
    assert {(await read(message)).state for message in (*bad, later)} == {MessageState.ACCEPTED}
    assert await told() == [
        ("sending.stopped", "invitation.sms.en"),
        ("sending.resumed", "invitation.sms.en"),
    ]


async def test_one_message_that_is_wrong_by_itself_pauses_no_wording(worker, post, read, brakes):
    bad, good = await post(**CODE | {"personalisation": "{}"}), [await post(**CODE) for _ in range(50)]

    await worker.empty()

    assert await brakes() == {}
    assert {(await read(message)).state for message in good} == {MessageState.ACCEPTED}
    assert (await read(bad)).state is MessageState.QUEUED


async def test_what_is_tried_eight_times_is_parked_with_a_task(
    hired, keep, read, clock, database, post_office
):
    offender = an_offender(mobile=a_number())
    message = a_message(offender, purpose=Purpose.APPOINTMENT_CONFIRMED, personalisation="{}")
    await keep(offender, message)
    for _ in range(9):
        await hired().empty()
        clock.moment += timedelta(minutes=10)

    assert ((await read(message)).state, (await read(message)).tries) == (MessageState.PARKED, 8)
    async with database.reading() as connection:
        [task] = (await connection.execute(select(tasks))).all()
    assert (task.kind, task.about_id, task.force) == ("message_parked", message.id, offender.force)
