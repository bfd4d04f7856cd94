"""The portal's command line at a moment of the caller's choice: `python -m tests.portal_at MOMENT COMMAND …`.

The clock stands still at that moment, so that no test depends on the hour.  On Linux the process
ends when the one that started it does, however that ended.
"""

import ctypes
import signal
import sys
from datetime import datetime

from portal.__main__ import main
from portal.clock import StoppedClock


def end_with_whoever_started_us() -> None:
    if sys.platform == "linux":
        parent_death_signal = 1
        ctypes.CDLL(None).prctl(parent_death_signal, signal.SIGKILL)


if __name__ == "__main__":
    end_with_whoever_started_us()
    main(StoppedClock(datetime.fromisoformat(sys.argv.pop(1))))
