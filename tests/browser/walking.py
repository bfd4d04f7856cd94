"""Going to a listed page, as the one who may see it and in a language."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Response

from portal.web.cookies import session_cookie
from portal.web.i18n import translations
from tests.browser.tabs import Tab, open_tab
from tests.walk.filling import Filled
from tests.walk.listing import Actor, Listed
from tests.walk.prepared import prepared

LOCALES = {"en": "en-GB", "cy": "cy-GB"}
FAULTS = (400, 403, 404, 409, 413, 422, 429, 500, 503)
_addresses = count(1)


BLOCKS = """() => {
  const blocks = "h1, h2, h3, p, li, label, legend, summary, button, caption, th[scope=col], dt, dd";
  document.querySelectorAll("details").forEach((element) => { element.open = true; });
  return [...document.querySelector("main").querySelectorAll(blocks)]
    .filter((element) => !element.querySelector(blocks) && !element.closest("[lang]:not(html), bdi"))
    .map((element) => element.innerText.trim());
}"""
"""What we say ourselves: not a name, a place or a title that somebody else wrote."""


@dataclass(frozen=True)
class Plain:
    """A page as it is without scripts."""

    markup: bytes
    words: list[str]
    blocks: list[str]


@dataclass
class Walk:
    """One browser, one portal; for each actor and language a tab that is kept for the next page."""

    browser: Browser
    url: str
    filled: Filled
    stack: ExitStack
    tabs: dict[tuple[Actor, str, bool], Tab] = field(default_factory=dict)
    seen: dict[tuple[str, str], Plain] = field(default_factory=dict)

    def tab(self, actor: Actor, language: str, *, javascript: bool = True) -> Tab:
        """The actor's own tab, signed in as far as they are."""
        key = (actor, language, javascript)
        if key not in self.tabs:
            self.tabs[key] = self.stack.enter_context(self._open(*key))
        return self.tabs[key]

    def new_tab(self, actor: Actor, language: str = "en"):
        """A tab of a browser that has never been here."""
        return self._open(actor, language, True)

    @contextmanager
    def _open(self, actor: Actor, language: str, javascript: bool) -> Iterator[Tab]:  # noqa: FBT001 - a key's part
        # An address of one's own, so that no page is refused for too many tries.
        headers = {"X-Forwarded-For": f"192.0.2.{next(_addresses)}"}
        how = {"locale": LOCALES[language], "extra_http_headers": headers}
        with open_tab(self.browser, self.url, javascript=javascript, **how) as tab:
            tab.expected = FAULTS
            if actor in self.filled.cookies:
                surface, id_ = self.filled.cookies[actor]
                name, site = session_cookie(surface), "https://127.0.0.1"
                cookie: Any = {"name": name, "value": id_, "url": site, "secure": True, "httpOnly": True}
                tab.page.context.add_cookies([cookie])
            yield tab

    def go(self, listed: Listed, tab: Tab) -> Response:
        """Open the page in its state; what the server answered."""
        answer = tab.page.goto(listed.path.format_map(self.filled.names))
        if listed.sends_nothing:
            with tab.page.expect_navigation() as navigation:
                tab.page.locator("main form button[type=submit]").first.click()
            answer = navigation.value
        assert answer is not None
        return answer

    def plain(self, listed: Listed, language: str) -> Plain:
        """The page without scripts; it is asked for once."""
        key = (listed.name, language)
        if key not in self.seen:
            tab = self.tab(listed.actor, language, javascript=False)
            markup = self.go(listed, tab).body()
            words = tab.page.locator("main").inner_text().split()
            self.seen[key] = Plain(markup, words, tab.page.evaluate(BLOCKS))
        return self.seen[key]


@contextmanager
def a_walk(browser: Browser, folder: Path) -> Iterator[Walk]:
    with prepared(folder) as (url, filled), ExitStack() as stack:
        yield Walk(browser, url, filled, stack)


@cache
def said(language: str, text: str) -> str:
    """What the portal says for an English text."""
    return translations(language).gettext(text)
