"""One loop beside the web: send what is due, ask after what was sent, forget what is over."""

import asyncio
import logging
import random
import signal
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from portal.clock import Clock
from portal.domain.audit import Actor
from portal.domain.deliveries import CourierIsBusy, CourierStopped
from portal.services.receiving import Correspondent, Receiving
from portal.services.sending import ask_after, send_due
from portal.storage import limits, sessions
from portal.storage.database import Database
from portal.storage.unit_of_work import Who, WholeWork, unit_of_work

log = logging.getLogger("portal.worker")
MOST_A_SECOND = 40
"""Below Notify's 3,000 a minute; its bucket refills at 50 a second (notify.md, section 5)."""
IDLE_SECONDS = 0.5
FAULT_SECONDS = 2.0
BUSY_SECONDS = (2.0, 5.0)
STOPPED_SECONDS = 30.0
TIDY_EVERY = timedelta(minutes=10)


@dataclass
class Worker:
    """Works through the outbox until it is told to stop."""

    database: Database
    courier: Correspondent
    clock: Clock
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _next_call: float = 0.0
    _tidied_at: datetime | None = None
    _asks: bool = False
    """Whether there may be more to ask after."""
    _receiving: Receiving = field(init=False)

    def __post_init__(self) -> None:
        """What comes in is dealt with in the same turns."""
        self._receiving = Receiving(self.works, self.courier)

    def works(self) -> AbstractAsyncContextManager[WholeWork]:
        """Begin a unit of work of the worker's."""
        return unit_of_work(self.database, WholeWork, now=self.clock.now(), who=Who(Actor.PORTAL))

    async def run(self) -> None:
        """Work until :meth:`stop`.  Whatever goes wrong in one round is waited out."""
        while not self._stopping.is_set():
            try:
                busy = await self.turn()
            except CourierStopped as stopped:
                log.error("Notify refuses everything (%s): see to the key and the clock", stopped)
                await self._rest(STOPPED_SECONDS)
            except Exception as fault:  # noqa: BLE001 - what is due tomorrow must not die of today
                log.warning("%s: trying again", type(fault).__name__)
                await self._rest(FAULT_SECONDS)
            else:
                if not busy:
                    await self._rest(IDLE_SECONDS)

    async def turn(self) -> int:
        """One round.  Say how many messages were taken in hand."""
        busy = await self._send()
        now = self.clock.now()
        if self._tidied_at is None or now - self._tidied_at >= TIDY_EVERY:
            self._tidied_at, self._asks = now, True
            await limits.purge(self.database, now=now)
            async with self.database.noting() as connection:
                await sessions.purge(connection, now=now)
        if self._asks and not self._stopping.is_set():
            self._asks = False
            asked = await ask_after(self.works, self.courier)
            self._asks = asked > 0
            busy += asked
        return busy + await self._receiving.turn(now)

    async def _send(self) -> int:
        try:
            return await send_due(self.works, self.courier, pause=self._pause)
        except CourierIsBusy as busy:
            log.warning("Notify takes nothing for a moment (%s)", busy)
            await self._rest(random.uniform(*BUSY_SECONDS))  # noqa: S311 - spreads load, guards nothing
            return 1

    async def empty(self) -> None:
        """Work until nothing is due.

        Raises:
            CourierStopped: if nothing can be sent.
            CourierIsAway: if Notify does not say what became of what it took.
        """
        while not self._stopping.is_set() and await self.turn():
            pass

    def stop(self) -> None:
        """Finish what is in hand, and end."""
        self._stopping.set()

    async def _pause(self) -> None:
        """Keep below the rate."""
        now = self.clock.monotonic()
        self._next_call = max(self._next_call, now) + 1 / MOST_A_SECOND
        await asyncio.sleep(self._next_call - now - 1 / MOST_A_SECOND)

    async def _rest(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return


def stop_on_signals(stop: Callable[[], None]) -> None:
    """SIGTERM and Ctrl-C ask for an orderly end."""
    loop = asyncio.get_running_loop()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, stop)
