"""Every force is known by its code of the Police National Computer."""

import pytest

from portal.domain.forces import FORCES


@pytest.mark.parametrize(
    ("code", "name"), [("01", "Metropolitan"), ("43", "Thames Valley"), ("93", "British Transport Police")]
)
def test_a_force_is_found_by_its_code(code, name):
    assert FORCES[code].name == name


def test_there_are_the_territorial_forces_and_three_more():
    assert len(FORCES) == 43 + 3


def test_every_code_has_two_digits():
    assert all(len(code) == 2 and code.isdigit() and force.code == code for code, force in FORCES.items())


def test_the_welsh_forces_are_four():
    assert [force.name for force in FORCES.values() if force.is_welsh] == [
        "North Wales",
        "Gwent",
        "South Wales",
        "Dyfed-Powys",
    ]
