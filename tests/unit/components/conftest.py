"""The components as pages use them, in English."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from portal.web.translating import TranslatedEnvironment

TEMPLATES = Path(__file__).parents[3] / "templates"


@pytest.fixture(scope="session")
def templates() -> Environment:
    environment = TranslatedEnvironment(
        {},
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: text, lambda one, many, number: one if number == 1 else many, newstyle=True
    )
    return environment


@pytest.fixture(scope="session")
def component(templates: Environment) -> Callable[[str], Any]:
    """The macro of that name."""
    return lambda name: getattr(templates.get_template(f"components/{name}.html").module, name)
