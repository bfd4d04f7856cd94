"""Somebody at the command line, of a portal whose records the test can open too."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

import pytest

from portal.__main__ import main
from portal.clock import StoppedClock
from portal.settings import ROOT
from tests.running import Portal


@dataclass
class Ran:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str


@dataclass(kw_only=True)
class Operator(Portal):
    """Runs commands: here, which takes no time, or each in a process of its own."""

    secret_key: str
    capture: pytest.CaptureFixture[str]
    settings: dict[str, str] = field(default_factory=dict)
    """What is set besides the usual, or, where it is empty, not set."""

    def does(self, *command: str) -> Ran:
        """Run a command here, to its end."""
        self.capture.readouterr()
        with ThreadPoolExecutor(1) as thread:  # the test's own thread has a loop already
            code = thread.submit(self._main, command).result()
        said = self.capture.readouterr()
        return Ran(code, said.out, said.err)

    def _main(self, command: tuple[str, ...]) -> int:
        environment = mock.patch.dict(os.environ, self._environment(), clear=True)  # noqa: TID251 - as the portal will read it
        with environment, mock.patch.object(sys, "argv", ["portal", *command]):
            try:
                main(StoppedClock(self.moment))
            except SystemExit as end:
                return int(end.code or 0)
            return 0

    def process(self, *command: str, **how: Any) -> subprocess.CompletedProcess[str]:
        """Run a command as people do, to its end, with the clock of this machine."""
        line = [sys.executable, "-m", "portal", *command]
        return subprocess.run(
            line,
            env=self._environment(),
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
            **how,
        )

    def _environment(self) -> dict[str, str]:
        ours = super()._environment() | {"PORTAL_SECRET_KEY": self.secret_key} | self.settings
        return {name: value for name, value in ours.items() if value}
