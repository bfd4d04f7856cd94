"""A person may say that they will come until the appointment begins."""

from datetime import timedelta

import pytest

from portal.domain.appointments import STANDING, AppointmentHasBegun, AppointmentIsOff, AppointmentState
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
