"""Sending what is in the outbox, batch by batch: claim and write and commit, call, store.

Nothing is held over the calls to Notify.  A try whose outcome is not known waits a lease, then
asks Notify by reference before anything is sent again (notify.md, section 15).
"""

import asyncio
import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from sqlalchemy.exc import InterfaceError, OperationalError

from portal.clock import Clock
from portal.domain.deliveries import CourierIsAway, CourierIsBusy, CourierStopped, Delayed, Letter, NotBegun
from portal.domain.messages import NotifyService
from portal.services.braking import Doubts
from portal.services.couriers import Courier, Works
from portal.services.settling import Came, settle, settle_ours
from portal.services.writing import Written, write_all
from portal.storage.unit_of_work import WholeWork

log = logging.getLogger("portal.sending")
MOST_A_SECOND = 40.0
"""Below Notify's 3,000 a minute; its bucket refills at 50 a second (notify.md, section 5)."""
AT_ONCE = 40
"""The most that one transaction claims."""
UNDER_WAY = 64
URGENT_UNDER_WAY = 16
LATEST_START = timedelta(seconds=5)
"""Notify may work on a call for 30 seconds: begun by then, it has ended when the lease has."""
FAR_AHEAD = timedelta(seconds=2)
"""No more is claimed while turns are given away for so long: what is claimed must begin in time."""
A_MOMENT = 0.1
"""Seconds for which outcomes are gathered, to be stored together."""
PATIENCE = 0.25
"""Seconds after which what is due is looked for again, though no call has ended."""
LONGEST_DRAIN = 22.0
"""Seconds.  A supervisor gives a process 25 or 30; a call ends in 20 (its connection, then its answer)."""


