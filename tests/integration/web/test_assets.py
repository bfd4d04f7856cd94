"""Built files are small, kept for ever, and open to everybody."""

import gzip
import json
import re
from base64 import b64encode
from hashlib import sha256
from typing import Any

import brotli
import httpx
import pytest
from litestar import Litestar, Response

from portal.errors import Misconfigured, NotFound
from portal.web.assets import BUILT, Assets


@pytest.fixture(scope="session")
def assets():
    return Assets()


@pytest.fixture
async def browser(assets):
    app: Any = Litestar(
        [assets.router()],
        exception_handlers={NotFound: lambda *_: Response("", status_code=404)},
        openapi_config=None,
    )
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://portal.test") as client:
        yield client


@pytest.mark.parametrize(
    ("accepts", "encoding"),
    [
        ("gzip, deflate, br", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("br;q=0.0", None),
        ("br;q=nonsense", "br"),
        ("identity", None),
        ("", None),
    ],
)
async def test_a_sheet_comes_as_small_as_the_browser_allows(assets, browser, accepts, encoding):
    async with browser.stream("GET", assets.url("app.css"), headers={"Accept-Encoding": accepts}) as answer:
        body = b"".join([part async for part in answer.aiter_raw()])

    opened = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[encoding](body)
    assert opened == (BUILT / assets.url("app.css").rpartition("/")[2]).read_bytes()
    assert answer.headers.get("content-encoding") == encoding
    assert answer.headers["vary"] == "Accept-Encoding"


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("app.css", "text/css; charset=utf-8"),
        ("app.rtl.css", "text/css; charset=utf-8"),
        ("app.js", "text/javascript; charset=utf-8"),
        ("staff.js", "text/javascript; charset=utf-8"),
        ("victim.js", "text/javascript; charset=utf-8"),
        ("icon.svg", "image/svg+xml"),
        ("icon.png", "image/png"),
    ],
)
async def test_a_file_is_kept_for_ever_under_a_name_of_its_content(assets, browser, name, media_type):
    answer = await browser.get(assets.url(name))

    assert answer.status_code == 200
    assert answer.headers["content-type"] == media_type
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert sha256(answer.content).hexdigest()[:12] in assets.url(name)


@pytest.mark.parametrize(
    "name", ["manifest.json", "app.css", "app.js.br", "..%2Fbuild.mjs", "%00", "nothing"]
)
async def test_nothing_else_is_served(browser, name):
    assert (await browser.get(f"/static/built/{name}")).status_code == 404


async def test_the_icon_that_old_browsers_ask_for_is_ours(assets, browser):
    answer = await browser.get("/favicon.ico")

    assert answer.headers["content-type"] == "image/png"
    assert answer.content == (BUILT / assets.url("icon.png").rpartition("/")[2]).read_bytes()


async def test_a_script_finds_the_script_that_it_fetches_later(assets, browser):
    script = (await browser.get(assets.url("app.js"))).text

    later = re.findall(r'import\("\./([^"]+)"\)', script)

    assert [f"/static/built/{name}" for name in later] == [assets.url("forms.js")]


def test_the_sheet_of_entry_pages_is_allowed_by_its_hash(assets):
    digest = b64encode(sha256(str(assets.entry_css).encode()).digest()).decode()

    assert assets.entry_css_source == f"'sha256-{digest}'"
    assert "</" not in assets.entry_css


@pytest.mark.parametrize("name", ["app.css", "app.rtl.css", "entry.css"])
def test_no_sheet_asks_for_another_file_or_looks_like_gov_uk(name):
    manifest = json.loads((BUILT / "manifest.json").read_text())
    sheet = (BUILT / manifest[name]).read_text()

    assert not re.findall(r"url\(|@import|@font-face|GDS Transport|crown|crest|#1d70b8", sheet)


def test_without_a_build_the_portal_says_what_to_run(tmp_path):
    with pytest.raises(Misconfigured, match="run make install"):
        Assets(tmp_path)


def test_every_handler_is_open_to_everybody(assets):
    app: Any = Litestar([assets.router()], openapi_config=None)

    assert all(
        handler.opt["audience"] == "public" for route in app.routes for handler in route.route_handlers
    )
