"""An empty database beside the migrated one, and a database with something in every table."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from portal.domain.arms import Arm
from portal.domain.messages import NotifyService
from portal.storage import limits, sessions
from portal.storage.arms import ArmTallies
from portal.storage.audit import AuditEvents
from portal.storage.brakes import Brakes
from portal.storage.database import Database
from portal.storage.keys import KeyRing
from portal.storage.limits import Limit
from portal.storage.offences import Offences
from portal.storage.sessions import Stage
from tests.making import NOW, an_event, an_offence, one_of_each
from tests.postgresql import Cluster


@pytest.fixture
def empty_url(database_url: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a database of the same kind, without any schema."""
    if database_url.startswith("sqlite"):
        yield f"sqlite+aiosqlite:///{tmp_path / 'empty.db'}"
        return
    cluster: Cluster = request.getfixturevalue("cluster")
    with cluster.database() as name:
        yield cluster.url(name)


@pytest.fixture
async def empty_database(empty_url: str, keys: KeyRing) -> AsyncIterator[Database]:
    database = Database(empty_url, keys)
    yield database
    await database.close()


@pytest.fixture
async def session_id(database: Database) -> str:
    """The id of somebody's session."""
    async with database.noting() as connection:
        session = await sessions.begin(connection, surface="offender", stage=Stage.ASKED, now=NOW)
    return session.id


@pytest.fixture
async def records(database: Database, session_id: str) -> list[Any]:
    """Something in every table."""
    records = one_of_each()
    async with database.changing() as session:
        session.add_all(records)
        await Offences(session).replace([an_offence()])
        await AuditEvents(session).add(an_event(details={"channel": "sms"}))
        await ArmTallies(session).draw("42", set(Arm))
        await Brakes(session).reserve(NotifyService.PLAIN, 1, a_second=40, now=NOW)
        await limits.count(session, Limit("codes an hour", 3, timedelta(hours=1)), "somebody", now=NOW)
    return records
