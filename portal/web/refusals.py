"""What is refused to somebody who is signed in is written down: who, and at which route (ASVS 16.3.2)."""

import logging
from datetime import timedelta
from typing import Any

from litestar.connection import ASGIConnection
from litestar.types import Scope

from portal.domain.audit import Actor, Event, LoggedAs
from portal.errors import Forged, NotFound, NotSignedIn, TooMany
from portal.storage import limits
from portal.storage.audit import AuditEvents
from portal.storage.limits import Limit
from portal.storage.sessions import LIVES, Session
from portal.web.signing_in import PUBLIC, session_on
from portal.web.site import site_of, surface_of

log = logging.getLogger("portal.refusals")
WRITTEN_DOWN = Limit("refusals written down per session", 20, timedelta(hours=1))
"""Enough to see that somebody tries doors, and too little to fill a disk with."""
REFUSED = (NotFound, NotSignedIn, Forged)


async def write_down(error: Exception, scope: Scope) -> None:
    """Litestar's hook for every error: what was begun has been undone, and the answer is still to come.

    The answer is the same whether this could be written or not.
    """
    connection = ASGIConnection[Any, Any, Any, Any](scope)
    handler = scope.get("route_handler")
    if not isinstance(error, REFUSED) or handler is None:
        return
    if isinstance(error, NotFound) and handler.opt.get("audience") == PUBLIC:
        return
    try:
        if session := await _who_asked(connection):
            await _add(connection, session, route=str(handler.name), because=type(error).__name__)
    except TooMany:
        pass
    except Exception as unwritten:  # noqa: BLE001 - whatever it is, the person gets the page of the first error
        request_id = scope["state"].get("request_id")
        log.error("a refusal was not written down: %s in request %s", type(unwritten).__name__, request_id)  # noqa: TRY400 - a traceback could hold values (T-LOG 3)


async def _who_asked(connection: ASGIConnection[Any, Any, Any, Any]) -> Session | None:
    """Somebody who is signed in here, or on another surface than the one they ask."""
    here: Session | None = connection.scope.get("user")
    if here is not None and here.is_signed_in:
        return here
    for surface in LIVES:
        session = await session_on(connection, surface)
        if session is not None and session.is_signed_in:
            return session
    return None


async def _add(
    connection: ASGIConnection[Any, Any, Any, Any], session: Session, *, route: str, because: str
) -> None:
    site = site_of(connection)
    now = site.clock.now()
    event = Event(
        at=now,
        actor=Actor(session.surface),
        actor_id=session.person_id,
        deed="access.refused",
        logged_as=LoggedAs.SECURITY,
        force=session.force,
        details={"route": route, "because": because},
    )
    async with site.databases[surface_of(connection)].noting() as records:
        await limits.count(records, WRITTEN_DOWN, session.id_hash.hex(), now=now)
        await AuditEvents(records).add(event)
