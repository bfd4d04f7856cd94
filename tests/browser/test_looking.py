"""The checks of the page walk see what is wrong, so that their silence means something."""

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.test_pages import AXE, LOOKING, RULES, RUN_AXE, SMALL

POOR = """<!DOCTYPE html><html><head><title>x</title><style>
a:focus { outline: none } a { display: block; height: 20px; width: 20px; color: #ccc }
.wide { width: 500px } .cut { overflow: hidden; height: 20px; width: 100px; font: 16px/1.2 sans-serif }
.far { position: fixed; top: -500px; width: 40px; height: 40px }
@keyframes turn { to { rotate: 360deg } } .turns { width: 10px; animation: turn 1s infinite }
</style></head><body><main><a href="#">x</a><p style="color: #ccc">Pale words</p><p class="wide">Too wide</p>
<p class="cut">Words that are cut off where their box ends</p><p class="turns">o</p>
<img src="data:,"></main></body></html>"""


@pytest.fixture
def poor(browser: Browser) -> Page:
    page = browser.new_page(viewport=SMALL)
    page.set_content(POOR)
    page.evaluate(LOOKING)
    return page


def test_a_target_that_is_too_small_is_seen(poor: Page):
    assert "is 20 by 20" in poor.evaluate("looking.smallTargets()")[0]


def test_what_sticks_out_is_seen(poor: Page):
    assert "the page is 5" in poor.evaluate("looking.overflowing()")[0]


def test_what_is_cut_off_is_seen(poor: Page):
    assert any(
        "is cut off" in problem for problem in poor.evaluate("looking.withSpacing(() => looking.clipped())")
    )


def test_focus_that_does_not_show_is_seen(poor: Page):
    poor.keyboard.press("Tab")
    assert "shows no focus" in poor.evaluate("looking.stop()")["wrong"]


def test_movement_is_seen(poor: Page):
    assert poor.evaluate("looking.moving()") == ["turn moves"]


def test_axe_sees_barriers(poor: Page):
    poor.evaluate(AXE)
    found = {rule["id"] for rule in poor.evaluate(RUN_AXE, RULES)["violations"]}
    assert {"html-has-lang", "image-alt", "color-contrast"} <= found
