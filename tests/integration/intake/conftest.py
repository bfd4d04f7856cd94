"""Somebody who takes case files in, on the evening of 20 November 2026, when the sample was written."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from portal.clock import StoppedClock
from portal.domain.offences import Offence
from portal.intake.importing import Intake
from portal.storage.database import Database
from tests.integration.intake.taking import Take, Taken, published, taken_in
from tests.unit.intake.making import OFFENCES, REGIMES


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock(datetime(2026, 11, 20, 20, tzinfo=UTC))


@pytest.fixture
def take(database: Database, clock: StoppedClock) -> Take:
    """Take cases in.  Of offences only the few are known that invented cases are about."""
    intake = Intake(database, OFFENCES, REGIMES, clock)

    async def take(*cases: dict[str, Any] | bytes) -> Taken:
        return await taken_in(intake, *cases)

    return take


@pytest.fixture(scope="session")
def listed_offences() -> Mapping[str, Offence]:
    """The published list."""
    entries = json.loads(published("cjs-offences.json").read_bytes())
    return {entry["cjsCode"]: Offence.from_entry(entry) for entry in entries}


@pytest.fixture
def intake(database: Database, listed_offences: Mapping[str, Offence], clock: StoppedClock) -> Intake:
    """An intake that knows the published list of offences."""
    return Intake(database, listed_offences, REGIMES, clock)
