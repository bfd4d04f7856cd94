"""Whoever else imports at the same moment, and however an import dies: each case is there once, and whole."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select, true

from portal.domain.messages import Purpose
from portal.intake.importing import Intake
from portal.storage.database import Database
from portal.storage.message_tables import messages
from portal.storage.tables import audit_events, cases, conditions, links, offenders
from tests.integration.intake.many import listed_offences, many, written
from tests.integration.intake.taking import taken_in
from tests.records import events_of
from tests.running import Portal
from tests.unit.intake.making import OFFENCES, REGIMES, a_case


@pytest.fixture
async def intakes(database_url, keys, clock) -> AsyncIterator[list[Intake]]:
    """Several, each with its own way to the records, as several processes have."""
    opened = [Database(database_url, keys) for _ in range(3)]
    yield [Intake(database, OFFENCES, REGIMES, clock) for database in opened]
    for database in opened:
        await database.close()


async def tally_of(database: Database) -> dict[str, int]:
    """How often each case, and what belongs to it, is there."""
    async with database.reading() as connection:
        counts = {
            table.name: await connection.scalar(select(func.count()).select_from(table)) or 0
            for table in (cases, offenders, conditions, links)
        }
        first = select(func.count()).where(messages.c.purpose == Purpose.INVITATION)
        return counts | {"invitations": await connection.scalar(first) or 0}


async def test_the_same_file_by_three_at_once_goes_in_once(database, intakes, soak):
    for round_ in range(soak):
        lines = [
            a_case({"reference": f"R{round_}/{n}", "offender.reference": f"P{round_}/{n}"})
            for n in range(220)
        ]

        tallies = [
            taken.tally for taken in await asyncio.gather(*(taken_in(each, *lines) for each in intakes))
        ]

        assert sum(tally.new for tally in tallies) == 220
        assert sum(tally.unchanged for tally in tallies) == 440
        whole = 220 * (round_ + 1)
        assert await tally_of(database) == {
            "cases": whole,
            "offenders": whole,
            "conditions": 2 * whole,
            "links": whole,
            "invitations": whole,
        }


async def test_files_that_overlap_in_another_order_go_in_too(database, intakes):
    lines = [a_case({"reference": f"R{n}", "offender.reference": f"P{n % 40}"}) for n in range(250)]
    orders = [random.sample(lines, len(lines)) for _ in intakes]

    tallies = [
        taken.tally
        for taken in await asyncio.gather(
            *(taken_in(each, *order) for each, order in zip(intakes, orders, strict=True))
        )
    ]

    assert sum(tally.new for tally in tallies) == 250
    there = await tally_of(database)
    assert (there["cases"], there["offenders"], there["invitations"]) == (250, 40, 40)
    deeds = Counter(event.deed for event in await events_of(database))
    assert deeds["case.imported"] == 250


# Real processes


@pytest.fixture
def portal(database_url, tmp_path) -> Portal:
    return Portal(database_url, tmp_path, datetime(2026, 11, 20, 20, tzinfo=UTC))


async def are_whole(database: Database) -> bool:
    """Whether every case that is there has all that it came with."""
    belongings = (
        (conditions.c.case_id, true(), 2),
        (messages.c.case_id, messages.c.purpose == Purpose.INVITATION, 1),
        (audit_events.c.case_id, audit_events.c.deed == "case.imported", 1),
    )
    async with database.reading() as connection:
        there = list(await connection.scalars(select(cases.c.id)))
        found = [
            Counter(await connection.scalars(select(column).where(which))) for column, which, _ in belongings
        ]
    return found == [Counter(dict.fromkeys(there, each)) for *_, each in belongings]


async def test_an_import_that_is_killed_is_whole_as_far_as_it_came_and_goes_on(
    portal, database, tmp_path, soak
):
    whole = 700 * soak
    file = written(tmp_path / "cases.jsonl", many(whole))
    portal.run("reference", "load-offences", str(listed_offences(tmp_path)))
    for _ in range(soak):
        before = (await tally_of(database))["cases"]
        process = portal.start("import", str(file))
        give_up = time.monotonic() + 60
        while (await tally_of(database))["cases"] == before and process.poll() is None:
            assert time.monotonic() < give_up
            await asyncio.sleep(0.02)
        await asyncio.sleep(random.random() / 2)  # noqa: S311 - any moment will do
        process.kill()
        process.wait()
        assert await are_whole(database)

    portal.run("import", str(file))

    assert await are_whole(database)
    assert (await tally_of(database))["cases"] == whole
