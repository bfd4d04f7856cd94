"""Pages for everybody: help, privacy, cookies, accessibility, languages; and health for machines."""

import shutil
from http import HTTPStatus
from pathlib import Path

from litestar import Response, Router, get
from litestar.params import FromPath

from portal.errors import NotFound
from portal.storage import migrations
from portal.web.i18n import offered
from portal.web.pages import page
from portal.web.signing_in import PUBLIC
from portal.web.site import Visit, site_of

PAGES = ("help", "privacy", "cookies", "accessibility")
GIGABYTE = 2**30
SECURITY_TXT = "Contact: mailto:security@amends.example\nPreferred-Languages: en, cy\nExpires: {expires}\n"


@get("/{name:str}", name="public.page")
async def show(request: Visit, name: FromPath[str]) -> Response[bytes]:
    """One of the pages that the footer leads to."""
    if name not in PAGES:
        raise NotFound(name)
    return page(request, f"public/{name}.html", entry=True)


@get("/language", name="public.languages")
async def languages(request: Visit) -> Response[bytes]:
    """Every language by its own name."""
    return page(request, "public/language.html", entry=True, tongues=offered(request))


@get("/health/live", name="public.live")
async def live() -> Response[str]:
    """The process answers."""
    return Response("live", media_type="text/plain")


@get("/health/ready", name="public.ready")
async def ready(request: Visit) -> Response[str]:
    """The database answers, is of the schema that this code needs, and its disk has room."""
    site = site_of(request)
    at = await migrations.current(site.databases["public"])
    is_ready = at == migrations.head() and _has_room(site.settings.var)
    status = HTTPStatus.OK if is_ready else HTTPStatus.SERVICE_UNAVAILABLE
    return Response("ready" if is_ready else "not ready", media_type="text/plain", status_code=status)


def _has_room(folder: Path) -> bool:
    """A tenth of the disk, or a gigabyte."""
    if not folder.exists():
        return True
    disk = shutil.disk_usage(folder)
    return disk.free >= min(disk.total // 10, GIGABYTE)


@get("/.well-known/security.txt", name="public.security")
async def security(request: Visit) -> Response[str]:
    """Where to report a weakness (RFC 9116)."""
    now = site_of(request).clock.now()
    expires = now.replace(year=now.year + 1, month=1, day=1).isoformat(timespec="seconds")
    return Response(SECURITY_TXT.format(expires=expires), media_type="text/plain; charset=utf-8")


router = Router(
    "/",
    route_handlers=[show, languages, live, ready, security],
    opt={"surface": "public", "audience": PUBLIC},
    include_in_schema=False,
)
