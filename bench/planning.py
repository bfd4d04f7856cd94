"""Whether planning reminders stays as quick while cases pile up: ``python -m bench.planning``.

Each case has six conditions and four appointments, for which some twenty reminders are planned and
kept.  What is compared is the first tenth of the cases with the last tenth, in one database: planning
is linear where the two cost the same.
"""

import argparse
import asyncio
import tempfile
import time
from datetime import datetime
from pathlib import Path
from secrets import token_urlsafe

from bench import records
from portal.clock import Clock
from portal.domain.audit import Actor
from portal.services.planning import plan_reminders
from portal.storage.database import Database
from portal.storage.keys import KeyRing
from portal.storage.migrations import migrate
from portal.storage.unit_of_work import Who, WholeWork, unit_of_work

BATCH = 100
CASES_OF_ONE = 2


async def planned(database: Database, number: int, now: datetime) -> float:
    """Add a batch of people from that number on, and plan for them; say how long the planning took."""
    crowd = [records.person(number + place, now) for place in range(BATCH // CASES_OF_ONE)]
    for person in crowd:
        person.offender.mobile = None  # a thousand drama numbers are too few for as many people
    async with unit_of_work(database, WholeWork, now=now, who=Who(Actor.INTAKE)) as work:
        work.session.add_all(row for person in crowd for row in person.rows)
    begun = time.perf_counter()
    async with unit_of_work(database, WholeWork, now=now, who=Who(Actor.INTAKE)) as work:
        for person in crowd:
            await plan_reminders(work, person.offender)
    return time.perf_counter() - begun


async def measure(url: str, cases: int) -> list[float]:
    """Seconds for each batch, in order."""
    database, now = Database(url, KeyRing((token_urlsafe(48),))), Clock().now()
    now = now.replace(minute=0, second=0, microsecond=0)
    try:
        await migrate(database)
        return [await planned(database, number, now) for number in range(0, cases, BATCH)]
    finally:
        await database.close()


def main() -> None:
    reading = argparse.ArgumentParser(description=__doc__)
    reading.add_argument("--cases", type=int, default=100_000)
    asked = reading.parse_args()
    with tempfile.TemporaryDirectory() as name:
        took = asyncio.run(measure(f"sqlite+aiosqlite:///{Path(name) / 'portal.db'}", asked.cases))
    tenth = max(1, len(took) // 10)
    first, last = sum(took[:tenth]), sum(took[-tenth:])
    print(f"{asked.cases} cases: {sum(took) / asked.cases * 1e3:.2f} ms a case")
    print(f"the last tenth takes {last / first:.2f} times as long as the first (goal: at most 1.2)")


if __name__ == "__main__":
    main()
