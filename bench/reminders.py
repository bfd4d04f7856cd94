"""Reminders by the crowd: ``python -m bench.reminders sending``, ``finding`` or ``pages``.

* ``sending``: messages a minute from one worker to a sandbox without limits, the worker's own rate
  lifted, beside bare calls of the same client from as many threads.
* ``finding``: how long a worker takes to claim forty that are due while 10,000 or 1,000,000 others
  are planned, on SQLite and on PostgreSQL.
* ``pages``: how long the signed-in conditions page takes while every call to Notify hangs, beside
  the same while all goes well.  The first minute is the worst: later, tries grow rarer.
"""

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from secrets import token_urlsafe
from uuid import uuid4

import httpx
import uvloop
from sqlalchemy import func, select, text

from bench import records
from bench.load import LOOPBACK
from bench.page import OUR_COOKIE
from bench.servers import a_free_port, serving
from portal.clock import Clock
from portal.domain.deliveries import Letter
from portal.domain.messages import Channel, Message, MessageState, NotifyService, Purpose
from portal.notify.client import Notify
from portal.notify.template_ids import template_ids
from portal.notify_sandbox.keys import DEVELOPMENT_KEY
from portal.services.sending import UNDER_WAY
from portal.storage.database import Database
from portal.storage.keys import KeyRing
from portal.storage.message_tables import messages
from portal.storage.messages import Outbox
from portal.storage.migrations import migrate
from portal.worker import Worker
from tests.postgresql import a_cluster

CODE = '{"code": "482915"}'
NO_LIMIT = 1e6
DUE, SIZES, ROUNDS = 40, (10_000, 1_000_000), 60
REAL_SPEED, A_MINUTE = 1, 60.0
PLANNED = {
    "sqlite": """
        INSERT INTO messages (id, offender_id, purpose, language, key, personalisation, posted_at, due_at,
                              send_before, state, tries)
        WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :many)
        SELECT lower(hex(randomblob(16))), offender_id, purpose, language, 'planned:' || n, personalisation,
               posted_at, printf('2099-01-%02d', n % 28 + 1) || substr(due_at, 11), send_before, state, 0
          FROM numbers, (SELECT * FROM messages LIMIT 1)""",
    "postgresql": """
        INSERT INTO messages (id, offender_id, purpose, language, key, personalisation, posted_at, due_at,
                              send_before, state, tries)
        SELECT gen_random_uuid(), offender_id, purpose, language, 'planned:' || n, personalisation,
               posted_at, timestamptz '2099-01-01' + n % 28 * interval '1 day', send_before, state, 0
          FROM generate_series(1, CAST(:many AS integer)) AS n, (SELECT * FROM messages LIMIT 1) AS one""",
}


def a_courier(address: str) -> Notify:
    """The portal's own client, of the sandbox at that address."""
    return Notify(
        {NotifyService.PLAIN: DEVELOPMENT_KEY},
        address=address,
        templates=template_ids(None),
        base_url="http://127.0.0.1:8000",
        drafts=bool,
    )


def reminders(crowd: list[records.Person], many: int, now: datetime) -> list[Message]:
    """Reminders of an appointment, due now, in turns to everybody."""
    people = (crowd[number % len(crowd)] for number in range(many))
    return [
        Message(
            offender_id=person.offender.id,
            case_id=person.appointments[0].case_id,
            about_id=person.appointments[0].id,
            purpose=Purpose.APPOINTMENT_TOMORROW,
            language="en",
            key=f"tomorrow:{uuid4()}",
            personalisation="{}",
            posted_at=now,
            due_at=now,
            send_before=now + timedelta(days=2),
        )
        for person in people
    ]


@contextmanager
def a_sandbox(folder: Path) -> Iterator[str]:
    """A sandbox without limits, in a process of its own; its address."""
    folder.mkdir(exist_ok=True)
    port = a_free_port()
    command = (sys.executable, "-m", "portal", "notify-sandbox", "--port", port, "--unlimited")
    with serving(command, port, {"PORTAL_VAR": folder / "sandbox"}, log=folder / "sandbox.log"):
        yield f"http://{LOOPBACK}:{port}"


