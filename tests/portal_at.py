"""The portal's command line at a moment of the caller's choice: `python -m tests.portal_at MOMENT COMMAND …`.

The clock stands still at that moment, so that no test depends on the hour.  On Linux the process
ends when the one that started it does, however that ended.
"""

import ctypes
import os
import signal
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from portal.__main__ import main
from portal.clock import StoppedClock
from portal.settings import ROOT


def end_with_whoever_started_us() -> None:
    if sys.platform == "linux":
        parent_death_signal = 1
        ctypes.CDLL(None).prctl(parent_death_signal, signal.SIGKILL)


def become(
    command: tuple[str, ...], moment: datetime, environment: Mapping[str, str], out: Path, err: Path
) -> None:
    """Make of a process that has imported the portal one that runs a command.

    What it says is added to two files, which may be one.
    """
    end_with_whoever_started_us()
    for number, file in ((1, out), (2, err)):
        given = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(given, number)
        os.close(given)
    os.environ.clear()  # noqa: TID251 - as the portal will read it
    os.environ.update(environment)  # noqa: TID251 - the same
    os.chdir(ROOT)
    sys.argv = ["portal", *command]
    main(StoppedClock(moment))


if __name__ == "__main__":
    end_with_whoever_started_us()
    main(StoppedClock(datetime.fromisoformat(sys.argv.pop(1))))
