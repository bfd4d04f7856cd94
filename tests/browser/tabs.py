"""A tab of a phone's browser, watched for what no page of ours may do."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Page, Request, ViewportSize

PHONE = ViewportSize(width=360, height=740)
REMARK = "Failed to load resource: the server responded with a status of {}"
"""What Chromium says of a page that is an error page, or a form that came back."""
STORED = """async () => ({
  local: localStorage.length, session: sessionStorage.length, cookies: document.cookie,
  databases: (await indexedDB.databases()).length, caches: (await caches.keys()).length,
  workers: (await navigator.serviceWorker.getRegistrations()).length,
})"""
NOTHING = {"local": 0, "session": 0, "cookies": "", "databases": 0, "caches": 0, "workers": 0}


@dataclass
class Tab:
    """A page, and what its browser complained of."""

    page: Page
    origin: str
    expected: Collection[int] = (HTTPStatus.UNPROCESSABLE_ENTITY,)
    """Statuses that pages may have besides 200."""
    complaints: list[str] = field(default_factory=list)

    def on_console(self, message: ConsoleMessage) -> None:
        is_expected = any(message.text.startswith(REMARK.format(int(status))) for status in self.expected)
        if message.type in ("error", "warning") and not is_expected:
            self.complaints.append(f"{message.type} on {self.page.url}: {message.text}")

    def on_request(self, request: Request) -> None:
        if not request.url.startswith((f"{self.origin}/", "data:")):
            self.complaints.append(f"{self.page.url} asks for {request.url}")

    def remembers(self) -> dict[str, Any]:
        """How much the page put where it would stay."""
        kept: dict[str, Any] = self.page.evaluate(STORED)
        return kept


@contextmanager
def open_tab(browser: Browser, origin: str, *, javascript: bool = True, **how: Any) -> Iterator[Tab]:
    """A tab with a jar of its own for cookies; it must end without a complaint."""
    settings: dict[str, Any] = {"viewport": PHONE, "base_url": origin} | how
    context = browser.new_context(java_script_enabled=javascript, **settings)
    context.set_default_timeout(10_000)
    tab = Tab(context.new_page(), origin)
    tab.page.on("console", tab.on_console)
    tab.page.on("pageerror", lambda error: tab.complaints.append(f"{tab.page.url}: {error}"))
    context.on("request", tab.on_request)
    yield tab
    context.close()
    assert tab.complaints == []
