"""However Notify fails and whenever workers are killed, each message goes, once (T-OB 1 to 3)."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from portal.clock import Clock
from portal.domain.messages import LEASE, Message, MessageState, Purpose
from portal.settings import read_settings
from portal.storage.database import Database, open_database
from portal.storage.message_tables import messages
from portal.storage.tables import appointments, audit_events
from tests.faults.nursery import Nursery, a_nursery, is_alive, kill
from tests.making import a_case, a_message, an_offender
from tests.portal_in_haste import HastyClock
from tests.postgresql import Cluster
from tests.running import Portal, ended

SPEED = 3
A_LIFE = 2.0
"""Seconds for which a worker lives."""
WORDS = '{"token": "tokentokentokentokenaa", "phone": "+441632960417"}'
FAULTS: list[dict[str, Any]] = [
    {"kind": "cut-off", "stored": True, "share": 0.06},
    {"kind": "500", "share": 0.06},
    {"kind": "504", "stored": True, "share": 0.06},
    {"kind": "reset", "share": 0.05},
    {"kind": "reset", "stored": True, "share": 0.05},
    {"kind": "hang", "stored": True, "share": 0.04, "seconds": 60 / SPEED},
    {"kind": "429", "share": 0.02},
    {"kind": "502", "share": 0.1, "on": "reads"},
    {"kind": "hang", "share": 0.02, "on": "reads", "seconds": 60 / SPEED},
]
"""Three sends of ten fail, in all the ways there are; and some look-ups."""


@pytest.fixture(params=["sqlite", "postgresql"])
def quiet(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Portal]:
    """A portal without any records, which gets no receipts."""
    if request.param == "sqlite":
        portal = Portal(f"sqlite:///{tmp_path / 'portal.db'}", tmp_path, token="")
        portal.run("migrate")
        yield portal
        return
    cluster: Cluster = request.getfixturevalue("cluster")
    with cluster.database() as name:
        portal = Portal(cluster.url(name), tmp_path, token="")
        portal.run("migrate")
        yield portal


@pytest.fixture
def nursery(quiet: Portal) -> Iterator[Nursery]:
    with a_nursery(quiet._environment(), quiet.var / "nursery.log") as nursery:
        yield nursery


def _database(portal: Portal) -> Database:
    settings = {"PORTAL_VAR": str(portal.var), "PORTAL_DATABASE_URL": portal.database_url}
    return open_database(read_settings(settings))


async def _keep(portal: Portal, people: int, *, with_message: bool) -> list[Message]:
    """People with a case, and perhaps a message that is due."""
    everything: list[Any] = []
    for number in range(people):
        offender = an_offender(mobile=f"+447700900{300 + number % 600}")
        case = a_case(offender)
        everything += [offender, case]
        if with_message:
            message = a_message(
                offender,
                case_id=case.id,
                purpose=Purpose.INVITATION,
                personalisation=WORDS,
                posted_at=portal.moment,
            )
            everything.append(message)
    database = _database(portal)
    async with database.changing() as session:
        session.add_all(everything)
    await database.close()
    return [each for each in everything if isinstance(each, Message)]


async def _next(portal: Portal) -> datetime | None:
    """When there is something to do again; None when all is done."""
    database = _database(portal)
    async with database.reading() as connection:
        due = await connection.scalar(
            select(func.min(messages.c.due_at)).where(messages.c.state == MessageState.QUEUED)
        )
        claimed = await connection.scalar(
            select(func.min(messages.c.claimed_at)).where(messages.c.state == MessageState.CLAIMED)
        )
    await database.close()
    moments = ([due] if due else []) + ([claimed + LEASE] if claimed else [])
    return min(moments, default=None)


async def _states(portal: Portal) -> Counter[MessageState]:
    database = _database(portal)
    async with database.reading() as connection:
        states = Counter((await connection.scalars(select(messages.c.state))).all())
    await database.close()
    return states


def _references(portal: Portal) -> Counter[str]:
    return Counter(message["reference"] for message in portal.outbox())


def test_through_faults_and_kills_nothing_is_lost_and_nothing_goes_twice(
    quiet: Portal, nursery: Nursery, soak: int
):
    people = 200 if soak == 1 else 500 * soak
    posted = asyncio.run(_keep(quiet, people, with_message=True))
    began, begun, kills = Clock().running(), time.monotonic(), 0
    with ended(quiet.start("notify-sandbox", "--port", str(quiet.sandbox_port), "--unlimited")) as sandbox:
        quiet.wait_for_sandbox(sandbox)
        for seed, fault in enumerate(FAULTS, 1):
            order = fault | {"seed": seed}
            answer = httpx.post(f"{quiet.sandbox_url}/sandbox/faults", json=order, trust_env=False)
            assert answer.status_code == httpx.codes.CREATED
        while following := asyncio.run(_next(quiet)):
            idle = following - HastyClock(SPEED, began, quiet.moment).now()
            quiet.moment += max(idle, timedelta())  # while no worker lives, time may pass at once
            worker = nursery.worker(SPEED, began, quiet.moment)
            time.sleep(A_LIFE)
            assert is_alive(worker), nursery.log.read_text()[-2000:]
            kill(worker)
            kills += 1
        sent, states = _references(quiet), asyncio.run(_states(quiet))
    print(f"{people} messages, {kills} kills, {time.monotonic() - begun:.0f} s, {dict(states)}")  # noqa: T201

    assert kills > 1
    assert set(states) <= {MessageState.ACCEPTED, MessageState.DELIVERED}
    assert sent == Counter(str(message.id) for message in posted)


def test_killed_between_a_deed_and_its_message_neither_is_without_the_other(
    quiet: Portal, nursery: Nursery, soak: int
):
    kills = 20 if soak == 1 else 25 * soak
    asyncio.run(_keep(quiet, 100, with_message=False))
    with ended(quiet.start("notify-sandbox", "--port", str(quiet.sandbox_port), "--unlimited")) as sandbox:
        quiet.wait_for_sandbox(sandbox)
        for _ in range(kills):
            began = Clock().running()
            processes = nursery.worker(1, began, quiet.moment), nursery.doer(quiet.moment)
            time.sleep(random.uniform(0.05, 0.8))  # noqa: S311 - no moment is better than another
            for process in processes:
                kill(process)
            quiet.moment += LEASE
        quiet.moment += timedelta(minutes=10)
        quiet.run("worker", "--once")
        sent = _references(quiet)
    given, told, written = asyncio.run(_deeds(quiet))
    print(f"{kills} kills, {len(given)} deeds, {sum(sent.values())} messages")  # noqa: T201

    assert len(given) > kills / 2
    assert given == set(told)
    assert written == Counter(dict.fromkeys(given, 1))
    assert sent == Counter(told.values())


async def _deeds(portal: Portal) -> tuple[set[Any], dict[Any, str], Counter[Any]]:
    """The appointments, the references of their messages, and how often each was written down."""
    database = _database(portal)
    async with database.reading() as connection:
        given = set((await connection.scalars(select(appointments.c.id))).all())
        rows = await connection.execute(
            select(messages.c.about_id, messages.c.id).where(messages.c.purpose == Purpose.APPOINTMENT_BOOKED)
        )
        told = {row.about_id: str(row.id) for row in rows}
        written = await connection.scalars(
            select(audit_events.c.record_id).where(audit_events.c.deed == "appointment.given")
        )
        counted = Counter(written.all())
    await database.close()
    return given, told, counted
