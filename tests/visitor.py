"""Somebody at a browser, as far as the server can tell."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx
import pyotp
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute
from litestar.types import ASGIApp
from lxml import html  # type: ignore[import-untyped] # it ships no types
from lxml.html import FormElement, HtmlElement  # type: ignore[import-untyped] # the same
from sqlalchemy import select

from portal.clock import StoppedClock
from portal.domain.messages import Message, Purpose
from portal.domain.offenders import Offender
from portal.domain.staff import StaffMember
from portal.storage.database import Database
from portal.storage.keys import new_token
from portal.storage.message_tables import messages
from portal.web.site import Site
from tests.making import PASSWORD, a_link

BASE_URL = "https://portal.test"
ASKS_FOR = {"Accept": "text/html", "Accept-Language": "en-GB,en;q=0.9"}
TYPED = {"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate"}
FROM_OUR_PAGE = {"Origin": BASE_URL, "Sec-Fetch-Site": "same-origin"}
MOST_REDIRECTS = 5


def litestar_of(app: ASGIApp) -> Litestar:
    """The application inside all that is wrapped around it."""
    inner: Any = app
    while not isinstance(inner, Litestar):
        inner = inner.app
    return inner


def routes_of(app: Litestar) -> Iterator[tuple[str, HTTPRouteHandler, str]]:
    """Every way to ask for every route: the method, who handles it, and the path with its gaps."""
    for route in sorted(app.routes, key=lambda route: route.path_format):
        assert isinstance(route, HTTPRoute)
        for handler in route.route_handlers:
            for method in sorted(handler.http_methods - {"OPTIONS"}):
                yield method, handler, route.path_format


def site_of(app: ASGIApp) -> Site:
    """What the portal's handlers can reach."""
    site: Site = litestar_of(app).state.site
    return site


class Page:
    """An answer, and what it shows."""

    def __init__(self, answer: httpx.Response) -> None:
        self.answer = answer

    def __repr__(self) -> str:
        return f"<{self.status} of {self.answer.request.method} {self.path}>"

    @property
    def status(self) -> int:
        return self.answer.status_code

    @property
    def headers(self) -> httpx.Headers:
        return self.answer.headers

    @property
    def path(self) -> str:
        """The path that it was asked for at."""
        return self.answer.url.path

    @property
    def location(self) -> str | None:
        """Where a redirect leads."""
        location: str | None = self.headers.get("location")
        return location

    @property
    def source(self) -> str:
        return self.answer.text

    @property
    def is_whole(self) -> bool:
        """Whether it is a page, and not a part that is swapped into one."""
        return "<html" in self.source

    @cached_property
    def tree(self) -> HtmlElement:
        return html.document_fromstring(self.source or "<html></html>")

    @property
    def title(self) -> str:
        return self.text("title")

    def text(self, css: str = "main") -> str:
        """The words of the one element that ``css`` finds."""
        found = self.texts(css)
        assert len(found) == 1, f"{self}: {len(found)} elements match {css}"
        return found[0]

    def texts(self, css: str) -> list[str]:
        """The words of every element that ``css`` finds."""
        return [" ".join(element.text_content().split()) for element in self.tree.cssselect(css)]

    def has(self, css: str) -> bool:
        return bool(self.tree.cssselect(css))

    def attribute(self, css: str, name: str) -> str:
        """An attribute of the one element that ``css`` finds."""
        (element,) = self.tree.cssselect(css)
        return str(element.get(name))

    @property
    def forms(self) -> dict[str, FormElement]:
        """Its forms, by the path that each is sent to."""
        here = str(self.answer.url)
        return {urlsplit(urljoin(here, form.action or here)).path: form for form in self.tree.forms}

    @property
    def token(self) -> str:
        """The token of its forms, or nothing where it has no form."""
        return next((form.fields["csrf"] for form in self.tree.forms if "csrf" in form.fields), "")


