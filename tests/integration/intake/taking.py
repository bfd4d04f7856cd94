"""Taking cases in, and what became of them."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from sqlalchemy import Table, select

from portal.intake.importing import Intake, Tally
from portal.intake.refusals import Refusal
from portal.settings import ROOT
from portal.storage.database import Database

NEW, CHANGED, UNCHANGED = (1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0)


@dataclass
class Taken:
    """What became of some lines."""

    tally: Tally
    refusals: list[Refusal]

    @property
    def counts(self) -> tuple[int, int, int, int]:
        """New, changed, unchanged, refused."""
        tally = self.tally
        return tally.new, tally.changed, tally.unchanged, tally.refused


Take: TypeAlias = Callable[..., Awaitable[Taken]]


async def taken_in(intake: Intake, *cases: dict[str, Any] | bytes) -> Taken:
    """Take cases, or lines as they stand, in one file."""
    refusals: list[Refusal] = []
    written = [case if isinstance(case, bytes) else json.dumps(case).encode() for case in cases]
    tally = await intake.take(enumerate(written, start=1), refuse=refusals.append)
    return Taken(tally, refusals)


def published(name: str) -> Path:
    """A file of the published data."""
    path = ROOT.parent / "shared" / "data" / name
    if not path.is_file():
        pytest.fail(f"this test needs {name} of the published data, in shared/data beside the project")
    return path


async def rows_of(database: Database, table: Table) -> list[dict[str, Any]]:
    """Every row of a table as it is kept, in an order that stays."""
    async with database.reading() as connection:
        rows = await connection.execute(select(table).order_by(table.c.id))
        return [dict(row) for row in rows.mappings()]


async def all_of(database: Database, kind: type[Any]) -> list[Any]:
    """Every record of a kind, opened."""
    async with database.changing() as session:
        return list(await session.scalars(select(kind)))
