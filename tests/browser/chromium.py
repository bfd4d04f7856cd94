"""Which Chromium the tests run.  `python -m tests.browser.chromium` says it, or fails."""

import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, Playwright, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)
HINT = """\
The browser tests need Chromium.  Install it with one of
  .venv/bin/playwright install chromium
  apt-get install chromium
or name one: PORTAL_TEST_CHROMIUM=/path/to/chromium
"""


def find(playwright: Playwright) -> str:
    """The one that is named, else Playwright's own, else the system's.

    Raises:
        FileNotFoundError: if there is none; it says how to get one.
    """
    named = os.environ.get("PORTAL_TEST_CHROMIUM")  # noqa: TID251 - the tests' own setting, not the portal's
    own = playwright.chromium.executable_path
    found = (
        named or (own if Path(own).exists() else None) or next(filter(None, map(shutil.which, NAMES)), None)
    )
    if found is None or not Path(found).exists():
        raise FileNotFoundError(HINT)
    return found


def launch(playwright: Playwright) -> Browser:
    """A browser without a window.  Playwright itself does without the sandbox, which root cannot have."""
    return playwright.chromium.launch(executable_path=find(playwright), args=ARGUMENTS)


if __name__ == "__main__":
    with sync_playwright() as playwright:
        try:
            print(find(playwright))  # noqa: T201 - it is asked for
        except FileNotFoundError as missing:
            sys.exit(str(missing))
