"""What the signed-in conditions page costs, beside the same page from others: ``python -m bench.page``.

Counted is the CPU time of each server's processes, divided by the answers they gave.  Machines
differ and are never quite still: the contenders take turns, each round in the other order, and
what is printed to be trusted are the ratios.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from http.client import HTTPConnection
from pathlib import Path
from secrets import token_urlsafe
from statistics import median

from bench import installing, records
from bench.load import LOOPBACK
from bench.pages import difference
from bench.servers import Server, a_free_port, serving, settings
from portal.clock import Clock

OUR_COOKIE = "__Host-offender"
PORTAL, FIXED, DJANGO, EXPRESS = "portal", "fixed bytes", "Django", "Express + nunjucks"
COMPRESSED = "portal, brotli"
PLAIN = "identity"


@dataclass(frozen=True)
class Goal:
    """How much one contender may cost, or must save, against another."""

    dear: str
    cheap: str
    at_least: float = 0.0
    at_most: float = float("inf")

    def line(self, cost: dict[str, float]) -> str:
        """The ratio, and whether it is as wished."""
        ratio = cost[self.dear] / cost[self.cheap]
        wished = f"at least {self.at_least}" if self.at_least else f"at most {self.at_most:g}"
        verdict = "met" if self.at_least <= ratio <= self.at_most else "missed"
        return f"{self.dear} costs {ratio:5.2f} times {self.cheap} (goal: {wished}): {verdict}"


GOALS = (
    Goal(EXPRESS, PORTAL, at_least=3.5),
    Goal(DJANGO, PORTAL, at_least=2.5),
    Goal(PORTAL, FIXED, at_most=12),
)


@dataclass(frozen=True)
class Contender:
    """A page to be asked for, and what asking for it cost, round by round."""

    name: str
    server: Server
    cookie: str = ""
    accepts: str = PLAIN
    cpu_us: list[float] = field(default_factory=list)
    per_second: list[float] = field(default_factory=list)

    @property
    def headers(self) -> dict[str, str]:
        """What a browser would say, as far as a server may care."""
        return {
            "Host": LOOPBACK,
            "Cookie": self.cookie,
            "Accept-Encoding": self.accepts,
            "Accept-Language": "en-GB",
        }

    @property
    def request(self) -> bytes:
        """The request's bytes."""
        lines = [f"{name}: {value}" for name, value in self.headers.items()]
        return "\r\n".join(("GET / HTTP/1.1", *lines, "", "")).encode()

    def page(self) -> bytes:
        """The page as it comes."""
        connection = HTTPConnection(LOOPBACK, self.server.port, timeout=10)
        connection.request("GET", "/", headers=self.headers)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        assert answer.status == 200, f"{self.name} answers {answer.status}"
        return body

    def measure(self, seconds: float, connections: int) -> None:
        """Ask for the page for so long."""
        before = self.server.cpu_seconds()
        count = _load(self.server.port, self.request, seconds, connections)
        used = self.server.cpu_seconds() - before
        assert not count["failures"], f"{self.name}: {count['failures']} of {count['answers']} failed"
        self.cpu_us.append(used / count["answers"] * 1e6)
        self.per_second.append(count["answers"] / seconds)


def _load(port: int, request: bytes, seconds: float, connections: int) -> dict[str, int]:
    command = [sys.executable, "-m", "bench.load", str(port), str(seconds), str(connections)]
    done = subprocess.run(command, input=request, capture_output=True, check=True)
    count: dict[str, int] = json.loads(done.stdout)
    return count


@contextmanager
def contenders(folder: Path) -> Iterator[list[Contender]]:
    """All of them, served at once; who is not asked uses nothing."""
    with ExitStack() as stack:
        starting = _Starting(stack, folder)
        signed_in = starting.portal()
        yield [
            signed_in,
            replace(signed_in, name=COMPRESSED, accepts="gzip, deflate, br", cpu_us=[], per_second=[]),
            starting.fixed(len(signed_in.page())),
            starting.django(),
            starting.express(),
        ]