@dataclass
class Visitor:
    """Opens pages and sends their forms, with cookies and headers like a browser's.

    Nothing is followed unless ``follow`` says so.
    """

    app: ASGIApp
    database: Database
    clock: StoppedClock
    address: str = "192.0.2.1"
    page: Page | None = None
    """The page that is open."""
    client: httpx.AsyncClient = field(init=False)

    def __post_init__(self) -> None:
        transport = httpx.ASGITransport(self.app, client=(self.address, 50_000))  # type: ignore[arg-type] # the same protocol by another name
        self.client = httpx.AsyncClient(transport=transport, base_url=BASE_URL, headers=ASKS_FOR)

    @property
    def cookies(self) -> dict[str, str]:
        """What the browser keeps, by name."""
        return {cookie.name: cookie.value or "" for cookie in self.client.cookies.jar}

    async def ask(self, method: str, path: str, **how: Any) -> Page:
        """Any request at all.  The page that is open stays open."""
        return Page(await self.client.request(method, path, **how))

    async def open(
        self, path: str, *, follow: bool = False, headers: Mapping[str, str] | None = None
    ) -> Page:
        """Type an address, or tap a link."""
        answer = await self.ask("GET", path, headers=TYPED | dict(headers or {}))
        return await self._show(answer, follow=follow)

    async def send(
        self,
        path: str,
        fields: Mapping[str, str] | None = None,
        *,
        follow: bool = False,
        htmx: bool = False,
        headers: Mapping[str, str] | None = None,
    ) -> Page:
        """Send the open page's form for ``path``, filled in; without one, any token that the page has."""
        sent = {"csrf": self.page.token if self.page else ""} | self._filled_in(path) | dict(fields or {})
        given = FROM_OUR_PAGE | ({"HX-Request": "true"} if htmx else {}) | dict(headers or {})
        return await self._show(await self.ask("POST", path, data=sent, headers=given), follow=follow)

    def _filled_in(self, path: str) -> dict[str, str]:
        form = self.page.forms.get(urlsplit(path).path) if self.page else None
        return {} if form is None else {name: value or "" for name, value in form.fields.items()}

    async def _show(self, page: Page, *, follow: bool) -> Page:
        for _ in range(MOST_REDIRECTS):
            if not (follow and page.location):
                break
            page = await self.ask("GET", page.location, headers={"Sec-Fetch-Site": "same-origin"})
        if page.is_whole:
            self.page = page
        return page

    # Signing in, by the way that everybody takes

    async def sign_in(self, offender: Offender) -> Page:
        """Open a link, ask for a code, and enter it."""
        await self.ask_for_code(await self.link_of(offender))
        return await self.enter(await self.code_of(offender))

    async def link_of(self, offender: Offender, **changes: Any) -> str:
        """The path of a new link."""
        token = new_token()
        async with self.database.changing() as session:
            session.add(a_link(offender, token=token, made_at=self.clock.now(), **changes))
        return f"/a/{token}"

    async def ask_for_code(self, link: str) -> Page:
        """Open the link and ask for a code."""
        await self.open(link)
        return await self.send(link, follow=True)

    async def code_of(self, offender: Offender) -> str:
        """The digits in the newest message to the person."""
        query = (
            select(Message)
            .where(messages.c.offender_id == offender.id, messages.c.purpose == Purpose.CODE)
            .order_by(messages.c.posted_at.desc(), messages.c.due_at.desc())
        )
        async with self.database.changing() as session:
            newest = (await session.scalars(query.limit(1))).one()
            return str(json.loads(newest.personalisation)["code"])

    async def enter(self, code: str) -> Page:
        """Type a code into the page that asks for one."""
        return await self.send("/code", {"code": code}, follow=True)

    async def sign_in_as_staff(self, member: StaffMember, *, password: str = PASSWORD) -> Page:
        """Give the password, then the code that the authenticator shows now."""
        await self.give_password(member, password=password)
        return await self.send("/staff/sign-in/code", {"code": self.totp_of(member)}, follow=True)

    async def give_password(self, member: StaffMember, *, password: str = PASSWORD) -> Page:
        """The first of the two steps."""
        await self.open("/staff/sign-in")
        return await self.send("/staff/sign-in", {"email": member.email, "password": password}, follow=True)

    def totp_of(self, member: StaffMember, *, steps: int = 0) -> str:
        """What the member's authenticator shows now, or so many steps of 30 seconds later."""
        return pyotp.TOTP(member.totp_secret).at(int(self.clock.now().timestamp()) + 30 * steps)
