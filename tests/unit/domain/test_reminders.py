"""A person gets the reminders that help them to come and to finish, and no others."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.clock import LONDON
from portal.domain.appointments import STANDING, Appointment, AppointmentKind, AppointmentState
from portal.domain.conditions import Condition, ConditionKind, EvidenceKind, Progress
from portal.domain.contact_rules import Times
from portal.domain.messages import Purpose
from portal.domain.reminders import Reminder, ReminderRules, plan
from portal.errors import Misconfigured
from portal.settings import ForceSettings
from tests.making import NOW, a_case, a_condition, an_appointment, an_offender

CASE = a_case(an_offender())
A_DAY = timedelta(days=1)
MOMENTS = st.datetimes(
    datetime(2026, 9, 1),  # noqa: DTZ001 - Hypothesis takes naive bounds, and adds the zone itself
    datetime(2027, 8, 31),  # noqa: DTZ001 - the same
    timezones=st.just(UTC),
)


def _appointment(starts_at: datetime, booked_at: datetime, state: AppointmentState, id_: UUID) -> Appointment:
    return Appointment(
        id=id_,
        case_id=CASE.id,
        offender_id=CASE.offender_id,
        kind=AppointmentKind.WORKSHOP,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=1),
        booked_at=min(booked_at, starts_at),
        place="Gooseberry Hall",
        state=state,
    )


def _condition(due_on: date, progress: Progress, evidence: EvidenceKind, id_: UUID) -> Condition:
    return Condition(
        id=id_,
        case_id=CASE.id,
        reference="C1",
        position=1,
        kind=ConditionKind.REPARATIVE,
        title="Write a letter",
        due_on=due_on,
        evidence=evidence,
        progress=progress,
    )


APPOINTMENTS = st.lists(
    st.builds(_appointment, MOMENTS, MOMENTS, st.sampled_from(AppointmentState), st.uuids()), max_size=4
)
CONDITIONS = st.lists(
    st.builds(
        _condition,
        st.dates(date(2026, 9, 1), date(2027, 8, 31)),
        st.sampled_from(Progress),
        st.sampled_from(EvidenceKind),
        st.uuids(),
    ),
    max_size=4,
)


OURS = ReminderRules()
WINDOWS = st.sampled_from([times.window for times in Times])


def local(reminder: Reminder) -> datetime:
    return reminder.due_at.astimezone(LONDON)


@given(APPOINTMENTS, CONDITIONS, MOMENTS, WINDOWS)
def test_nothing_is_due_in_the_past_at_night_or_outside_the_hours_that_the_person_chose(
    appointments, conditions, now, window
):
    for reminder in plan(appointments, conditions, now=now, window=window):
        assert reminder.due_at > now
        assert time(8) <= local(reminder).time() < time(21)
        assert window.is_open(reminder.due_at)
        assert reminder.due_at < reminder.send_before
        assert reminder.send_before.astimezone(LONDON).time() <= time(21)


@given(APPOINTMENTS, CONDITIONS, MOMENTS)
def test_but_for_the_evening_before_nobody_gets_two_in_a_day(appointments, conditions, now):
    planned = plan(appointments, conditions, now=now)

    gentle = Counter(
        local(reminder).date() for reminder in planned if reminder.purpose is not Purpose.APPOINTMENT_TOMORROW
    )
    evenings = {
        local(reminder).date() for reminder in planned if reminder.purpose is Purpose.APPOINTMENT_TOMORROW
    }

    assert all(count == 1 for count in gentle.values())
    assert not evenings & gentle.keys()


@given(APPOINTMENTS, CONDITIONS, MOMENTS, WINDOWS)
def test_the_evening_before_always_comes(appointments, conditions, now, window):
    """Or as near to the evening of that day as the person's hours allow."""
    planned = plan(appointments, conditions, now=now, window=window)
    reminded = {each.about_id for each in planned if each.purpose is Purpose.APPOINTMENT_TOMORROW}

    for appointment in appointments:
        day = appointment.starts_at.astimezone(LONDON).date()
        evening = datetime.combine(day - A_DAY, window.fit(OURS.evening_before), LONDON)
        if appointment.state in STANDING and evening > now:
            assert appointment.id in reminded


