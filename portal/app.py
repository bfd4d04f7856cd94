"""The only wiring: settings in, an application out."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

from litestar import Litestar, Router
from litestar.datastructures import State
from litestar.types import ASGIApp

from portal import api, offender, staff
from portal.clock import Clock
from portal.domain.messages import NotifyService
from portal.notify.previews import Previews
from portal.notify.template_ids import template_ids
from portal.settings import Settings
from portal.storage.database import Database, open_database
from portal.storage.sqlite import Writing
from portal.storage.tables import VICTIM_TABLES
from portal.web import public, refusals
from portal.web.access_log import AccessLog
from portal.web.assets import Assets
from portal.web.errors import ERROR_PAGES
from portal.web.headers import SecurityHeaders
from portal.web.heads import Heads
from portal.web.i18n import environments
from portal.web.signing_in import only_their_own_pages
from portal.web.site import Site

SURFACES: Mapping[str, Router] = {"offender": offender.router, "staff": staff.router, "api": api.router}
SEES_NO_VICTIM = frozenset({"offender", "provider", "public"})
LARGEST_FORM = 64 * 1024


def create_app(
    settings: Settings,
    *,
    surfaces: Sequence[str] = tuple(SURFACES),
    clock: Clock | None = None,
) -> ASGIApp:
    """Build the portal from its settings, with the surfaces that this process serves."""
    clock = clock or Clock()
    portal = create_litestar(settings, surfaces=surfaces, clock=clock)
    return AccessLog(SecurityHeaders(Heads(portal)), clock)


def create_litestar(settings: Settings, *, surfaces: Sequence[str], clock: Clock) -> Litestar:
    """The application itself, without what is wrapped around it."""
    assets = Assets()
    databases = open_databases(settings, surfaces)
    site = Site(settings, clock, assets, databases, environments(assets), _previews(settings))

    @asynccontextmanager
    async def open_records(app: Litestar) -> AsyncIterator[None]:
        yield
        for database in databases.values():
            await database.close()

    return Litestar(
        route_handlers=[*(SURFACES[surface] for surface in surfaces), public.router, assets.router()],
        guards=[only_their_own_pages],
        exception_handlers=ERROR_PAGES,
        after_exception=[refusals.write_down],
        lifespan=[open_records],
        state=State({"site": site}),
        request_max_body_size=LARGEST_FORM,
        openapi_config=None,
        logging_config=None,
        debug=settings.debug,
    )


def _previews(settings: Settings) -> Previews:
    return Previews(
        template_ids(settings.notify_templates, services=(NotifyService.PLAIN,)),
        settings.base_url,
        settings.sms_price,
        lambda force: settings.of_force(force).drafts,
    )


def open_databases(settings: Settings, surfaces: Sequence[str]) -> Mapping[str, Database]:
    """For each surface its own way to the records, fenced off from what is not its own."""
    writing = Writing()
    return {
        surface: open_database(
            settings,
            forbidden=VICTIM_TABLES if surface in SEES_NO_VICTIM else frozenset(),
            writing=writing,
        )
        for surface in (*surfaces, "public")
    }
