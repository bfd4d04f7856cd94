"""A class that no sheet knows is a mistake: a part of the Design System that we did not build, or a slip."""

import json
import re
from pathlib import Path

import pytest

from portal.web.assets import BUILT
from tests.unit.components.conftest import TEMPLATES

FOR_SCRIPTS = re.compile(r"govuk-js-")
WITHOUT_STYLE = {
    "govuk-generic-header__container",
    "govuk-panel__body",
    "govuk-pagination__link-title",
    "govuk-password-input",
    "govuk-service-navigation__text",
    "govuk-table__body",
    "govuk-table__head",
    "govuk-table__row",
}
"""Names that the Design System writes and gives no style of their own."""

WHOLE = re.compile(r"(?<![\w-])(?:govuk|portal)-[\w!-]*\w(?![\w{-])")


def names_in(path: Path) -> set[str]:
    """The classes that a template writes out, and not those that it puts together from pieces."""
    markup = re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.DOTALL)
    attributes = re.findall(r'class(?:es)?="((?:[^"{]|\{\{.*?\}\})*)"', markup)
    return {
        name
        for value in attributes
        for name in WHOLE.findall(re.sub(r"\w[\w-]*--\"? ?~|--\{\{.*?\}\}", "", value))
    }


@pytest.fixture(scope="module")
def known() -> set[str]:
    manifest = json.loads((BUILT / "manifest.json").read_text())
    sheet = (BUILT / manifest["app.css"]).read_text().replace("\\!", "!")
    return set(re.findall(r"\.((?:govuk|portal)-[\w!-]+)", sheet))


@pytest.mark.parametrize(
    "path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: str(path.relative_to(TEMPLATES))
)
def test_every_class_that_a_template_writes_is_in_the_sheet(path, known):
    unknown = names_in(path) - known - WITHOUT_STYLE

    assert {name for name in unknown if not FOR_SCRIPTS.match(name)} == set()