class _Starting:
    """Starts each contender with its own copy of the caseload."""

    def __init__(self, stack: ExitStack, folder: Path) -> None:
        self.stack, self.folder = stack, folder
        self.now, self.secret, self.node = Clock().now(), token_urlsafe(48), installing.install()
        self.crowd = records.people(self.now)

    def portal(self) -> Contender:
        port, file = a_free_port(), self.folder / "portal.db"
        id_ = records.fill_portal(file, self.secret, self.crowd, self.now)
        command = (sys.executable, "-m", "portal", "serve", "--port", port)
        told = {"PORTAL_DATABASE_URL": f"sqlite:///{file}", "PORTAL_SECRET_KEY": self.secret}
        return Contender(PORTAL, self._serve(PORTAL, port, command, told), f"{OUR_COOKIE}={id_}")

    def fixed(self, size: int) -> Contender:
        port = a_free_port()
        command = (sys.executable, "-m", "bench.yardsticks.fixed_bytes", port, size)
        return Contender(FIXED, self._serve(FIXED, port, command, {}))

    def django(self) -> Contender:
        port, file = a_free_port(), self.folder / "django.db"
        records.fill_plain(file, self.crowd, self.now)
        told = {"DATABASE": file, "SECRET": self.secret}
        begin = (installing.BIN / "python", installing.DJANGO / "page.py", self.crowd[0].offender.id.hex)
        begun = subprocess.run(
            ["env", *settings(told), *begin, records.FORCE], capture_output=True, text=True, check=True
        )
        command = (
            *(installing.BIN / "gunicorn", "--chdir", installing.DJANGO, "page:application"),
            *("--bind", f"{LOOPBACK}:{port}", "--keep-alive", 60, "--access-logfile", "-"),
            *("--workers", 1, "--worker-class", "gthread", "--threads", 4),
        )
        return Contender(
            DJANGO, self._serve(DJANGO, port, command, told), f"sessionid={begun.stdout.strip()}"
        )

    def express(self) -> Contender:
        port, file = a_free_port(), self.folder / "express.db"
        id_ = records.fill_plain(file, self.crowd, self.now)
        quiet = "--disable-warning=ExperimentalWarning"
        command = (self.node, quiet, installing.EXPRESS / "page.mjs", port)
        told = {"DATABASE": file, "SECRET": self.secret, "NODE_ENV": "production"}
        return Contender(EXPRESS, self._serve(EXPRESS, port, command, told), f"{OUR_COOKIE}={id_}")

    def _serve(self, name: str, port: int, command: Sequence[object], told: Mapping[str, object]) -> Server:
        return self.stack.enter_context(serving(command, port, told, log=self.folder / f"{name}.log"))


def _tell_differences(shown: list[Contender]) -> None:
    """Contenders of another page are no yardsticks: ids differ and nothing else."""
    pages = {contender.name: contender.page().decode() for contender in shown if contender.accepts == PLAIN}
    for name in (DJANGO, EXPRESS):
        if differs := difference(pages[PORTAL], pages[name]):
            print(f"! {name} shows another page {differs}")


def _table(measured: list[Contender]) -> None:
    print(f"{'':<20}{'CPU µs a page':>14}{'least':>8}{'pages/s':>9}{'bytes':>8}{'MB':>6}")
    for one in measured:
        size, memory = len(one.page()), one.server.memory_mb()
        line = f"{median(one.cpu_us):14.0f}{min(one.cpu_us):8.0f}{median(one.per_second):9.0f}"
        print(f"{one.name:<20}{line}{size:8}{memory:6.0f}")


def main() -> None:
    reading = argparse.ArgumentParser(description=__doc__)
    reading.add_argument("--rounds", type=int, default=5)
    reading.add_argument("--seconds", type=float, default=3.0)
    reading.add_argument("--connections", type=int, default=16)
    asked = reading.parse_args()
    with tempfile.TemporaryDirectory() as folder, contenders(Path(folder)) as measured:
        _tell_differences(measured)
        for contender in measured:
            _load(contender.server.port, contender.request, 2.0, asked.connections)
        for number in range(asked.rounds):
            for contender in measured if number % 2 else reversed(measured):
                contender.measure(asked.seconds, asked.connections)
        _table(measured)
        cost = {contender.name: median(contender.cpu_us) for contender in measured}
    for goal in GOALS:
        print(goal.line(cost))


if __name__ == "__main__":
    main()
