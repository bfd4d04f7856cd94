"""A link lives thirty days, a code ten minutes and five tries."""

from datetime import timedelta

import pytest

from portal.domain.links import CODE_DIGITS, CODE_LIFE, CODE_TRIES, LINK_LIFE
from tests.making import NOW, a_code, a_link, an_offender

A_SECOND = timedelta(seconds=1)


def test_lives_are_those_of_the_security_design():
    assert timedelta(days=30) == LINK_LIFE
    assert (timedelta(minutes=10), 5, 6) == (CODE_LIFE, CODE_TRIES, CODE_DIGITS)


@pytest.mark.parametrize(
    ("after", "is_live"),
    [(timedelta(0), True), (LINK_LIFE - A_SECOND, True), (LINK_LIFE, False), (LINK_LIFE + A_SECOND, False)],
    ids=str,
)
def test_a_link_lives_thirty_days(after, is_live):
    assert a_link(an_offender()).is_live(at=NOW + after) is is_live


def test_a_revoked_link_is_dead():
    assert not a_link(an_offender(), revoked_at=NOW).is_live(at=NOW)


@pytest.mark.parametrize(
    ("after", "is_live"),
    [(timedelta(0), True), (CODE_LIFE - A_SECOND, True), (CODE_LIFE, False), (CODE_LIFE + A_SECOND, False)],
    ids=str,
)
def test_a_code_lives_ten_minutes(after, is_live):
    assert a_code(an_offender()).is_live(at=NOW + after) is is_live


@pytest.mark.parametrize(("tries", "is_live"), [(0, True), (4, True), (5, False), (6, False)])
def test_a_code_lives_five_tries(tries, is_live):
    assert a_code(an_offender(), tries=tries).is_live(at=NOW) is is_live


def test_a_spent_code_is_dead():
    assert not a_code(an_offender(), spent_at=NOW).is_live(at=NOW)
