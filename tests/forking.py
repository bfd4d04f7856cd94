"""Processes of the portal that start at once: they are copies of one that has imported it already.

Importing takes longer than what most tests have a process do.  That processes start from nothing
as well is seen where the command line itself is the subject: `tests/integration/commands`.
"""

import multiprocessing
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from subprocess import TimeoutExpired

from tests.portal_at import become

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["portal.__main__", "tests.portal_at"])


@dataclass
class Forked:
    """What `subprocess.Popen` tells of a process, of a copy."""

    copy: ForkServerProcess

    @property
    def returncode(self) -> int | None:
        """Or None while it runs; that of a process ended by a signal is the signal, negative."""
        return self.copy.exitcode

    def poll(self) -> int | None:
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Raises TimeoutExpired if it does not end in so many seconds."""
        self.copy.join(timeout)
        if self.returncode is None:
            raise TimeoutExpired(self.copy.name, timeout or 0)
        return self.returncode

    def terminate(self) -> None:
        self.copy.terminate()

    def kill(self) -> None:
        self.copy.kill()


def forked(
    command: tuple[str, ...], moment: datetime, environment: Mapping[str, str], *, out: Path, err: Path
) -> Forked:
    """Start a command of the portal.  What it says is added to the files."""
    copy = CONTEXT.Process(
        target=become, args=(command, moment, dict(environment), out, err), name=command[0], daemon=True
    )
    copy.start()
    return Forked(copy)
