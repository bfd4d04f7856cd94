"""A file of any size goes in, in memory that does not grow, and somebody who watches sees how far it is."""

import os
import pty
import shutil
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from portal.intake.importing import BATCH
from portal.settings import ROOT
from tests.integration.intake.many import listed_offences, many, written
from tests.running import Portal

NOW = datetime(2026, 11, 20, 20, tzinfo=UTC)
MEGABYTE = 1024 * 1024
WHAT_SWAYS = 2 * MEGABYTE
"""Between two like imports the peak sways by less than one.  Four batches of mere lines would be over 3."""


def a_portal(database_url: str, var: Path) -> Portal:
    """A portal that knows the few offences of invented cases."""
    portal = Portal(database_url, var, NOW)
    portal.run("reference", "load-offences", str(listed_offences(var)))
    return portal


@pytest.fixture
def portal(database_url, tmp_path) -> Portal:
    return a_portal(database_url, tmp_path)


@pytest.fixture
def small_portal(migrated_file, tmp_path) -> Portal:
    """One for what does not depend on the database."""
    return a_portal(f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'portal.db')}", tmp_path)


def most_memory_of(portal: Portal, file: Path) -> int:
    """The most that an import of the file ever took, in bytes."""
    noted = portal.var / "peak"
    module = "tests.integration.intake.peak"
    line = [sys.executable, "-m", module, str(noted), NOW.isoformat(), "import", str(file)]
    subprocess.run(line, env=portal._environment(), cwd=ROOT, check=True, capture_output=True)
    return int(noted.read_text())


def test_memory_does_not_grow_with_the_file(portal, tmp_path, soak):
    """The first batches fill caches; from then on a line more is not a byte more."""
    small = written(tmp_path / "small.jsonl", many(2 * BATCH))
    large = written(tmp_path / "large.jsonl", many(6 * BATCH * soak, first=2 * BATCH))

    before, after = most_memory_of(portal, small), most_memory_of(portal, large)

    assert after - before < WHAT_SWAYS


def test_what_is_refused_takes_no_memory_either(small_portal, tmp_path, soak):
    """Lines that are wrong, and lines that are too long to be a case, are read past."""
    wrong, long = b'{"schema": "case/1"}', b"x" * (3 * MEGABYTE)
    small = written(tmp_path / "small.jsonl", [wrong] * 1000 + [long] * 10)
    large = written(tmp_path / "large.jsonl", [wrong] * 20_000 * soak + [long] * 20 * soak)

    before, after = most_memory_of_refused(small_portal, small), most_memory_of_refused(small_portal, large)

    assert after - before < WHAT_SWAYS


def most_memory_of_refused(portal: Portal, file: Path) -> int:
    with pytest.raises(subprocess.CalledProcessError) as ended:
        most_memory_of(portal, file)
    assert ended.value.returncode == 1
    return int((portal.var / "peak").read_text())


def seen_at_a_terminal(portal: Portal, file: Path) -> str:
    """What an import shows to somebody who watches it."""
    ours, its = pty.openpty()
    process = subprocess.Popen(
        portal._line(("import", str(file))),
        env=portal._environment() | {"TERM": "xterm", "COLUMNS": "80"},
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=its,
    )
    os.close(its)
    seen = b""
    with suppress(OSError):  # on Linux, its end
        while piece := os.read(ours, 4096):
            seen += piece
    os.close(ours)
    assert process.wait() == 0
    return seen.decode()


def test_somebody_who_watches_sees_a_bar_and_a_log_does_not(small_portal, tmp_path):
    file = written(tmp_path / "cases.jsonl", many(5))
    more = written(tmp_path / "more.jsonl", many(5, first=5))

    seen = seen_at_a_terminal(small_portal, file)
    unseen = subprocess.run(
        small_portal._line(("import", str(more))),
        env=small_portal._environment(),
        cwd=ROOT,
        capture_output=True,
        check=True,
    )

    assert "━" in seen
    assert "100%" in seen
    assert unseen.stdout.decode() == "5 new, 0 changed, 0 unchanged, 0 refused\n"
    assert unseen.stderr == b""
