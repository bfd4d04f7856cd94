"""A process of its own that writes: ``python -m tests.writer URL HOW_MANY``."""

import asyncio
import sys
from datetime import timedelta

from portal.storage.database import Database
from portal.storage.keys import KeyRing
from portal.storage.limits import Limit, count_alone
from tests.making import NOW

NO_LIMIT = Limit("writes", 1_000_000, timedelta(days=1))


async def write(url: str, how_many: int) -> None:
    """Count to ``how_many``, ten at a time, each in a transaction of its own."""
    database = Database(url, KeyRing(("what is written here is no secret",)))
    left = iter(range(how_many))

    async def one_after_another() -> None:
        for _ in left:
            await count_alone(database, NO_LIMIT, "everybody", now=NOW)

    await asyncio.gather(*(one_after_another() for _ in range(10)))
    await database.close()


if __name__ == "__main__":
    asyncio.run(write(sys.argv[1], int(sys.argv[2])))
