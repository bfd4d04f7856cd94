"""Ends a portal's processes with SIGKILL at moments of no choice, and starts them again."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from tests.forking import Forked
from tests.running import A_WHILE, Portal

A_LEASE = timedelta(seconds=36)
"""What a killed worker held is free again by then."""
LONGEST_LIFE = 2.5
"""Seconds for which a process may live once it works; longer, where others keep the machine busy."""
A_FEW = 5
"""So many times what its start took, at most."""


@dataclass
class Killer:
    """Kills the server and two workers, each again and again, until there were enough kills.

    The last of each lives as long as the block.
    """

    portal: Portal
    most: int
    kills: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _stop: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """While the block runs, processes die.  A process that does not start again fails the test."""
        with ThreadPoolExecutor() as threads:
            dying = [threads.submit(self._kill_servers), threads.submit(self._kill_workers)]
            try:
                yield
            finally:
                self._stop.set()
            for process in dying:
                process.result()

    @property
    def is_done(self) -> bool:
        """Whether there were enough kills, or one of the processes did not come back."""
        return self.kills >= self.most or self._stop.is_set()

    def _kill_servers(self) -> None:
        while not self._stop.is_set():
            self._live_and_die(self.portal.server_that_answers)

    def _kill_workers(self) -> None:
        """Time passes when both are dead: while one has a call in hand, none may come and find it overdue."""
        while not self._stop.is_set():
            self._live_and_die(self.portal.worker_that_works, self.portal.worker_that_works)
            self.portal.moment += A_LEASE

    def _live_and_die(self, *starts: Callable[[], Forked]) -> None:
        """Start processes, and kill one after the other."""
        began = time.monotonic()
        with self._stopping_if_it_fails():
            processes = [start() for start in starts]
        longest = max(LONGEST_LIFE, A_FEW * (time.monotonic() - began))
        begun, is_last = time.monotonic(), self.is_done
        for process in processes:
            ends = begun + random.uniform(0, longest)  # noqa: S311 - no moment is better than another
            self._stop.wait(None if is_last else max(0, ends - time.monotonic()))
            process.kill()
            process.wait(A_WHILE)
            with self._lock:
                self.kills += 1

    @contextmanager
    def _stopping_if_it_fails(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            self._stop.set()
            raise
