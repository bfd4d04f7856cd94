"""Processes that take no time to start, so that many can be killed: forks of one that has read the code.

``python -m tests.faults.nursery`` reads orders, one a line, and says the process id of each.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from portal.settings import ROOT
from tests.faults import deeds
from tests.portal_at import end_with_whoever_started_us
from tests.portal_in_haste import work_in_haste
from tests.running import A_WHILE, until


@dataclass(frozen=True)
class Nursery:
    """Where processes of the portal come from."""

    process: "subprocess.Popen[str]"
    environment: Mapping[str, str]
    log: Path

    def worker(self, speed: float, began: datetime, moment: datetime) -> int:
        """A worker that is at work, by a hasty clock; its process id."""
        said = self._times_said()
        pid = self._order(argv=["portal", "worker"], hasty=[speed, began.isoformat(), moment.isoformat()])
        until(lambda: self._times_said() > said or not is_alive(pid))
        assert is_alive(pid), self.log.read_text()[-2000:]
        return pid

    def doer(self, moment: datetime) -> int:
        """Somebody who gives people appointments without end; their process id."""
        return self._order(argv=["deeds"], moment=moment.isoformat())

    def _times_said(self) -> int:
        return self.log.read_text().count("The worker works") if self.log.exists() else 0

    def _order(self, **order: Any) -> int:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        order |= {"environment": dict(self.environment), "log": str(self.log)}
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())


@contextmanager
def a_nursery(environment: Mapping[str, str], log: Path) -> Iterator[Nursery]:
    with subprocess.Popen(
        [sys.executable, "-m", "tests.faults.nursery"],
        cwd=ROOT,
        env=dict(environment),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield Nursery(process, environment, log)


def kill(pid: int) -> None:
    """End a process of the nursery at once, and wait until it is gone."""
    give_up = time.monotonic() + A_WHILE
    with suppress(ProcessLookupError):
        while time.monotonic() < give_up:
            os.kill(pid, signal.SIGKILL)
            time.sleep(0.005)
        raise TimeoutError(f"{pid} does not end")


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _serve() -> None:
    end_with_whoever_started_us()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            _live(json.loads(line))
        print(pid, flush=True)  # noqa: T201 - what the other side reads


def _live(order: dict[str, Any]) -> None:
    end_with_whoever_started_us()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    said = os.open(order["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for mine, place in ((nothing, 0), (said, 1), (said, 2)):
        os.dup2(mine, place)
    sys.argv = order["argv"]
    try:
        if "hasty" in order:
            speed, *moments = order["hasty"]
            work_in_haste(speed, *map(datetime.fromisoformat, moments))
        else:
            deeds.do(order["environment"], datetime.fromisoformat(order["moment"]))
    finally:
        os._exit(0)


if __name__ == "__main__":
    _serve()
