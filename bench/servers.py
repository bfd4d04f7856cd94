"""Servers under measurement: each a process of its own on loopback, with what it has used so far."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.load import LOOPBACK

PATIENCE_SECONDS = 30
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Server:
    """A server that answers, and the processes under it."""

    pid: int
    port: int

    def cpu_seconds(self) -> float:
        """User and system time of its whole tree of processes, those that ended too."""
        return sum(_ticks(pid) for pid in _tree(self.pid)) / TICKS_A_SECOND

    def memory_mb(self) -> float:
        """What its processes hold for themselves, shared pages divided among those who share them."""
        return sum(_proportional_kb(pid) for pid in _tree(self.pid)) / 1024


def a_free_port() -> int:
    with socket.socket() as listener:
        listener.bind((LOOPBACK, 0))
        port: int = listener.getsockname()[1]
        return port


def settings(told: Mapping[str, object]) -> list[str]:
    """An environment as env(1) takes it."""
    return [f"{name}={value}" for name, value in told.items()]


@contextmanager
def serving(
    command: Sequence[object], port: int, told: Mapping[str, object], *, log: Path
) -> Iterator[Server]:
    """Run a server until the block ends.

    Args:
        command: that starts it.
        port: where it will answer.
        told: its environment, beside ours.
        log: where all that it says goes.
    """
    with log.open("wb") as said:
        process = subprocess.Popen(
            ["env", *settings(told), *map(str, command)], stdout=said, stderr=subprocess.STDOUT
        )
    try:
        _wait_until_it_answers(process, port, log)
        yield Server(process.pid, port)
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)


def _wait_until_it_answers(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    give_up = time.monotonic() + PATIENCE_SECONDS
    while process.poll() is None and time.monotonic() < give_up:
        with socket.socket() as knock:
            if knock.connect_ex((LOOPBACK, port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"{process.args!r} does not answer:\n{log.read_text(errors='replace')[-2000:]}")


def _tree(pid: int) -> Iterator[int]:
    yield pid
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            yield from _tree(int(child))


def _ticks(pid: int) -> int:
    """Fields 14 to 17 of proc_pid_stat(5): its own user and system time, and its reaped children's."""
    after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, after_name[11:15]))


def _proportional_kb(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
