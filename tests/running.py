"""The whole portal as it runs for real: processes of its own that speak HTTP on loopback."""

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

from tests.forking import Forked, forked
from tests.integration.notify_sandbox.servers import a_free_port
from tests.making import NOW

A_WHILE = 60.0
"""Seconds after which what should have happened has not."""
TLS = httpx.create_ssl_context()
"""Made once: that takes longer than most answers, and nothing here needs it."""
CALLBACK_TOKEN = "a-token-for-callbacks-in-tests"


def until(happened: Callable[[], Any], *, within: float = A_WHILE) -> Any:
    """Wait for something, and give it."""
    give_up = time.monotonic() + within
    while not (found := happened()):
        assert time.monotonic() < give_up, "it did not happen"
        time.sleep(0.05)
    return found


@contextmanager
def ended(process: Forked) -> Iterator[Forked]:
    """A process that is asked to end with the block, and does."""
    try:
        yield process
    finally:
        process.terminate()
        process.wait(A_WHILE)


@dataclass
class Portal:
    """A portal with records of its own.  Every process of it sees the time ``moment``."""

    database_url: str
    var: Path
    moment: datetime = NOW
    port: int = field(default_factory=a_free_port)
    sandbox_port: int = field(default_factory=a_free_port)
    token: str = CALLBACK_TOKEN
    """What Notify shows when it reports to us; without one it does not report."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def sandbox_url(self) -> str:
        return f"http://127.0.0.1:{self.sandbox_port}"

    def run(self, *command: str) -> str:
        """One command, to its end; what it printed."""
        with tempfile.TemporaryDirectory(dir=self.var) as folder:
            out, err = Path(folder) / "out", Path(folder) / "err"
            code = self._forked(command, out, err).wait()
            assert code == 0, f"{command} ended with {code}:\n{err.read_text()}"
            return out.read_text()

    def start(self, *command: str) -> Forked:
        """A command that keeps running.  What it says goes to a file in ``var``."""
        log = self.var / f"{command[0]}.log"
        return self._forked(command, log, log)

    def serve(self) -> Forked:
        return self.start("serve", "--port", str(self.port))

    def worker(self) -> Forked:
        return self.start("worker")

    def sandbox(self) -> Forked:
        return self.start("notify-sandbox", "--port", str(self.sandbox_port))

    @contextmanager
    def running(self) -> Iterator[None]:
        """Sandbox, server and worker, ready; ended in an orderly way."""
        with ExitStack() as processes:
            sandbox, server = (
                processes.enter_context(ended(part)) for part in (self.sandbox(), self.serve())
            )
            self.wait_for_sandbox(sandbox)
            self.wait_for_pages(server)
            processes.enter_context(ended(self.worker()))
            yield

    def wait_for_pages(self, server: Forked) -> None:
        until(lambda: _answers(f"{self.url}/health/ready") or server.poll() is not None)
        assert server.poll() is None, (self.var / "serve.log").read_text()

    def worker_that_works(self) -> Forked:
        """A worker, once it has said that it is at work."""
        log = self.var / "worker.log"
        said = _times_said(log)
        worker = self.worker()
        until(lambda: _times_said(log) > said or worker.poll() is not None)
        assert worker.poll() is None, log.read_text()
        return worker

    def server_that_answers(self) -> Forked:
        """A server, once it is ready."""
        server = self.serve()
        self.wait_for_pages(server)
        return server

    def wait_for_sandbox(self, sandbox: Forked) -> None:
        until(lambda: _answers(f"{self.sandbox_url}/outbox.json?limit=1") or sandbox.poll() is not None)
        assert sandbox.poll() is None, (self.var / "notify-sandbox.log").read_text()

    def outbox(self, to: str = "") -> list[dict[str, Any]]:
        """What the sandbox took, newest first."""
        messages: list[dict[str, Any]] = []
        before: int | None = None
        while True:
            asked: dict[str, Any] = {"limit": 1000, "to": to} | ({"before": before} if before else {})
            answer = httpx.get(
                f"{self.sandbox_url}/outbox.json", params=asked, trust_env=False, verify=TLS, timeout=A_WHILE
            ).json()
            messages += answer["messages"]
            before = answer["next"]
            if before is None:
                return messages

    def _forked(self, command: tuple[str, ...], out: Path, err: Path) -> Forked:
        return forked(command, self.moment, self._environment(), out=out, err=err)

    def _line(self, command: tuple[str, ...]) -> list[str]:
        return [sys.executable, "-m", "tests.portal_at", self.moment.isoformat(), *command]

    def _environment(self) -> dict[str, str]:
        ours = {
            "PORTAL_VAR": str(self.var),
            "PORTAL_DATABASE_URL": self.database_url,
            "PORTAL_BASE_URL": self.url,
            "PORTAL_NOTIFY_BASE_URL": self.sandbox_url,
            "PORTAL_NOTIFY_CALLBACK_TOKEN": self.token,
            "PORTAL_TRUSTED_PROXIES": "127.0.0.1",
        }
        given = os.environ  # noqa: TID251 - what the processes inherit
        return {name: value for name, value in given.items() if not name.startswith("PORTAL_")} | ours


def _times_said(log: Path) -> int:
    return log.read_text().count("The worker works") if log.exists() else 0


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, trust_env=False, verify=TLS, timeout=5).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False