@given(APPOINTMENTS, CONDITIONS, MOMENTS)
def test_nothing_is_said_of_what_is_over_or_done(appointments, conditions, now):
    standing = {each.id for each in appointments if each.state in STANDING}
    left = {
        each.id
        for each in conditions
        if each.progress in (Progress.NOT_STARTED, Progress.IN_PROGRESS)
        and each.evidence is not EvidenceKind.NONE
    }

    missed = {each.id for each in appointments if each.state is AppointmentState.MISSED}

    for reminder in plan(appointments, conditions, now=now):
        asks = reminder.purpose is Purpose.APPOINTMENT_MISSED
        assert reminder.about_id in (missed if asks else standing | left)


@given(APPOINTMENTS, CONDITIONS, MOMENTS, st.timedeltas(timedelta(0), timedelta(days=60)))
def test_planning_again_when_some_were_sent_adds_nothing(appointments, conditions, now, passed):
    planned = plan(appointments, conditions, now=now)
    later = now + passed
    sent = [reminder for reminder in planned if reminder.due_at <= later]

    again = plan(
        appointments,
        conditions,
        now=later,
        done={reminder.key for reminder in sent},
        taken={local(reminder).date() for reminder in sent},
    )

    assert {reminder.key for reminder in again} <= {reminder.key for reminder in planned}


@given(APPOINTMENTS, CONDITIONS, MOMENTS)
def test_every_reminder_comes_before_what_it_is_about(appointments, conditions, now):
    begins = {each.id: each.starts_at for each in appointments}
    due = {each.id: each.due_on for each in conditions}

    for reminder in plan(appointments, conditions, now=now):
        if reminder.purpose is Purpose.APPOINTMENT_MISSED:
            assert reminder.due_at.date() >= begins[reminder.about_id].astimezone(LONDON).date()
        elif reminder.about_id in begins:
            assert reminder.send_before < begins[reminder.about_id]
        else:
            assert local(reminder).date() <= due[reminder.about_id]


@pytest.mark.parametrize(
    ("starts_at", "evening"),
    [
        (datetime(2026, 10, 25, 14, tzinfo=UTC), datetime(2026, 10, 24, 17, tzinfo=UTC)),
        (datetime(2026, 10, 26, 14, tzinfo=UTC), datetime(2026, 10, 25, 18, tzinfo=UTC)),
        (datetime(2027, 3, 28, 9, tzinfo=UTC), datetime(2027, 3, 27, 18, tzinfo=UTC)),
        (datetime(2027, 3, 29, 9, tzinfo=UTC), datetime(2027, 3, 28, 17, tzinfo=UTC)),
    ],
)
def test_six_in_the_evening_is_londons_on_both_nights_the_clocks_change(starts_at, evening):
    appointment = an_appointment(CASE, starts_at=starts_at, booked_at=starts_at - A_DAY)

    (reminder,) = plan([appointment], [], now=starts_at - 2 * A_DAY)

    assert reminder.due_at == evening


