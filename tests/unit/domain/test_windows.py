"""Messages go at the hours that people chose, and never at night."""

from datetime import UTC, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.clock import LONDON
from portal.domain.windows import WAKING, Window

HOURS = st.integers(8, 20).flatmap(lambda opens: st.tuples(st.just(opens), st.integers(opens + 1, 21)))
DAYS = st.sets(st.integers(1, 7), min_size=1)


def is_waking(moment: datetime) -> bool:
    return time(8) <= moment.astimezone(LONDON).time() < time(21)


def test_nobody_is_woken_at_any_hour_of_a_year():
    """Both changes of the clock are among them: 28 March and 31 October 2027."""
    for hour in range(366 * 24):
        moment = datetime(2026, 12, 1, tzinfo=UTC) + timedelta(hours=hour)
        opens = WAKING.next_open(moment)
        assert is_waking(opens)
        assert (opens == moment) is is_waking(moment)
        if opens != moment:
            assert opens.astimezone(LONDON).time() == time(8)
            night = (moment + timedelta(hours=n) for n in range(1, 13))
            assert not any(is_waking(later) for later in night if later < opens)


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001 - given its offset below
    st.integers(-12, 14),
)
def test_the_next_waking_moment_is_the_same_from_everywhere(naive, offset):
    moment = naive.replace(tzinfo=timezone(timedelta(hours=offset)))

    opens = WAKING.next_open(moment)

    assert opens == WAKING.next_open(moment.astimezone(UTC))
    assert timedelta(0) <= opens - moment <= timedelta(hours=12)
    assert is_waking(opens)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)), HOURS, DAYS)  # noqa: DTZ001 - UTC
def test_what_waits_goes_at_the_first_moment_of_the_days_and_hours_chosen(moment, hours, days):
    window = Window(time(hours[0]), time(hours[1]) if hours[1] < 21 else time(21), days)

    opens = window.next_open(moment)

    assert window.is_open(opens)
    assert timedelta(0) <= opens - moment <= timedelta(days=7, hours=1)
    if opens != moment:
        assert not window.is_open(moment)
        assert opens.astimezone(LONDON).time() == window.opens
        assert not any(
            window.is_open(moment + timedelta(hours=n))
            for n in range(24 * 8)
            if moment + timedelta(hours=n) < opens
        )


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("2026-11-23T20:59:59+00:00", "2026-11-23T20:59:59+00:00"),
        ("2026-11-23T21:00:00+00:00", "2026-11-24T08:00:00+00:00"),
        ("2026-11-24T07:59:59+00:00", "2026-11-24T08:00:00+00:00"),
        ("2026-11-24T08:00:00+00:00", "2026-11-24T08:00:00+00:00"),
        ("2027-03-27T22:00:00+00:00", "2027-03-28T07:00:00+00:00"),
        ("2027-03-28T01:30:00+01:00", "2027-03-28T07:00:00+00:00"),
        ("2027-10-30T21:30:00+00:00", "2027-10-31T08:00:00+00:00"),
        ("2027-10-31T01:30:00+00:00", "2027-10-31T08:00:00+00:00"),
    ],
)
def test_nights_end_at_eight_in_london(moment, opens):
    assert WAKING.next_open(datetime.fromisoformat(moment)) == datetime.fromisoformat(opens)


@pytest.mark.parametrize(
    "never", [(time(7), time(9)), (time(20), time(22)), (time(12), time(12)), (time(13), time(9))]
)
def test_no_window_opens_at_night_or_never(never):
    with pytest.raises(ValueError, match="between 08:00 and 21:00"):
        Window(*never)


@pytest.mark.parametrize("days", [(), (0,), (8,)])
def test_a_window_opens_on_days_of_the_week(days):
    with pytest.raises(ValueError, match="one day of the week"):
        Window(days=days)
