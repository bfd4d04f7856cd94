"""What changes withdraws, moves or adds just the reminders that it must, in its own transaction."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from portal.clock import StoppedClock
from portal.domain.appointments import Appointment, AppointmentState
from portal.domain.audit import Actor
from portal.domain.cases import Case, CaseState
from portal.domain.conditions import Condition, Progress
from portal.domain.contact_rules import Times
from portal.domain.deliveries import Accepted, Letter
from portal.domain.messages import Held, Message, MessageState, NotifyService, Purpose
from portal.domain.offenders import Offender
from portal.languages import ENGLISH
from portal.notify.wordings import fill
from portal.services import appointments
from portal.services.planning import plan_reminders
from portal.services.sending import Lane
from portal.storage.database import Database
from portal.storage.message_tables import messages
from portal.storage.unit_of_work import Who, WholeWork, unit_of_work
from tests.making import a_case, a_condition, a_message, an_appointment, an_offender

Works = Callable[[], AbstractAsyncContextManager[WholeWork]]
A_DAY = timedelta(days=1)


@dataclass
class Postbox:
    """A courier that keeps what it is handed, filled in."""

    letters: list[tuple[Purpose, dict[str, str]]] = field(default_factory=list)

    def wording_of(self, letter: Letter) -> str:
        return letter.message.purpose

    def deliver(self, letter: Letter) -> Accepted:
        words = fill(letter.content, ENGLISH, base_url="https://portal.example")
        self.letters.append((letter.message.purpose, words))
        return Accepted(uuid4())

    def find(self, reference: UUID, service: NotifyService) -> Accepted | None:
        return None

    def status(self, notify_id: UUID, service: NotifyService) -> str | None:
        return None


@dataclass
class Person:
    """Somebody with a case, and what it asks of them."""

    offender: Offender
    case: Case
    condition: Condition


@pytest.fixture
def works(database: Database, clock: StoppedClock) -> Works:
    return lambda: unit_of_work(database, WholeWork, now=clock.now(), who=Who(Actor.PORTAL))


@pytest.fixture
async def person(works: Works) -> Person:
    offender = an_offender(first_names="Morwenna")
    case = a_case(offender)
    condition = a_condition(case, due_on=date(2026, 12, 18))
    async with works() as work:
        work.offenders.add(offender)
        work.cases.add(case, [condition])
        await work.session.flush()
        await plan_reminders(work, offender)
    return Person(offender, case, condition)


async def waiting(works: Works) -> dict[str, datetime]:
    """When each reminder that waits is due, by its key's first word and what it is about."""
    async with works() as work:
        query = select(Message).where(messages.c.state == MessageState.QUEUED)
        found = (await work.session.scalars(query.order_by(messages.c.due_at))).all()
        return {message.key: message.due_at for message in found}


async def given(works: Works, person: Person, **changes: object) -> Appointment:
    appointment = an_appointment(person.case, **changes)
    async with works() as work:
        await appointments.give(work, appointment, force=person.case.force)
    return appointment


async def send_everything(works: Works, postbox: Postbox, clock: StoppedClock) -> None:
    lane = Lane(works, postbox, clock)
    while await lane.round():
        pass


async def test_a_condition_is_planned_when_it_comes(works, person):
    due = await waiting(works)

    assert [moment.day for moment in due.values()] == [4, 11, 16, 18]


async def test_planning_again_adds_nothing(works, person):
    before = await waiting(works)

    async with works() as work:
        await plan_reminders(work, person.offender)

    assert await waiting(works) == before


@pytest.fixture
def by_hand(works, person):
    """Staff send the first reminder of the condition now, in the place of the one planned."""

    async def send(**changes: Any) -> Message:
        async with works() as work:
            [first, *_] = sorted(
                await work.outbox.reminders_of(person.offender.id), key=lambda each: each.due_at
            )
            sent = a_message(
                person.offender,
                case_id=person.case.id,
                about_id=person.condition.id,
                purpose=Purpose.CONDITION_DUE,
                key=f"manual:{uuid4()}:{first.key}",
                **changes,
            )
            work.outbox.add(sent)
            await work.session.flush()
            await plan_reminders(work, person.offender)
        return sent

    return send