class Lane:
    """Messages that one worker has in hand.  A slow call holds up neither the others nor another lane."""

    def __init__(
        self,
        works: Works,
        courier: Courier,
        clock: Clock,
        *,
        a_second: float = MOST_A_SECOND,
        urgent_only: bool = False,
    ) -> None:
        """Prepare to send.

        Args:
            works: begins each unit of work.
            courier: who carries the messages.
            clock: of the worker.
            a_second: the most calls in a second, of all workers together, for each of Notify's services.
            urgent_only: whether this lane is kept free for those who wait with the phone in their hand.
        """
        self._works, self._courier, self._clock = works, courier, clock
        self._a_second, self._urgent_only = a_second, urgent_only
        self._most = URGENT_UNDER_WAY if urgent_only else UNDER_WAY
        self._threads = ThreadPoolExecutor(self._most, thread_name_prefix="calling")
        self._under_way: set[asyncio.Task[Came]] = set()
        self._unstored: list[Came] = []
        self._doubts = Doubts()
        self._halted: dict[NotifyService, datetime] = {}
        self._is_stopping = False

    async def turn(self) -> int:
        """Take in hand what there is room for, and store what has come back.  Say how many are in hand.

        Raises:
            CourierStopped: if a service refuses everything; what was claimed for it is given back.
        """
        taken = await self._take()
        in_hand = taken + len(self._under_way)
        self._complain(await self._store_what_came())
        return in_hand

    async def round(self) -> int:
        """Take what is due in hand, and wait for the end of all of it.  Say how many were taken.

        Raises:
            CourierStopped: if a service refuses everything; what was claimed for it is given back.
        """
        taken, came = await self._take(), []
        while self._under_way or self._unstored:
            came += await self._store_what_came()
        self._complain(came)
        return taken

    def stop(self) -> None:
        """Claim no more, and begin no call that has not begun."""
        self._is_stopping = True

    async def finish(self) -> None:
        """Wait for the calls that have begun, give back the others.  What hangs on is left to its lease."""
        self.stop()
        give_up = self._clock.monotonic() + LONGEST_DRAIN
        while (self._under_way or self._unstored) and self._clock.monotonic() < give_up:
            await self._store_what_came()
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _take(self) -> int:
        room = min(AT_ONCE, self._most - len(self._under_way))
        if room <= 0 or self._is_stopping:
            return 0
        async with self._works() as work:
            if await work.brakes.ahead(now=self._clock.running()) > FAR_AHEAD and not self._urgent_only:
                return 0
            ids = await work.outbox.claim(now=work.now, most=room, urgent_only=self._urgent_only)
            if not ids:
                return 0
            messages = await work.outbox.in_order(ids)
            written = await write_all(work, messages, self._courier)
            ended = [
                Came(each, each.letter)
                for each in written
                if each.look_in is None and not isinstance(each.letter, Letter)
            ]
            await settle_ours(work, messages, ended, self._doubts)
            done = {each.written.message.id for each in ended}
            turns = await self._reserve(work, [each for each in written if each.message.id not in done])
        for each, at in turns:
            self._under_way.add(asyncio.create_task(self._call(each, at)))
        return len(ids)

    async def _reserve(self, work: WholeWork, written: Sequence[Written]) -> list[tuple[Written, datetime]]:
        """When each may be called for.  Only sends count towards Notify's rate."""
        now = self._clock.running()
        turns = [(each, now) for each in written if not isinstance(each.letter, Letter)]
        for service in NotifyService:
            sends = [
                each for each in written if isinstance(each.letter, Letter) and each.letter.service is service
            ]
            if sends:
                first = await work.brakes.reserve(service, len(sends), a_second=self._a_second, now=now)
                pace = timedelta(seconds=1 / self._a_second)
                turns += [(each, first + number * pace) for number, each in enumerate(sends)]
        return turns

    async def _call(self, written: Written, at: datetime) -> Came:
        await self._clock.sleep(max(0.0, (at - self._clock.running()).total_seconds()))
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._hand_over, written)

    def _hand_over(self, written: Written) -> Came:
        """Try it, in a thread.  Whatever goes wrong is what came of it."""
        try:
            return self._carry(written)
        except (CourierStopped, CourierIsBusy) as halt:
            self._halt(written)
            return Came(written, halt)
        except CourierIsAway as away:
            return Came(written, Delayed(str(away), may_have_arrived=True))
        except Exception as fault:  # noqa: BLE001 - what is wrong with one message must not stop the others
            name = type(fault).__name__
            log.error("a message cannot be sent: %s", name)  # noqa: TRY400 - values stay out of logs
            return Came(written, Delayed(name, may_have_arrived=True, needs_mending=True))

    def _carry(self, written: Written) -> Came:
        """Deliver it, unless an earlier try did."""
        message, letter = written.message, written.letter
        if not self._may_begin(written):
            return Came(written, NotBegun())
        if written.look_in and (found := self._courier.find(message.id, written.look_in)):
            return Came(written, found, was_found=True)
        if not isinstance(letter, Letter):
            return Came(written, letter)
        return Came(written, self._courier.deliver(letter) if self._may_begin(written) else NotBegun())

    def _may_begin(self, written: Written) -> bool:
        now = self._clock.now()
        halted_until = self._halted.get(_service(written), now)
        return not self._is_stopping and halted_until <= now <= written.claimed_at + LATEST_START

    def _halt(self, written: Written) -> None:
        """The brake is on once this is stored; what was written before it must not begin meanwhile."""
        self._halted[_service(written)] = self._clock.now() + FAR_AHEAD

    async def _store_what_came(self) -> list[Came]:
        """Wait for a call to end, and a moment for others; then store what came of them, together."""
        if self._under_way and not self._unstored:
            done, left = await asyncio.wait(
                self._under_way, timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED
            )
            if done and left:
                await asyncio.sleep(A_MOMENT)
        done = {task for task in self._under_way if task.done()}
        self._under_way -= done
        came, self._unstored = self._unstored + [task.result() for task in done], []
        if came:
            await self._store(came)
        return came

    async def _store(self, came: list[Came]) -> None:
        try:
            async with self._works() as work:
                await settle(work, came, self._doubts)
        except (OperationalError, InterfaceError, OSError):
            self._unstored += came
            raise
        except Exception as fault:  # noqa: BLE001 - what is wrong with one message must not stop the others
            if len(came) == 1:
                log.error("what came of a message cannot be stored: %s", type(fault).__name__)  # noqa: TRY400
                return
            for each in came:
                await self._store([each])

    @staticmethod
    def _complain(came: Sequence[Came]) -> None:
        for each in came:
            if isinstance(each.ending, CourierIsBusy):
                log.warning("Notify takes nothing for a moment (%s)", each.ending)
                break
        for each in came:
            if isinstance(each.ending, CourierStopped):
                raise each.ending


def _service(written: Written) -> NotifyService:
    letter = written.letter
    return letter.service if isinstance(letter, Letter) else written.look_in or NotifyService.PLAIN
