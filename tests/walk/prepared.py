"""A portal in this very process, with something on every page."""

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from ipaddress import ip_network
from pathlib import Path

from litestar import Litestar, get
from litestar.exceptions import HTTPException
from litestar.params import FromPath
from sqlalchemy.exc import DBAPIError

from portal.app import create_app
from portal.clock import StoppedClock
from portal.domain.appointments import AppointmentHasBegun, AppointmentIsOff
from portal.domain.cases import ConditionsHaveChanged
from portal.errors import Forged, NotFound, RuleBroken, TooMany
from portal.settings import Settings
from portal.storage.database import Database
from portal.storage.keys import KeyRing
from portal.storage.migrations import migrate
from tests.integration.notify_sandbox.servers import served
from tests.making import NOW
from tests.postgresql import apart
from tests.visitor import litestar_of
from tests.walk.filling import Filled, fill

CAUSES: Mapping[str, Exception] = {
    "crash": RuntimeError("a fault of ours"),
    "forged": Forged("not our form"),
    "not_found": NotFound("nothing"),
    "not_theirs": NotFound("somebody else's"),
    "too_large": HTTPException(status_code=413),
    "too_many": TooMany("tries", retry_after=300),
    "unavailable": DBAPIError("a statement", {}, Exception("the database is away")),
    "unusable": HTTPException(status_code=400),
    "begun": AppointmentHasBegun(),
    "off": AppointmentIsOff(),
    "changed": ConditionsHaveChanged(),
    "another_rule": RuleBroken(),
}


@contextmanager
def prepared(folder: Path) -> Iterator[tuple[str, Filled]]:
    """Where it answers, and what is in it."""
    settings = Settings(
        var=folder,
        database_url=f"sqlite+aiosqlite:///{folder / 'portal.db'}",
        secret_key=secrets.token_urlsafe(48),
        trusted_proxies=(ip_network("127.0.0.1"),),
    )
    filled = apart(lambda: _fill(settings))
    app = create_app(settings, clock=StoppedClock(NOW))
    add_faults(litestar_of(app))
    with served(app) as url:
        yield url, filled


async def _fill(settings: Settings) -> Filled:
    database = Database(settings.database_url, KeyRing((settings.secret_key,)))
    try:
        await migrate(database)
        return await fill(database)
    finally:
        await database.close()


def add_faults(app: Litestar) -> None:
    """Pages that go wrong in each way that has an error page."""
    for surface in ("public", "offender"):

        @get(f"/walk/{surface}/{{cause:str}}", opt={"surface": surface, "audience": "public"})
        async def fail(cause: FromPath[str]) -> None:
            raise CAUSES[cause]

        app.register(fail)
