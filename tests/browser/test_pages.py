"""Every page of the listing, in English and in Welsh, for everybody: however they see, read or point."""

from typing import Any

import pytest
from playwright.sync_api import Page, ViewportSize

from portal.settings import ROOT
from tests.browser.tabs import NOTHING, PHONE, Tab
from tests.browser.walking import LOCALES, Walk, said
from tests.walk.listing import PAGES, Listed

LOOKING = (ROOT / "tests" / "browser" / "looking.js").read_text("utf-8")
AXE = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag2aaa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN_AXE = """tags => axe.run(document, {runOnly: {type: "tag", values: tags}, resultTypes: ["violations"]})"""
SMALL = ViewportSize(width=320, height=256)
"""As a page is at 400 % on a screen of 1280 by 1024 (WCAG 1.4.10)."""
MOST_STOPS = 25
MOST_STOPS_OF_STAFF = 100
LEAST_PICTURE = 3000
"""Bytes of a picture on which something is to be seen."""


@pytest.fixture(params=LOCALES)
def language(request: pytest.FixtureRequest) -> str:
    language: str = request.param
    return language


@pytest.mark.parametrize("listed", PAGES, ids=lambda listed: listed.name)
def test_nothing_is_wrong_with(listed: Listed, walk: Walk, language: str):
    tab = walk.tab(listed.actor, language)
    page = tab.page
    try:
        answer = walk.go(listed, tab)
        page.evaluate(LOOKING)
        facts = page.evaluate("looking.facts()")

        assert facts["headings"] == [said(language, listed.heading)]
        assert facts["title"] == _title(listed, language)
        assert (facts["language"], facts["direction"]) == (language, "ltr")
        assert answer.headers["content-language"] == language
        assert (
            _spoken(facts["words"].split()) == _spoken(walk.plain(listed, language).words) or listed.changes
        )
        assert tab.remembers() == NOTHING
        wrong = _stops(page, listed, has_focus=facts["focused"])
        page.evaluate("looking.openAll()")
        wrong += page.evaluate("looking.smallTargets()")
        wrong += _barriers(page)
        wrong += _when_small(page)
        wrong += _without_colours_or_movement(page)
        assert "\n".join(wrong + tab.complaints) == ""
    finally:
        _as_it_was(tab)


def _spoken(words: list[str]) -> list[str]:
    """What is said without a script as well: only a script can show a password."""
    return [word for word in words if word not in ("Show", "Dangos")]


def _title(listed: Listed, language: str) -> str:
    error = said(language, "Error: ") if listed.sends_nothing else ""
    return f"{error}{said(language, listed.title or listed.heading)} - {said(language, 'Amends')}"


def _stops(page: Page, listed: Listed, *, has_focus: bool) -> list[str]:
    """What is wrong for somebody who goes through the page by the Tab key."""
    most = MOST_STOPS_OF_STAFF if listed.is_for_staff else MOST_STOPS
    stops: list[dict[str, Any]] = []
    while len(stops) <= most:
        page.keyboard.press("Tab")
        stop = page.evaluate("looking.stop()")
        if stop is None:
            break
        stops.append(stop)
    wrong = [f"{stop['name']} {problem}" for stop in stops for problem in stop["wrong"]]
    if len(stops) > most:
        wrong.append(f"there are more than {most} stops")
    if not has_focus and not stops[0]["isSkipLink"]:
        wrong.append(f"the first stop is {stops[0]['name']}")
    return wrong


def _barriers(page: Page) -> list[str]:
    page.evaluate(AXE)
    found = page.evaluate(RUN_AXE, RULES)["violations"]
    return [
        f"{rule['id']}: {node['html']} {node['failureSummary']}" for rule in found for node in rule["nodes"]
    ]


def _when_small(page: Page) -> list[str]:
    """On the narrowest of screens; then with as much space between letters and lines as readers may need."""
    page.set_viewport_size(SMALL)
    plain: list[str] = page.evaluate("looking.overflowing()")
    spaced: list[str] = page.evaluate(
        "looking.withSpacing(() => [...looking.overflowing(), ...looking.clipped()])"
    )
    return [*plain, *(f"with space: {problem}" for problem in spaced)]


def _without_colours_or_movement(page: Page) -> list[str]:
    page.emulate_media(forced_colors="active", reduced_motion="reduce", color_scheme="dark")
    moving: list[str] = page.evaluate("looking.moving()")
    if len(page.screenshot()) < LEAST_PICTURE:
        moving.append("there is nothing to be seen in forced colours")
    return moving


def _as_it_was(tab: Tab) -> None:
    tab.page.emulate_media(forced_colors="none", reduced_motion="no-preference", color_scheme="light")
    tab.page.set_viewport_size(PHONE)
    tab.complaints.clear()
