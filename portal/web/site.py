"""What every handler can reach: the settings, the clock, the records and the templates."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import State

from portal.clock import Clock
from portal.services.runs import Previews
from portal.settings import Settings
from portal.storage.database import Database
from portal.storage.sessions import Session
from portal.web.assets import Assets
from portal.web.translating import TranslatedEnvironment


@dataclass(frozen=True)
class Site:
    """One running portal."""

    settings: Settings
    clock: Clock
    assets: Assets
    databases: Mapping[str, Database]
    """Each surface has its own, so that each can be given less than the whole."""
    environments: Mapping[str, TranslatedEnvironment]
    """The templates in each language."""
    previews: Previews
    """Who knows what messages say."""


Visit: TypeAlias = Request[Session | None, Any, State]
"""A request.  Its ``user`` is the session of the surface, if there is a live one."""


def site_of(connection: ASGIConnection[Any, Any, Any, Any]) -> Site:
    """The portal that this connection came to."""
    site: Site = connection.app.state.site
    return site


def surface_of(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """The surface whose page is asked for: its router names it.  What is no page at all is public."""
    handler = connection.scope.get("route_handler")
    return str(handler.opt.get("surface", "public")) if handler else "public"
