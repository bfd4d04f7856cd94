"""A person may say that they will come until the appointment begins, and that they are there around it."""

from datetime import timedelta

import pytest

from portal.domain.appointments import (
    EARLY,
    STANDING,
    AppointmentHasBegun,
    AppointmentIsOff,
    AppointmentState,
    NotTimeToArrive,
)
from tests.making import a_case, an_appointment, an_offender

A_MOMENT = timedelta(microseconds=1)
OFF = sorted(set(AppointmentState) - STANDING)


@pytest.fixture
def appoint():
    """An appointment of somebody's."""
    return lambda **changes: an_appointment(a_case(an_offender()), **changes)


@pytest.mark.parametrize("state", [AppointmentState.OFFERED, AppointmentState.BOOKED], ids=str)
def test_confirming_says_so_and_when(appoint, clock, state):
    appointment = appoint(state=state)

    assert appointment.confirm(at=clock.now())

    assert appointment.state is AppointmentState.CONFIRMED
    assert appointment.confirmed_at == clock.now()


def test_confirming_twice_is_confirming_once(appoint, clock):
    appointment = appoint()
    appointment.confirm(at=clock.now())

    assert not appointment.confirm(at=clock.now() + A_MOMENT)

    assert appointment.confirmed_at == clock.now()


def test_the_last_moment_is_early_enough(appoint):
    appointment = appoint()

    assert appointment.confirm(at=appointment.starts_at - A_MOMENT)


@pytest.mark.parametrize("late", [timedelta(0), A_MOMENT, timedelta(days=1)], ids=str)
def test_a_late_answer_is_refused_and_changes_nothing(appoint, late):
    appointment = appoint()

    with pytest.raises(AppointmentHasBegun, match="2026-11-26 10:00"):
        appointment.confirm(at=appointment.starts_at + late)

    assert appointment.state is AppointmentState.BOOKED
    assert appointment.confirmed_at is None


def test_saying_so_again_after_it_began_is_no_error(appoint, clock):
    appointment = appoint()
    appointment.confirm(at=clock.now())

    assert not appointment.confirm(at=appointment.starts_at + A_MOMENT)


@pytest.mark.parametrize("state", OFF, ids=str)
def test_what_is_off_or_over_cannot_be_confirmed(appoint, clock, state):
    appointment = appoint(state=state)

    with pytest.raises(AppointmentIsOff, match=state):
        appointment.confirm(at=clock.now())

    assert appointment.state is state
    assert appointment.confirmed_at is None


# Being there


@pytest.mark.parametrize(
    ("after_start", "is_time"),
    [
        (-EARLY - A_MOMENT, False),
        (-EARLY, True),
        (timedelta(0), True),
        (timedelta(hours=2), True),
        (timedelta(hours=2) + A_MOMENT, False),
    ],
    ids=str,
)
def test_somebody_may_be_there_from_an_hour_before_the_start_until_the_end(appoint, after_start, is_time):
    appointment = appoint()
    at = appointment.starts_at + after_start

    if is_time:
        assert appointment.arrive(at=at)
    else:
        with pytest.raises(NotTimeToArrive):
            appointment.arrive(at=at)

    assert appointment.arrived_at == (at if is_time else None)
    assert appointment.state is AppointmentState.BOOKED


def test_arriving_twice_is_arriving_once(appoint):
    appointment = appoint()
    appointment.arrive(at=appointment.starts_at)

    assert not appointment.arrive(at=appointment.starts_at + A_MOMENT)

    assert appointment.arrived_at == appointment.starts_at


@pytest.mark.parametrize("state", OFF, ids=str)
def test_nobody_arrives_at_what_is_off_or_has_an_outcome(appoint, state):
    appointment = appoint(state=state)

    with pytest.raises(AppointmentIsOff):
        appointment.arrive(at=appointment.starts_at)

    assert appointment.arrived_at is None
