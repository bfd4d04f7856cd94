"""Who may open which page.  A router that names no audience opens to nobody."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.enums import HttpMethod
from litestar.handlers import BaseRouteHandler

from portal.domain.audit import Actor
from portal.domain.staff import Role
from portal.errors import Forged, NotFound, NotSignedIn
from portal.storage import sessions, staff
from portal.storage.sessions import Session
from portal.storage.unit_of_work import Who
from portal.web import csrf
from portal.web.cookies import session_cookie
from portal.web.site import site_of, surface_of

PUBLIC = "public"
SAFE_METHODS = frozenset({HttpMethod.GET.value, HttpMethod.HEAD.value, HttpMethod.OPTIONS.value})


@dataclass(frozen=True, slots=True)
class Colleague:
    """The member of staff who is signed in, as the account stands at this request."""

    id: UUID
    force: str
    role: Role
    name: str


async def only_their_own_pages(
    connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler
) -> None:
    """Open a page only to the audience that its router names, and take forms only from our own pages.

    A page whose router names none opens to nobody, so a new router cannot be
    left unguarded by forgetting to guard it.

    Raises:
        NotSignedIn: if the page is for those who have signed in.
        NotFound: if it is for nobody.
        Forged: if a form was not sent from our own page in this session.
    """
    audience = handler.opt.get("audience")
    if audience == "bearer":
        return
    surface = surface_of(connection)
    session = await session_on(connection, surface)
    connection.scope["user"] = session
    if audience == "staff":
        connection.scope["auth"] = await _colleague(connection, session)
    elif audience == "offender":
        if session is None or not session.is_signed_in:
            raise NotSignedIn(surface)
    elif audience != PUBLIC:
        raise NotFound(f"{connection.url.path} has no audience")
    if connection.scope.get("method") not in SAFE_METHODS:
        await _check_form(connection, surface, session)


async def session_on(connection: ASGIConnection[Any, Any, Any, Any], surface: str) -> Session | None:
    """The live session of that surface which the browser has, if it has one."""
    id_ = connection.cookies.get(session_cookie(surface))
    if not id_:
        return None
    site = site_of(connection)
    async with site.databases[surface_of(connection)].reading() as records:
        return await sessions.find(records, id_, surface=surface, now=site.clock.now())


async def _colleague(connection: ASGIConnection[Any, Any, Any, Any], session: Session | None) -> Colleague:
    """Rights end at once: the account is read at every request (T-AZ 4)."""
    if session is None or not session.is_signed_in or session.person_id is None:
        raise NotSignedIn("staff")
    database = site_of(connection).databases["staff"]
    async with database.reading() as records:
        seen = await staff.account(records, database.keys, session.person_id)
    if seen is None:
        raise NotSignedIn("staff")
    return Colleague(session.person_id, *seen)


async def _check_form(
    connection: ASGIConnection[Any, Any, Any, Any], surface: str, session: Session | None
) -> None:
    """Take only a form of our own.  One of a session that has ended leads to the way in."""
    site = site_of(connection)
    csrf.check_origin(connection, site.settings.base_url)
    given = connection.headers.get(csrf.HEADER)
    if given is None and isinstance(connection, Request):
        given = str((await connection.form()).get(csrf.FIELD, ""))
    try:
        csrf.check_token(given or "", site.databases[surface].keys, surface, session)
    except Forged:
        if session is None and session_cookie(surface) in connection.cookies:
            raise NotSignedIn(surface) from None
        raise


def who(connection: ASGIConnection[Any, Any, Any, Any]) -> Who:
    """Who acts in this request."""
    session: Session | None = connection.scope.get("user")
    if session is None or not session.is_signed_in:
        return Who(Actor.PORTAL, session=session)
    return Who(Actor(session.surface), session.person_id, session.force, session)
