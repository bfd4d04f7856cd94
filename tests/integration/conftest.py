"""The whole portal, with every guard on, and people at their browsers."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from typing import Any, TypeAlias

import pytest
from argon2 import PasswordHasher
from jinja2 import Environment
from litestar.types import ASGIApp

import portal.app
from portal.app import create_app
from portal.clock import StoppedClock
from portal.domain.appointments import Appointment
from portal.domain.cases import Case
from portal.domain.offenders import Offender
from portal.domain.staff import StaffMember
from portal.services import passwords
from portal.settings import Settings
from portal.storage.database import Database
from portal.storage.keys import KeyRing
from portal.web.assets import Assets
from portal.web.i18n import environments
from tests.making import a_case, a_condition, a_staff_member, an_appointment, an_offender
from tests.visitor import BASE_URL, Visitor, site_of

Keep: TypeAlias = Callable[..., Awaitable[None]]
Arrive: TypeAlias = Callable[..., Visitor]
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""Like what makers hash with: a test of many sign-ins need not wait for each."""


@pytest.fixture(scope="session")
def built() -> Assets:
    """Read once for all tests: they are the same files."""
    return Assets()


@pytest.fixture(scope="session")
def compiled(built: Assets) -> Mapping[str, Environment]:
    """The templates, compiled once for all tests."""
    return environments(built)


@pytest.fixture
def settings(database_url: str, keys: KeyRing) -> Settings:
    return Settings(
        database_url=database_url,
        secret_key=keys.secrets[0],
        base_url=BASE_URL,
        notify_callback_tokens=("the token of Notify's callbacks", "the token before it"),
    )


@pytest.fixture
async def app(
    settings: Settings,
    clock: StoppedClock,
    built: Assets,
    compiled: Mapping[str, Environment],
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[ASGIApp]:
    """The portal as it is served."""
    monkeypatch.setattr(portal.app, "environments", lambda _: compiled)
    monkeypatch.setattr(portal.app, "Assets", lambda: built)
    monkeypatch.setattr(passwords, "_hasher", QUICK)
    monkeypatch.setattr(passwords, "NOBODY", QUICK.hash("nobody has this password"))
    app = create_app(settings, clock=clock)
    yield app
    for opened in site_of(app).databases.values():
        await opened.close()


@pytest.fixture
async def arrive(app: ASGIApp, database: Database, clock: StoppedClock) -> AsyncIterator[Arrive]:
    """Call it for another visitor, at a browser of their own."""
    async with AsyncExitStack() as stack:

        def another(**changes: Any) -> Visitor:
            visitor = Visitor(app, database, clock, **changes)
            stack.push_async_callback(visitor.client.aclose)
            return visitor

        yield another


@pytest.fixture
def visitor(arrive: Arrive) -> Visitor:
    """Somebody who has not signed in."""
    return arrive()


# Records


@pytest.fixture
def keep(database: Database) -> Keep:
    """Call it with records to have them in the database."""

    async def add(*records: Any) -> None:
        async with database.changing() as session:
            session.add_all(records)

    return add


@pytest.fixture
async def offender(keep: Keep) -> Offender:
    offender = an_offender()
    await keep(offender)
    return offender


@pytest.fixture
async def case(keep: Keep, offender: Offender) -> Case:
    """The offender's case, with one condition."""
    case = a_case(offender)
    await keep(case, a_condition(case))
    return case


@pytest.fixture
async def appointment(keep: Keep, case: Case) -> Appointment:
    """The offender's appointment, three days from now."""
    appointment = an_appointment(case)
    await keep(appointment)
    return appointment


@pytest.fixture
async def member(keep: Keep) -> StaffMember:
    """An officer of the offender's force."""
    member = a_staff_member()
    await keep(member)
    return member


# People who have signed in


@pytest.fixture
async def offender_visitor(arrive: Arrive, offender: Offender) -> Visitor:
    visitor = arrive()
    await visitor.sign_in(offender)
    return visitor


@pytest.fixture
async def staff_visitor(arrive: Arrive, member: StaffMember) -> Visitor:
    visitor = arrive()
    await visitor.sign_in_as_staff(member)
    return visitor
