"""Each component writes the very HTML that the Design System's own fixtures ask for."""

import pytest

from tests.html_normal_form import normal_form
from tests.unit.components.adapters import ADAPTERS
from tests.unit.components.conftest import TEMPLATES
from tests.unit.components.fixtures import Fixture, Options, fixtures
from tests.unit.components.unsupported import UNSUPPORTED

FEWEST = 3


def unsupported(fixture: Fixture) -> set[str]:
    options = Options(fixture.options)
    ADAPTERS[fixture.component](options)
    return options.unsupported()


ALL = [fixture for component in ADAPTERS for fixture in fixtures(component)]
COMPARABLE = [fixture for fixture in ALL if not unsupported(fixture)]


@pytest.mark.parametrize("fixture", COMPARABLE, ids=str)
def test_it_is_the_html_of_the_design_system(component, fixture):
    call = ADAPTERS[fixture.component](Options(fixture.options))

    ours = normal_form(component(fixture.component)(*call.arguments, **call.keywords))

    theirs = fixture.html
    for name, our_name in call.renamed.items():
        theirs = theirs.replace(name, our_name)
    assert ours == normal_form(theirs)


@pytest.mark.parametrize("name", ADAPTERS)
def test_what_it_leaves_out_is_known_by_name(name):
    left_out = set().union(*(unsupported(fixture) for fixture in ALL if fixture.component == name))

    assert left_out == set(UNSUPPORTED.get(name, ()))


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("components/*.html")), ids=lambda path: path.stem)
def test_a_component_is_held_against_the_design_system(path):
    compared = [fixture for fixture in COMPARABLE if fixture.component == path.stem]

    assert len(compared) >= FEWEST