async def test_what_staff_send_takes_the_place_of_the_reminder_planned(works, person, by_hand):
    sent = await by_hand()

    due = await waiting(works)

    assert [moment.day for key, moment in due.items() if key != sent.key] == [11, 16, 18]
    assert sent.key in due


async def test_what_staff_sent_in_vain_takes_nothings_place(works, person, by_hand):
    await by_hand(state=MessageState.HELD, held_because=Held.PAUSED)

    assert [moment.day for moment in (await waiting(works)).values()] == [4, 11, 16, 18]


async def test_on_the_day_of_what_staff_send_no_reminder_comes(works, person, by_hand, clock):
    clock.moment = datetime(2026, 12, 11, 8, 30, tzinfo=UTC)

    sent = await by_hand(due_at=datetime(2026, 12, 11, 9, tzinfo=UTC))

    due = await waiting(works)
    assert [moment.day for key, moment in due.items() if key != sent.key] == [12, 16, 18]


async def test_a_reminder_that_is_due_and_waits_for_notify_outlives_planning_anew(works, person, clock):
    clock.moment = datetime(2026, 12, 4, 10, 30, tzinfo=UTC)
    async with works() as work:
        await plan_reminders(work, person.offender)

    assert [moment.day for moment in (await waiting(works)).values()] == [4, 11, 16, 18]


async def test_what_goes_by_the_other_channel_is_left_alone(works, person):
    async with works() as work:
        [first, *_] = await work.outbox.reminders_of(person.offender.id)
        other = a_message(
            person.offender,
            case_id=person.case.id,
            about_id=person.condition.id,
            purpose=Purpose.CONDITION_DUE,
            key=f"{first.key}:other",
            instead_of=first.id,
        )
        work.outbox.add(other)
        await work.session.flush()
        await plan_reminders(work, person.offender)

    assert other.key in await waiting(works)


async def test_reminders_go_in_the_hours_that_the_person_chose(works, person):
    async with works() as work:
        rules = await work.contact_rules.of_offender(person.offender.id, to_change=True)
        rules.times = Times.EVENING
        await work.session.flush()
        await plan_reminders(work, person.offender)

    assert {moment.hour for moment in (await waiting(works)).values()} == {17}


async def test_an_appointment_is_told_of_at_once_and_recalled_on_the_evening_before(works, person, clock):
    appointment = await given(works, person, starts_at=datetime(2026, 11, 26, 14, tzinfo=UTC))

    due = await waiting(works)

    assert due[f"booked:{appointment.id}"] == clock.now()
    assert due[f"tomorrow:{appointment.id}:2026-11-26"] == datetime(2026, 11, 25, 18, tzinfo=UTC)


async def test_a_cancelled_appointment_takes_its_reminders_with_it(works, person):
    appointment = await given(works, person, starts_at=datetime(2026, 12, 10, 14, tzinfo=UTC))
    async with works() as work:
        kept = await work.appointments.of_offender(person.offender.id, appointment.id, to_change=True)
        kept.state = AppointmentState.CANCELLED
        await work.session.flush()
        await plan_reminders(work, person.offender)

    assert not [key for key in await waiting(works) if key.startswith(("tomorrow", "week"))]


async def test_an_appointment_that_stands_again_is_recalled_again(works, person):
    appointment = await given(works, person, starts_at=datetime(2026, 12, 10, 14, tzinfo=UTC))
    before = await waiting(works)
    for state in (AppointmentState.CANCELLED, AppointmentState.BOOKED):
        async with works() as work:
            kept = await work.appointments.of_offender(person.offender.id, appointment.id, to_change=True)
            kept.state = state
            await work.session.flush()
            await plan_reminders(work, person.offender)

    assert await waiting(works) == before