# Sending


class Noon(Clock):
    """The machine's clock, set so that nobody is asleep."""

    def __init__(self) -> None:
        began = super().now()
        self._shift = began.replace(hour=12, minute=0) - began

    def now(self) -> datetime:
        """This moment, some hours away."""
        return super().now() + self._shift


async def sent(database: Database, courier: Notify, crowd: list[records.Person], many: int) -> float:
    """Messages a minute, from the moment when all are due until Notify has the last."""
    clock = Noon()
    async with database.changing() as session:
        session.add_all(reminders(crowd, many, clock.now()))
    worker = Worker(database, courier, clock, a_second=NO_LIMIT)
    left = select(func.count()).where(messages.c.state.in_((MessageState.QUEUED, MessageState.CLAIMED)))
    begun = time.perf_counter()
    running = asyncio.create_task(worker.run())
    waits = True
    while waits:
        await asyncio.sleep(0.1)
        async with database.reading() as connection:
            waits = bool(await connection.scalar(left))
    took = time.perf_counter() - begun
    worker.stop()
    await running
    return many / took * 60


def called(courier: Notify, crowd: list[records.Person], many: int) -> float:
    """Bare calls of the client a minute."""
    given = reminders(crowd, many, Clock().now())
    for message in given:
        message.purpose, message.personalisation = Purpose.CODE, CODE
    to = {person.offender.id: person.offender.mobile or "" for person in crowd}
    letters = [Letter(each, Channel.SMS, to[each.offender_id], "Morwenna", "42") for each in given]
    begun = time.perf_counter()
    with ThreadPoolExecutor(UNDER_WAY) as threads:
        list(threads.map(courier.deliver, letters))
    return many / (time.perf_counter() - begun) * 60


async def measure_sending(folder: Path, many: int) -> None:
    """Both, in turns."""
    crowd = records.people(Clock().now())
    database = Database(f"sqlite+aiosqlite:///{folder / 'portal.db'}", KeyRing((token_urlsafe(48),)))
    await migrate(database)
    async with database.changing() as session:
        session.add_all(row for person in crowd for row in person.rows)
    ours, bare = [], []
    with a_sandbox(folder) as address:
        courier = a_courier(address)
        for _ in range(3):
            ours.append(await sent(database, courier, crowd, many))
            bare.append(await asyncio.to_thread(called, courier, crowd, many))
    await database.close()
    print(f"one worker  {statistics.median(ours):8.0f} messages a minute, at best {max(ours):.0f}")
    print(f"bare client {statistics.median(bare):8.0f} calls a minute, at best {max(bare):.0f}")


# Finding


async def measure_finding(folder: Path, _: int) -> None:
    """Claim and give back, again and again, with few and with many planned."""
    with a_cluster() as cluster, ExitStack() as kept:
        urls: dict[str, Callable[[int], str]] = {
            "sqlite": lambda size: f"sqlite+aiosqlite:///{folder / f'{size}.db'}",
            "postgresql": lambda _: cluster.url(kept.enter_context(cluster.database())),
        }
        for kind, url in urls.items():
            databases = {size: await _planned(url(size), size) for size in SIZES}
            took: dict[int, list[float]] = {size: [] for size in SIZES}
            for _round in range(ROUNDS):
                for size, database in databases.items():
                    took[size].append(await _claim(database))
            few, many = (statistics.median(took[size]) * 1e3 for size in SIZES)
            print(f"{kind:<12}{few:6.2f} ms of {SIZES[0]:,}, {many:6.2f} of {SIZES[1]:,}: {many / few:.2f}")
            for database in databases.values():
                await database.close()


async def _planned(url: str, size: int) -> Database:
    database = Database(url, KeyRing((token_urlsafe(48),)))
    await migrate(database)
    crowd = records.people(Clock().now())[:1]
    async with database.changing() as session:
        session.add_all(row for person in crowd for row in person.rows)
        session.add_all(reminders(crowd, DUE, Clock().now()))
    async with database.engine.begin() as connection:
        await connection.execute(text("SET statement_timeout = 0" if not database.is_sqlite else "SELECT 1"))
        await connection.execute(text(PLANNED[database.engine.dialect.name]), {"many": size})
        await connection.execute(text("ANALYZE"))
    return database


