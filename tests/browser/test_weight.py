"""Pages are light enough for an old phone on a slow network."""

import re

import brotli
import pytest

from portal.web.assets import BUILT, Assets
from tests.browser.tabs import Tab
from tests.browser.walking import Walk
from tests.walk.listing import PAGES, Listed

KB = 1024
MOST_OF_A_PAGE = 3 * KB
MOST_OF_A_VISIT = 14 * KB
"""What fits into a server's first ten segments."""
MOST_OF_STAFFS_VISIT = 45 * KB
MOST_REQUESTS = 3
QUALITY = 5
"""Of brotli, as pages are compressed while somebody waits."""
ENTRIES = [page for page in PAGES if page.is_entry]
INSIDE = [page for page in PAGES if not page.is_entry and not page.is_for_staff]
WAY_IN = next(page for page in PAGES if page.name == "link")


def _named(listed: Listed) -> str:
    return listed.name


@pytest.mark.parametrize("listed", [*ENTRIES, *INSIDE], ids=_named)
def test_a_page_is_light(listed: Listed, walk: Walk):
    markup = re.sub(rb"<style>.*?</style>", b"", walk.plain(listed, "en").markup, flags=re.DOTALL)
    assert len(brotli.compress(markup, quality=QUALITY)) <= MOST_OF_A_PAGE


@pytest.mark.parametrize("listed", [page for page in ENTRIES if not page.is_for_staff], ids=_named)
def test_a_first_visit_is_light(listed: Listed, walk: Walk):
    with walk.new_tab(listed.actor) as tab:
        came = _what_comes(listed, tab, walk)

    assert sum(came.values()) <= MOST_OF_A_VISIT
    assert len(came) <= MOST_REQUESTS


@pytest.mark.parametrize("listed", INSIDE, ids=_named)
def test_going_on_from_the_way_in_asks_for_little_and_for_nothing_twice(listed: Listed, walk: Walk):
    with walk.new_tab(listed.actor) as tab:
        walk.go(WAY_IN, tab)
        first = _what_comes(listed, tab, walk)
        again = _what_comes(listed, tab, walk)

    assert len(first) <= MOST_REQUESTS
    assert len(again) == 1


def test_staff_pages_are_light_enough(walk: Walk):
    for listed in PAGES:
        if listed.is_for_staff:
            with walk.new_tab(listed.actor) as tab:
                assert sum(_what_comes(listed, tab, walk).values()) <= MOST_OF_STAFFS_VISIT, listed.name


@pytest.mark.parametrize("listed", ENTRIES, ids=_named)
def test_an_entry_page_carries_all_the_styles_that_it_needs(listed: Listed, walk: Walk):
    """A class that the whole sheet knows is in the sheet that the page carries inside."""
    whole = (BUILT / Assets().url("app.css").rpartition("/")[2]).read_text("utf-8")
    inside = str(Assets().entry_css)
    values = re.findall(r'class="([^"]*)"', walk.plain(listed, "en").markup.decode())
    names = {name for value in values for name in value.split()}

    assert {name for name in names if _knows(whole, name) and not _knows(inside, name)} == set()


def _knows(sheet: str, name: str) -> bool:
    return re.search(rf"\.{re.escape(name)}(?![\w-])", sheet) is not None


def _what_comes(listed: Listed, tab: Tab, walk: Walk) -> dict[str, int]:
    """The bytes on the wire for each address; none for what the browser kept."""
    urls: dict[str, str] = {}
    sizes: dict[str, int] = {}
    devtools = tab.page.context.new_cdp_session(tab.page)
    devtools.on(
        "Network.requestWillBeSent", lambda sent: urls.update({sent["requestId"]: sent["request"]["url"]})
    )
    devtools.on(
        "Network.loadingFinished", lambda done: sizes.update({done["requestId"]: done["encodedDataLength"]})
    )
    devtools.send("Network.enable")
    walk.go(listed, tab)
    tab.page.evaluate("document.readyState")
    devtools.detach()
    return {urls[request]: int(size) for request, size in sizes.items() if size and request in urls}