@pytest.mark.parametrize(
    ("recorded", "asked"),
    [
        (datetime(2026, 11, 26, 12, tzinfo=UTC), datetime(2026, 11, 26, 18, tzinfo=UTC)),
        (datetime(2026, 11, 26, 18, tzinfo=UTC), datetime(2026, 11, 27, 18, tzinfo=UTC)),
        (datetime(2026, 11, 28, 9, tzinfo=UTC), datetime(2026, 11, 28, 18, tzinfo=UTC)),
        (datetime(2026, 11, 28, 18, tzinfo=UTC), None),
    ],
    ids=["the same evening", "the next evening", "two days later", "too late to ask"],
)
def test_whoever_missed_an_appointment_is_asked_why_soon_or_not_at_all(recorded, asked):
    appointment = an_appointment(
        CASE, starts_at=datetime(2026, 11, 26, 10, tzinfo=UTC), state=AppointmentState.MISSED
    )

    planned = plan([appointment], [], now=recorded)

    assert [reminder.due_at for reminder in planned] == ([asked] if asked else [])
    assert all(reminder.purpose is Purpose.APPOINTMENT_MISSED for reminder in planned)


@pytest.mark.parametrize(
    ("times", "hours"),
    [(Times.MORNING, (11, 10)), (Times.AFTERNOON, (16, 12)), (Times.EVENING, (18, 17))],
)
def test_a_reminder_goes_as_near_to_the_best_hour_as_the_persons_own_hours_allow(times, hours):
    appointment = an_appointment(CASE, starts_at=NOW + timedelta(days=20))

    week, evening = plan([appointment], [], now=NOW, window=times.window)

    assert (local(evening).hour, local(week).hour) == hours


def test_a_force_has_its_own_hours_and_days():
    force = ForceSettings(evening_before=time(17, 30), due_days=(10, 1), due_hour=time(11))
    condition = a_condition(CASE, due_on=date(2027, 1, 20))
    appointment = an_appointment(CASE, starts_at=datetime(2027, 2, 2, 9, tzinfo=UTC), booked_at=NOW)

    planned = plan([appointment], [condition], now=NOW, rules=ReminderRules.of(force))

    assert [local(reminder).strftime("%d %H:%M") for reminder in planned] == [
        *("10 11:00", "19 11:00", "20 09:00", "26 10:00", "01 17:30")
    ]


@pytest.mark.parametrize(
    "force",
    [
        ForceSettings(evening_before=time(21)),
        ForceSettings(due_today=time(7, 59)),
        ForceSettings(due_days=(2, 7)),
        ForceSettings(due_days=(7, 0)),
    ],
)
def test_rules_that_would_wake_people_or_make_no_sense_are_refused(force):
    with pytest.raises(Misconfigured, match="PORTAL_FORCES_FILE"):
        ReminderRules.of(force)


@pytest.mark.parametrize(("ahead", "count"), [(timedelta(days=10), 2), (timedelta(days=9, hours=23), 1)])
def test_a_weeks_notice_needs_ten_days_ahead(ahead, count):
    starts_at = NOW + timedelta(days=20)
    appointment = an_appointment(CASE, starts_at=starts_at, booked_at=starts_at - ahead)

    assert len(plan([appointment], [], now=NOW)) == count


def test_a_condition_is_recalled_fourteen_seven_and_two_days_before_and_on_its_day():
    condition = a_condition(CASE, due_on=date(2027, 1, 20))

    planned = plan([], [condition], now=NOW)

    days = [(local(reminder).date(), local(reminder).time()) for reminder in planned]
    assert days == [
        (date(2027, 1, 6), time(10)),
        (date(2027, 1, 13), time(10)),
        (date(2027, 1, 18), time(10)),
        (date(2027, 1, 20), time(9)),
    ]


def test_of_two_on_a_day_the_one_with_more_time_left_slides_on():
    first = a_condition(CASE, due_on=date(2027, 1, 20))
    second = a_condition(CASE, due_on=date(2027, 1, 20))

    planned = plan([], [first, second], now=NOW)

    assert [local(reminder).day for reminder in planned] == [6, 7, 13, 14, 18, 19, 20]


def test_a_reminder_that_was_sent_is_not_planned_again():
    condition = a_condition(CASE, id=uuid4(), due_on=date(2027, 1, 20))
    first, *rest = plan([], [condition], now=NOW)

    assert plan([], [condition], now=NOW, done={first.key}) == rest
