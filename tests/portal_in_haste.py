"""The portal's command line by a clock that runs faster than the machine's, as one process of many.

``python -m tests.portal_in_haste SPEED BEGAN MOMENT COMMAND …``: at ``BEGAN`` of the machine's clock it
was ``MOMENT``, and since then ``SPEED`` seconds have passed in each of the machine's.  All that the
portal measures by its clock goes faster alike, and so does its patience with Notify: nothing in it
is shorter in proportion than it is for real.
"""

import asyncio
import sys
from datetime import datetime

from portal.__main__ import main
from portal.clock import Clock
from portal.notify import client
from tests.portal_at import end_with_whoever_started_us


class HastyClock(Clock):
    """A clock that has run faster since a moment that all processes agree on."""

    def __init__(self, speed: float, began: datetime, moment: datetime) -> None:
        self.speed, self.began, self.moment = speed, began, moment

    def now(self) -> datetime:
        return self.moment + (super().now() - self.began) * self.speed

    def running(self) -> datetime:
        return self.now()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self.speed)


def work_in_haste(speed: float, began: datetime, moment: datetime) -> None:
    """Run the command that the process was started with."""
    client.TIMEOUT_SECONDS /= speed
    main(HastyClock(speed, began, moment))


if __name__ == "__main__":
    end_with_whoever_started_us()
    given = [sys.argv.pop(1) for _ in range(3)]
    work_in_haste(float(given[0]), *map(datetime.fromisoformat, given[1:]))
