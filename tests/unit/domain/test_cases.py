"""What a person says they have read is what stands."""

import pytest

from portal.domain.cases import Case, CaseState, ConditionsHaveChanged
from tests.making import a_case, an_offender


@pytest.fixture
def case() -> Case:
    return a_case(an_offender())


def test_a_new_case_is_open_and_its_conditions_are_the_first(case):
    assert case.state is CaseState.OPEN
    assert case.conditions_version == 1


def test_what_stands_can_be_read(case):
    case.check_reading(1)
    case.conditions_changed()
    case.check_reading(2)


@pytest.mark.parametrize("version", [-1, 0, 1, 3, 10**9])
def test_what_does_not_stand_cannot_be_read(case, version):
    case.conditions_changed()

    with pytest.raises(ConditionsHaveChanged, match=f"version {version} was read, 2 stands"):
        case.check_reading(version)


def test_every_change_makes_a_new_version(case):
    for _ in range(5):
        case.conditions_changed()

    assert case.conditions_version == 6


def test_two_cases_are_not_the_same_for_being_alike():
    offender = an_offender()

    assert a_case(offender, reference="42/1") != a_case(offender, reference="42/1")
