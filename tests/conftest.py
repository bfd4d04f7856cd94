"""What every test may ask for."""

import secrets
import shutil
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from portal.clock import StoppedClock
from portal.storage.database import Database
from portal.storage.keys import KeyRing
from portal.storage.migrations import migrate
from tests.postgresql import Cluster, a_cluster, apart


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--soak", type=int, default=1, help="repeat what is raced this many times over")


@pytest.fixture(scope="session")
def soak(request: pytest.FixtureRequest) -> int:
    """How many times over a test should repeat what it races: once, unless ``--soak`` says more."""
    return int(request.config.getoption("--soak"))


# Time


@pytest.fixture
def clock() -> StoppedClock:
    """A Monday morning in November: London is on UTC."""
    return StoppedClock(datetime(2026, 11, 23, 10, tzinfo=UTC))


# Databases: whatever asks for one runs on SQLite and on PostgreSQL


@pytest.fixture
def keys() -> KeyRing:
    return KeyRing((secrets.token_urlsafe(48),))


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    with a_cluster() as cluster:
        yield cluster


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite database with the whole schema, to be copied."""
    file = tmp_path_factory.mktemp("migrated") / "portal.db"
    _migrate(f"sqlite+aiosqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def migrated_template(cluster: Cluster) -> Iterator[str]:
    """A PostgreSQL database with the whole schema, to be copied."""
    with cluster.database() as name:
        _migrate(cluster.url(name))
        yield name


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database with the whole schema and nothing in it."""
    if request.param == "sqlite":
        file = shutil.copy(request.getfixturevalue("migrated_file"), tmp_path / "portal.db")
        yield f"sqlite+aiosqlite:///{file}"
        return
    template = request.getfixturevalue("migrated_template")
    cluster: Cluster = request.getfixturevalue("cluster")
    with cluster.database(template) as name:
        yield cluster.url(name)


@pytest.fixture
async def database(database_url: str, keys: KeyRing) -> AsyncIterator[Database]:
    database = Database(database_url, keys)
    yield database
    await database.close()


def _migrate(url: str) -> None:
    async def move() -> None:
        database = Database(url, KeyRing((secrets.token_urlsafe(48),)))
        try:
            await migrate(database)
        finally:
            await database.close()

    apart(move)