async def _claim(database: Database) -> float:
    async with database.changing() as session:
        begun = time.perf_counter()
        found = await Outbox(session).claim(now=Clock().now(), most=DUE)
        took = time.perf_counter() - begun
        assert len(found) == DUE
        await session.rollback()
    return took


# Pages


async def measure_pages(folder: Path, many: int) -> None:
    """The page while all calls hang, and while all goes well."""
    now = Clock().now().replace(hour=12, minute=0, second=0, microsecond=0)
    secret, crowd, port = token_urlsafe(48), records.people(now), a_free_port()
    session_id = await asyncio.to_thread(
        records.fill_portal, folder / "portal.db", secret, crowd, Clock().now()
    )
    database = Database(f"sqlite+aiosqlite:///{folder / 'portal.db'}", KeyRing((secret,)))
    told = {
        "PORTAL_VAR": folder,
        "PORTAL_SECRET_KEY": secret,
        "PORTAL_DATABASE_URL": f"sqlite:///{folder / 'portal.db'}",
    }
    serve = (sys.executable, "-m", "portal", "serve", "--port", port)
    took: dict[str, list[float]] = {}
    with serving(serve, port, told, log=folder / "serve.log"):
        for mode in ("well", "hung", "well again", "hung again"):
            async with database.changing() as session:
                session.add_all(reminders(crowd, many, now))
            with a_sandbox(folder / mode) as address:
                if mode.startswith("hung"):
                    hang = {"kind": "hang", "share": 1, "on": "all", "seconds": 3600}
                    await asyncio.to_thread(_order, address, hang)
                haste = (REAL_SPEED, Clock().now().isoformat(), now.isoformat())
                worker = (sys.executable, "-m", "tests.portal_in_haste", *haste, "worker")
                with serving(
                    worker, port, told | {"PORTAL_NOTIFY_BASE_URL": address}, log=folder / "worker.log"
                ):
                    took[mode] = await asyncio.to_thread(_ask, port, session_id)
    await database.close()
    for mode, seconds in took.items():
        later = statistics.quantiles(seconds, n=20)[-1]
        print(
            f"{mode:<12}{statistics.median(seconds) * 1e3:7.2f} ms, 95th of a hundred {later * 1e3:7.2f} ms"
        )
    well, hung = (statistics.median(took[mode] + took[f"{mode} again"]) for mode in ("well", "hung"))
    print(f"hung costs {hung / well:.2f} times well")


def _order(address: str, fault: dict[str, object]) -> None:
    httpx.post(f"{address}/sandbox/faults", json=fault, trust_env=False).raise_for_status()


def _ask(port: int, session_id: str) -> list[float]:
    """Look at the page again and again for a minute, as one person does; how long each look took."""
    connection, took = HTTPConnection(LOOPBACK, port, timeout=30), []
    headers = {"Host": LOOPBACK, "Cookie": f"{OUR_COOKIE}={session_id}"}
    until = time.monotonic() + A_MINUTE
    while time.monotonic() < until:
        begun = time.perf_counter()
        connection.request("GET", "/", headers=headers)
        answer = connection.getresponse()
        answer.read()
        took.append(time.perf_counter() - begun)
        assert answer.status == 200, answer.status
        time.sleep(0.05)
    connection.close()
    return took


MEASURES = {"sending": measure_sending, "finding": measure_finding, "pages": measure_pages}


def main() -> None:
    reading = argparse.ArgumentParser(description=__doc__)
    reading.add_argument("what", choices=MEASURES)
    reading.add_argument("--many", type=int, default=2000, help="messages to send")
    asked = reading.parse_args()
    with tempfile.TemporaryDirectory() as name:
        uvloop.run(MEASURES[asked.what](Path(name), asked.many))


if __name__ == "__main__":
    main()
