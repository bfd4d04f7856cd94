"""A trial of wordings is honest about how much it knows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.arms import Arm, Outcomes, arms_of
from portal.errors import Misconfigured
from portal.settings import ForceSettings


@pytest.mark.parametrize(
    ("appointments", "missed", "low", "high"),
    [(263, 81, 0.2553, 0.3662), (148, 15, 0.0624, 0.1605), (20, 0, 0.0, 0.1611), (29, 1, 0.0061, 0.1718)],
)
def test_the_interval_is_wilsons(appointments, missed, low, high):
    """As in table I of Newcombe 1998, "Two-sided confidence intervals for the single proportion"."""
    assert Outcomes(appointments, appointments, missed).interval == pytest.approx((low, high), abs=1e-4)


@given(st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))))
def test_the_rate_lies_in_its_interval(ended):
    outcomes = Outcomes(ended[0], *ended)

    assert outcomes.no_show_rate is not None
    assert outcomes.interval is not None
    assert 0 <= outcomes.interval[0] <= outcomes.no_show_rate + 1e-12
    assert outcomes.no_show_rate - 1e-12 <= outcomes.interval[1] <= 1


def test_before_anything_has_ended_nothing_is_known():
    assert Outcomes(12, 0, 0).no_show_rate is None
    assert Outcomes(12, 0, 0).interval is None


def test_a_force_tries_the_wordings_that_it_names():
    assert arms_of(ForceSettings()) == {Arm.PLAN}
    assert arms_of(ForceSettings(arms=("plain", "cost"))) == {Arm.PLAIN, Arm.COST}


@pytest.mark.parametrize("arms", [(), ("threat",)])
def test_wordings_that_are_none_of_ours_are_refused(arms):
    with pytest.raises(Misconfigured, match="consequence, cost, plain, plan"):
        arms_of(ForceSettings(arms=arms))
