"""The one place that reads the time."""

import asyncio
import time
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
"""Rules and screens speak of this wall clock; the database holds UTC."""


class Clock:
    """Tells the time.  Everything that needs the moment is handed one of these."""

    def now(self) -> datetime:
        """This moment, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds that only ever go forward, for measuring how long a thing took."""
        return time.monotonic()

    def running(self) -> datetime:
        """A time that never stands still, for the pace that many processes keep together."""
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        """Wait for so many seconds of :meth:`running`."""
        await asyncio.sleep(seconds)


class StoppedClock(Clock):
    """A clock that stands still until it is moved: for demonstrations and tests."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        """The moment it was last set to."""
        return self.moment
