"""A person's choices, and what staff know of them, count when a message goes, not when it is made."""

from datetime import UTC, date, datetime, timedelta

import pytest

from portal.domain.appointments import AppointmentState
from portal.domain.contact_rules import Times
from portal.domain.messages import Channel, Held, Message, MessageState, NotifyService, Purpose
from portal.domain.tasks import TaskKind
from portal.notify.template_ids import sandbox_id
from portal.notify.wordings import Wording
from tests.integration.sending.post_offices import a_number
from tests.making import a_case, a_message, a_stopped_contact, an_appointment, an_offender, contact_rules_of

HOUR = timedelta(hours=1)


@pytest.fixture
def remind(keep, worker, read, clock):
    """Remind somebody with these rules of an appointment tomorrow, and say how far the message is."""

    async def remind(*, state=AppointmentState.BOOKED, lasts=10 * HOUR, mobile=None, **rules) -> Message:
        offender = an_offender(mobile=mobile or a_number())
        case = a_case(offender)
        appointment = an_appointment(case, starts_at=clock.now() + 24 * HOUR, state=state)
        message = a_message(
            offender,
            case_id=case.id,
            about_id=appointment.id,
            purpose=Purpose.APPOINTMENT_TOMORROW,
            personalisation="{}",
            posted_at=clock.now(),
            send_before=clock.now() + lasts,
        )
        await keep(offender, case, appointment, message, contact_rules_of(offender, **rules))
        await worker.turn()
        now: Message = await read(message)
        return now

    return remind


HINDRANCES = {
    Held.IN_CUSTODY: {"in_custody": True},
    Held.OPTED_OUT: {"opted_out": "appointments"},
    Held.PAUSED: {"paused_until": date(2026, 11, 24)},
    Held.NOT_NEEDED: {"state": AppointmentState.CANCELLED},
}


@pytest.mark.parametrize(("reason", "why"), HINDRANCES.items(), ids=list(HINDRANCES))
async def test_what_stands_against_a_message_holds_it_and_asks_nothing_of_staff(remind, kinds, reason, why):
    message = await remind(**why)

    assert (message.state, message.held_because) == (MessageState.HELD, reason)
    assert await kinds() == []


async def test_nothing_that_they_declined_before_stands_against_it_today(remind):
    rules = {"opted_out": "conditions", "paused_until": date(2026, 11, 23)}

    assert (await remind(**rules)).state is MessageState.ACCEPTED


async def test_it_goes_by_the_channel_that_they_prefer_and_says_so(remind, database):
    message = await remind(channel=Channel.EMAIL)

    assert (message.state, message.channel, message.service) == (
        MessageState.ACCEPTED,
        Channel.EMAIL,
        NotifyService.PLAIN,
    )
    name, _, version = (message.wording or "").partition("@")
    assert name == "appointment_tomorrow.email.en"
    assert len(version) == 12
    assert message.contact_index is not None


async def test_it_waits_for_the_hours_that_they_chose(remind, worker, read, clock):
    message = await remind(times=Times.EVENING)
    assert (message.state, message.due_at) == (MessageState.QUEUED, datetime(2026, 11, 23, 17, tzinfo=UTC))
    assert message.tries == 0

    clock.moment = message.due_at
    await worker.turn()

    assert (await read(message)).state is MessageState.ACCEPTED


async def test_where_no_hour_of_theirs_is_left_staff_tell_them(remind, kinds):
    message = await remind(times=Times.EVENING, lasts=2 * HOUR)

    assert message.state is MessageState.EXPIRED
    assert await kinds() == ["message_too_late"]


async def test_whom_nothing_reaches_is_left_to_staff_once(post, worker, kinds, read):
    offender = an_offender(mobile=None, email=None)
    first = await post(offender)
    await worker.turn()

    assert (await read(first)).held_because is Held.NO_CONTACT
    assert await kinds() == ["no_contact"]


async def test_what_two_people_share_is_left_to_staff(remind, keep, kinds):
    shared = a_number()
    await keep(an_offender(mobile=shared, first_names="Sam"))

    message = await remind(mobile=shared)

    assert (message.state, message.channel) == (MessageState.ACCEPTED, Channel.EMAIL)
    assert await kinds() == []


async def test_a_code_goes_to_nobody_who_shares_the_number(keep, worker, read, kinds):
    shared = a_number()
    offender = an_offender(mobile=shared, email=None)
    code = a_message(offender, purpose=Purpose.CODE, personalisation='{"code": "482915"}')
    await keep(an_offender(mobile=shared, first_names="Sam"), offender, code)

    await worker.turn()

    assert (await read(code)).held_because is Held.SHARED_CONTACT
    assert await kinds() == ["shared_contact"]


async def test_what_should_have_gone_long_ago_is_looked_up_first(post, worker, read, post_office, clock):
    """The records come from a backup that was made before it went."""
    message = await post(due_at=clock.now() - timedelta(minutes=16))
    post_office.courier().client_of().send_sms_notification(
        phone_number=a_number(),
        template_id=str(sandbox_id(Wording(Purpose.CODE, Channel.SMS, "en"))),
        personalisation={"code": "1", "domain": "x"},
        reference=str(message.id),
    )

    await worker.turn()

    assert (await read(message)).state is MessageState.ACCEPTED
    assert len(post_office.taken(message.id)) == 1


@pytest.mark.parametrize(
    ("chosen", "goes_by"), [(Channel.SMS, None), (Channel.EMAIL, Channel.EMAIL), (None, Channel.EMAIL)]
)
async def test_whoever_chose_texts_alone_gets_no_email_when_their_number_is_dead(
    remind, keep, kinds, chosen, goes_by
):
    number = a_number()
    await keep(a_stopped_contact(contact=number))

    message = await remind(mobile=number, channel=chosen)

    assert message.channel is goes_by
    if goes_by is None:
        assert (message.state, message.held_because) == (MessageState.HELD, Held.BAD_CONTACT)
        assert await kinds() == [TaskKind.CONTACT_IS_WRONG]
    else:
        assert message.state is MessageState.ACCEPTED
