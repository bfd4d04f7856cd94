"""Every answer carries the same guards, whoever gives it and however it ends."""

from typing import Any

import pytest

from portal.web.headers import POLICY
from tests.visitor import FROM_OUR_PAGE, Page, site_of

ALWAYS = {
    "content-security-policy": POLICY.format(style=""),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), browsing-topics=()",
    "strict-transport-security": "max-age=31536000; includeSubDomains",
    "cache-control": "no-store",
}
LARGE = 65 * 1024
FORM = FROM_OUR_PAGE | {"Content-Type": "application/x-www-form-urlencoded"}


EVERY_KIND: list[tuple[str, str, dict[str, Any], int]] = [
    ("GET", "/help", {}, 200),
    ("GET", "/health/live", {}, 200),
    ("GET", "/.well-known/security.txt", {}, 200),
    ("GET", "/", {}, 303),
    ("GET", "/staff/cases", {}, 303),
    ("GET", "/nothing/here", {}, 404),
    ("GET", "/nothing", {}, 404),
    ("HEAD", "/help", {}, 200),
    ("HEAD", "/api/notify/receipts", {}, 405),
    ("OPTIONS", "/help", {}, 204),
    ("PUT", "/help", {}, 405),
    ("TRACE", "/", {}, 405),
    ("POST", "/a/x", {"content": b"", "headers": FORM}, 403),
    ("POST", "/a/x", {"content": b"x" * LARGE, "headers": FORM}, 413),
    ("POST", "/api/notify/receipts", {"content": b"{}"}, 403),
]


async def test_headers_are_exact_on_every_kind_of_answer(visitor, app):
    with_sheet = POLICY.format(style=f" {site_of(app).assets.entry_css_source}")
    for method, path, how, status in EVERY_KIND:
        page = await visitor.ask(method, path, **how)

        policy = {"content-security-policy": with_sheet} if page.has("style") or method == "HEAD" else {}
        assert page.status == status, (method, path)
        assert _guards(page) == ALWAYS | policy, (method, path)


def _guards(page: Page) -> dict[str, str]:
    """Each once: of two the browser would choose."""
    return {name: ", ".join(page.headers.get_list(name)) for name in ALWAYS}


AS_IT_IS = {"Accept-Encoding": "identity"}
"""What is packed differs in length each time, since tokens do."""
HEADED = (
    "/help",
    "/nothing",
    "/health/live",
    "/favicon.ico",
    "/",
    "/staff/cases",
    "/code",
    "/a/x",
    "/?lang=cy",
)


async def test_head_says_all_that_get_says_and_sends_no_body(visitor, offender_visitor):
    for path in HEADED:
        for somebody in (visitor, offender_visitor):
            page, head = [await somebody.ask(method, path, headers=AS_IT_IS) for method in ("GET", "HEAD")]

            assert (head.status, head.answer.content) == (page.status, b""), path
            assert head.headers.multi_items() == page.headers.multi_items(), path


async def test_where_get_is_allowed_head_is_said_to_be_too(visitor):
    allowed = {
        (method, path): set((await visitor.ask(method, path)).headers["allow"].split(", "))
        for method, path in (("OPTIONS", "/help"), ("PUT", "/help"), ("PUT", "/api/notify/receipts"))
    }

    assert allowed == {
        ("OPTIONS", "/help"): {"GET", "HEAD", "OPTIONS"},
        ("PUT", "/help"): {"GET", "HEAD", "OPTIONS"},
        ("PUT", "/api/notify/receipts"): {"POST", "OPTIONS"},
    }


@pytest.mark.parametrize("loose", ["unsafe", "*", "data:", "http:", "https:", "blob:", "nonce-"])
def test_the_policy_leaves_no_gap(loose):
    assert loose not in POLICY


async def test_a_crash_has_the_guards_too(visitor, monkeypatch):
    monkeypatch.setattr("portal.web.public.page", lambda *_: 1 / 0)

    page = await visitor.open("/help")

    assert page.status == 500
    assert _guards(page).keys() == ALWAYS.keys()
    assert page.headers["cache-control"] == "no-store"


async def test_a_sheet_is_kept_and_guarded(visitor, app):
    page = await visitor.ask("GET", site_of(app).assets.url("app.css"))

    assert _guards(page) == ALWAYS | {"cache-control": "public, max-age=31536000, immutable"}


async def test_a_page_says_what_it_varies_by(offender_visitor):
    page = await offender_visitor.open("/")

    assert page.headers["vary"] == "Accept-Encoding, Cookie"
    assert page.headers["content-type"] == "text/html; charset=utf-8"


async def test_no_answer_tells_what_runs_here(offender_visitor):
    for path in ("/help", "/", "/a/x", "/nothing"):
        page = await offender_visitor.open(path)

        assert not {"server", "x-powered-by", "via", "set-cookie"} & set(page.headers), path
