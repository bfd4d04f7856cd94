"""Tries grow rarer, are spread out, and never stop being made."""

from datetime import timedelta

import pytest

from portal.domain.messages import LEASE
from portal.services.sending import AT_ONCE, FAR_AHEAD, LATEST_START, MOST_A_SECOND
from portal.services.settling import LONGEST_PAUSE, backoff

A_SECOND = timedelta(seconds=1)
NOTIFYS_LONGEST = timedelta(seconds=30)
"""A call of Notify's ends by then (notify.md, section 4)."""


@pytest.mark.parametrize(
    ("tries", "least", "most"),
    [(1, 2, 10), (2, 4, 20), (3, 8, 40), (6, 64, 320), (7, 120, 600), (8, 120, 600), (5000, 120, 600)],
)
def test_pauses_double_up_to_ten_minutes_and_no_two_need_be_alike(tries, least, most):
    pauses = [backoff(tries) for _ in range(200)]

    assert all(least * A_SECOND <= pause <= most * A_SECOND for pause in pauses)
    assert len(set(pauses)) > 100
    assert max(pauses) - min(pauses) > (most - least) * A_SECOND / 2


def test_a_lease_outlasts_any_call_that_began_in_time():
    assert LATEST_START + NOTIFYS_LONGEST <= LEASE


def test_a_batch_begins_in_time_at_the_rate_that_we_keep():
    assert FAR_AHEAD + AT_ONCE / MOST_A_SECOND * A_SECOND < LATEST_START
    assert timedelta(minutes=10) == LONGEST_PAUSE
