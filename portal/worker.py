"""Lanes beside the web: send what is due, ask after what was sent, forget what is over."""

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from portal.clock import Clock
from portal.domain.audit import Actor
from portal.domain.deliveries import CourierStopped
from portal.services.falling_back import fall_back_in_silence
from portal.services.receipts import ask_after
from portal.services.receiving import Correspondent, Receiving
from portal.services.sending import MOST_A_SECOND, Lane
from portal.storage import limits, sessions
from portal.storage.database import Database
from portal.storage.unit_of_work import Who, WholeWork, unit_of_work

log = logging.getLogger("portal.worker")
IDLE_SECONDS = 0.5
FAULT_SECONDS = 2.0
TIDY_EVERY = timedelta(minutes=10)


@dataclass
class Worker:
    """Works through the outbox until it is told to stop."""

    database: Database
    courier: Correspondent
    clock: Clock
    a_second: float = MOST_A_SECOND
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _tidied_at: datetime | None = None

    def __post_init__(self) -> None:
        how = self.works, self.courier, self.clock
        self.lane = Lane(*how, a_second=self.a_second)
        self.urgent_lane = Lane(*how, a_second=self.a_second, urgent_only=True)
        self.receiving = Receiving(self.works, self.courier)

    def works(self) -> AbstractAsyncContextManager[WholeWork]:
        """Begin a unit of work of the worker's."""
        return unit_of_work(self.database, WholeWork, now=self.clock.now(), who=Who(Actor.PORTAL))

    async def run(self) -> None:
        """Work until :meth:`stop`, then finish what is in hand."""
        turns = (self.urgent_lane.turn, self.lane.turn, self.chores)
        await asyncio.gather(*(self.again_and_again(turn) for turn in turns))
        await asyncio.gather(self.urgent_lane.finish(), self.lane.finish())

    async def again_and_again(self, turn: Callable[[], Awaitable[int]]) -> None:
        """Take turns until :meth:`stop`.  Whatever goes wrong in one is waited out."""
        while not self._stopping.is_set():
            try:
                busy = await turn()
            except CourierStopped as stopped:
                log.error("Notify refuses everything (%s): see to the key and the clock", stopped)
            except Exception as fault:  # noqa: BLE001 - what is due tomorrow must not die of today
                log.warning("%s: trying again", type(fault).__name__)
                await self._rest(FAULT_SECONDS)
            else:
                if not busy:
                    await self._rest(IDLE_SECONDS)

    async def turn(self) -> int:
        """One round of everything.  Say how many messages were taken in hand.

        Raises:
            CourierStopped: if a service refuses everything.
            CourierIsAway: if Notify does not say what became of what it took.
        """
        return await self.lane.round() + await self.chores()

    async def chores(self) -> int:
        """All that is not sending.  Say how many messages it was about."""
        now = self.clock.now()
        if self._tidied_at is None or now - self._tidied_at >= TIDY_EVERY:
            self._tidied_at = now
            await limits.purge(self.database, now=now)
            async with self.database.noting() as connection:
                await sessions.purge(connection, now=now)
        fallen_back = await fall_back_in_silence(self.works)
        return fallen_back + await ask_after(self.works, self.courier) + await self.receiving.turn(now)

    async def empty(self) -> None:
        """Work until nothing is due.

        Raises:
            CourierStopped: if a service refuses everything.
            CourierIsAway: if Notify does not say what became of what it took.
        """
        while not self._stopping.is_set() and await self.turn():
            pass

    def stop(self) -> None:
        """Finish what is in hand, and end."""
        self._stopping.set()
        self.lane.stop()
        self.urgent_lane.stop()

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