async def test_another_due_date_moves_only_what_speaks_of_it(works, person):
    appointment = await given(works, person, starts_at=datetime(2026, 12, 10, 14, tzinfo=UTC))
    async with works() as work:
        condition = await work.cases.condition_of_offender(person.offender.id, person.condition.id)
        condition.due_on = date(2027, 1, 20)
        await work.session.flush()
        await plan_reminders(work, person.offender)

    due = await waiting(works)

    assert [moment.date() for key, moment in due.items() if key.startswith("due")] == [
        *(date(2027, 1, 6), date(2027, 1, 13), date(2027, 1, 18), date(2027, 1, 20))
    ]
    assert f"tomorrow:{appointment.id}:2026-12-10" in due


async def test_what_is_met_is_not_recalled(works, person):
    async with works() as work:
        condition = await work.cases.condition_of_offender(person.offender.id, person.condition.id)
        condition.progress = Progress.MET
        await work.session.flush()
        await plan_reminders(work, person.offender)

    assert await waiting(works) == {}


async def test_what_was_sent_is_not_sent_again(works, person, clock):
    postbox = Postbox()
    clock.moment = datetime(2026, 12, 4, 10, 1, tzinfo=UTC)
    await send_everything(works, postbox, clock)
    async with works() as work:
        await plan_reminders(work, person.offender)
    await send_everything(works, postbox, clock)

    assert [purpose for purpose, _ in postbox.letters] == [Purpose.CONDITION_DUE]


async def test_a_reminder_says_when_where_and_whom_to_call_and_has_a_link_that_works(works, person, clock):
    postbox = Postbox()
    await given(works, person, starts_at=datetime(2026, 11, 26, 14, 30, tzinfo=UTC), place="Gooseberry Hall")
    clock.moment = datetime(2026, 11, 25, 18, 1, tzinfo=UTC)

    await send_everything(works, postbox, clock)

    said = dict(postbox.letters)[Purpose.APPOINTMENT_TOMORROW]
    async with works() as work:
        link = await work.links.with_token(said.pop("link").rsplit("/", 1)[1])
    assert link is not None
    assert link.offender_id == person.offender.id
    assert said | {"domain": ""} == {
        "name": "Morwenna",
        "domain": "",
        "date": "Thu 26 Nov",
        "time": "2:30pm",
        "place": "Gooseberry Hall",
        "phone": "01632 960417",
    }


@pytest.mark.parametrize("spoiled", ["appointment", "case"])
async def test_what_changed_without_planning_is_held_at_the_last_moment(works, person, clock, spoiled):
    postbox = Postbox()
    appointment = await given(works, person, starts_at=datetime(2026, 11, 26, 14, tzinfo=UTC))
    await send_everything(works, postbox, clock)
    async with works() as work:
        if spoiled == "appointment":
            kept = await work.appointments.of_offender(person.offender.id, appointment.id, to_change=True)
            kept.state = AppointmentState.ATTENDED
        else:
            case = await work.cases.of_offender(person.offender.id, person.case.id, to_change=True)
            case.state = CaseState.FINISHED
    clock.moment = datetime(2026, 11, 25, 18, 1, tzinfo=UTC)

    await send_everything(works, postbox, clock)

    async with works() as work:
        query = select(messages.c.held_because).where(messages.c.purpose == Purpose.APPOINTMENT_TOMORROW)
        reason = await work.session.scalar(query)
    assert reason is (Held.NOT_NEEDED if spoiled == "appointment" else Held.CASE_FINISHED)
    assert [purpose for purpose, _ in postbox.letters] == [Purpose.APPOINTMENT_BOOKED]


async def test_a_worker_that_was_away_sends_no_reminder_of_yesterday(works, person, clock):
    postbox = Postbox()
    await given(works, person, starts_at=datetime(2026, 11, 26, 14, tzinfo=UTC))
    clock.moment = datetime(2026, 11, 26, 9, tzinfo=UTC)

    await send_everything(works, postbox, clock)

    assert Purpose.APPOINTMENT_TOMORROW not in dict(postbox.letters)


async def test_a_change_that_fails_leaves_the_plan_as_it_was(works, person):
    before = await waiting(works)

    async def give_and_fail() -> None:
        async with works() as work:
            await appointments.give(work, an_appointment(person.case), force=person.case.force)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await give_and_fail()

    assert await waiting(works) == before
