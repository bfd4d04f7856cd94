"""The page walk checks what is on its list, so everything has to be on it."""

from pathlib import Path

import pytest

from portal.app import create_app
from portal.settings import ROOT, Settings
from portal.web.public import PAGES as PUBLIC_NAMES
from tests.visitor import litestar_of, routes_of
from tests.walk.listing import NOT_PAGES, PAGES

TEMPLATES = ROOT / "templates"


@pytest.fixture(scope="module")
def routes(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The name of every route that a browser can look at."""
    var = tmp_path_factory.mktemp("var")
    settings = Settings(var=var, database_url=f"sqlite+aiosqlite:///{var / 'portal.db'}", secret_key="s" * 48)
    app = litestar_of(create_app(settings))
    return {str(handler.name) for method, handler, _ in routes_of(app) if method == "GET"}


def test_every_route_that_shows_a_page_is_walked(routes: set[str]):
    assert routes - set(NOT_PAGES) == {page.route for page in PAGES} - {""}


def test_what_is_no_page_is_still_there(routes: set[str]):
    assert set(NOT_PAGES) <= routes


def test_every_template_of_a_page_is_walked():
    assert {page.template for page in PAGES} == {
        _name(path) for path in TEMPLATES.rglob("*.html") if _is_page(path)
    }


def test_every_page_behind_the_footer_is_walked():
    assert {f"/{name}" for name in PUBLIC_NAMES} <= {page.path for page in PAGES}


def test_no_two_pages_have_one_name():
    names = [page.name for page in PAGES]
    assert len(names) == len(set(names))


def _is_page(path: Path) -> bool:
    return path.read_text("utf-8").startswith('{% extends "layout.html" %}')


def _name(path: Path) -> str:
    return path.relative_to(TEMPLATES).as_posix()
