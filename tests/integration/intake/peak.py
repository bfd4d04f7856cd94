"""The command line, and at its end the most memory that it ever had: `python -m … FILE MOMENT COMMAND …`.

Linux tells it of this very program; `getrusage` would count what started it too.
"""

import re
import resource
import sys
from datetime import datetime
from pathlib import Path

from portal.__main__ import main
from portal.clock import StoppedClock


def most_memory() -> int:
    """In bytes."""
    status = Path("/proc/self/status")
    if status.exists():
        [kilobytes] = re.findall(r"VmHWM:\s+(\d+) kB", status.read_text())
        return int(kilobytes) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    file, moment = sys.argv.pop(1), sys.argv.pop(1)
    try:
        main(StoppedClock(datetime.fromisoformat(moment)))
    finally:
        Path(file).write_text(str(most_memory()))
