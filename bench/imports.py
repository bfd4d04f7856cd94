"""How fast case files go in, beside the bare insertion of the same bytes: ``python -m bench.imports``.

The portal reads, checks, seals, writes down and invites, once; then it reads the same file
again and finds nothing new.  The yardstick puts each line as it is into a table of one column,
by as many a transaction.  All wait for the disk at every commit.
"""

import argparse
import asyncio
import json
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import count, cycle, islice
from pathlib import Path
from secrets import token_urlsafe
from statistics import median

from bench.servers import settings
from portal.clock import Clock
from portal.commands.caseload import OFFENCES, case_files
from portal.intake.importing import BATCH
from portal.storage.database import Database
from portal.storage.keys import KeyRing
from portal.storage.migrations import migrate
from portal.storage.offences import Offences
from portal.storage.sqlite import PRAGMAS


def lines() -> Iterator[bytes]:
    """Case files without end, each of a new case of a new person."""
    shapes = [json.loads(line) for line in case_files(Clock().now())]
    for number, shape in zip(count(), cycle(shapes), strict=False):
        person = shape["offender"] | {"reference": f"B{number:07}", "email": f"b{number}@bench.example"}
        case = shape | {"reference": f"BENCH/{number:07}/26", "offender": person}
        yield json.dumps(case, ensure_ascii=False).encode()


def imported(folder: Path, file: Path) -> tuple[float, float]:
    """Seconds that ``portal import`` takes for a file that is new, and then for the same one."""
    database, secret = folder / f"{token_urlsafe(8)}.db", token_urlsafe(48)
    asyncio.run(_prepare(f"sqlite+aiosqlite:///{database}", secret))
    told = {"PORTAL_DATABASE_URL": f"sqlite:///{database}", "PORTAL_SECRET_KEY": secret, "PORTAL_VAR": folder}
    command = ["env", *settings(told), sys.executable, "-m", "portal", "import", str(file)]

    def run() -> None:
        subprocess.run(command, check=True, capture_output=True)

    return _seconds(run), _seconds(run)


async def _prepare(url: str, secret: str) -> None:
    database = Database(url, KeyRing((secret,)))
    try:
        await migrate(database)
        async with database.changing() as session:
            await Offences(session).replace(OFFENCES)
    finally:
        await database.close()


def inserted(folder: Path, file: Path) -> float:
    """Seconds that the bare lines take."""
    database = sqlite3.connect(folder / f"{token_urlsafe(8)}.db", isolation_level=None)
    for pragma in PRAGMAS:
        database.execute(pragma)
    database.execute("CREATE TABLE lines (number INTEGER PRIMARY KEY, line BLOB NOT NULL)")

    def insert() -> None:
        with file.open("rb") as stream:
            while batch := [(line,) for line in islice(stream, BATCH)]:
                database.execute("BEGIN IMMEDIATE")
                database.executemany("INSERT INTO lines (line) VALUES (?)", batch)
                database.execute("COMMIT")

    return _seconds(insert)


def _seconds(work: Callable[[], None]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def main() -> None:
    reading = argparse.ArgumentParser(description=__doc__)
    reading.add_argument("--rounds", type=int, default=3)
    reading.add_argument("--lines", type=int, default=20_000)
    asked = reading.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = folder / "cases.jsonl"
        with file.open("wb") as stream:
            stream.writelines(line + b"\n" for line in islice(lines(), asked.lines))
        times = [(*imported(folder, file), inserted(folder, file)) for _ in range(asked.rounds)]
    new, same, bare = (asked.lines / median(taken) for taken in zip(*times, strict=True))
    print(f"{'portal import, all new':<26}{new:10.0f} lines/s")
    print(f"{'portal import, all known':<26}{same:10.0f} lines/s")
    print(f"{'bare insertion':<26}{bare:10.0f} lines/s")
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"{'most memory of an import':<26}{most:10.0f} MiB")
    print(f"a new line costs {bare / new:.0f} times, a known one {bare / same:.0f} times a bare insertion")


if __name__ == "__main__":
    main()
