"""A browser, and portals for it to visit."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.chromium import launch
from tests.browser.tabs import Tab, open_tab
from tests.browser.walking import Walk, a_walk
from tests.postgresql import Cluster
from tests.running import Portal

Opener = Callable[..., Tab]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def portal(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """A portal on a database that is still empty, of each kind.  None of its processes run yet."""
    var: Path = tmp_path_factory.mktemp("var")
    if request.param == "sqlite":
        yield Portal(f"sqlite:///{var / 'portal.db'}", var)
        return
    cluster: Cluster = request.getfixturevalue("cluster")
    with cluster.database() as name:
        yield Portal(cluster.url(name), var)


@pytest.fixture(scope="session")
def walk(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    """One portal with something on every page, for all that looks at pages."""
    with a_walk(browser, tmp_path_factory.mktemp("walk")) as walk:
        yield walk


@pytest.fixture
def open_for(browser: Browser) -> Iterator[Opener]:
    """Opens a tab on a portal; at the end, nothing in any of them may have gone wrong."""
    with ExitStack() as tabs:
        yield lambda portal, **how: tabs.enter_context(open_tab(browser, portal.url, **how))
