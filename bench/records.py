"""The invented caseload of every contender: one person who looks, and others round them.

The portal gets it through its own storage, sealed.  The yardsticks get the same rows as plain
text, in tables of the same columns (``yardsticks/plain.sql``).
"""

import asyncio
import secrets
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from portal.domain.appointments import Appointment, AppointmentKind, AppointmentState
from portal.domain.cases import Case
from portal.domain.conditions import Condition, ConditionKind, EvidenceKind
from portal.domain.contacts import national_form
from portal.domain.offenders import Offender
from portal.domain.regimes import Regime
from portal.storage import sessions
from portal.storage.database import Database
from portal.storage.keys import KeyRing, token_hash
from portal.storage.migrations import migrate
from portal.storage.sessions import LIVES, Stage

PEOPLE = 200
FORCE = "42"
SCHEMA = Path(__file__).parent / "yardsticks" / "plain.sql"
THINGS_TO_DO: tuple[tuple[str, EvidenceKind, dict[str, Any]], ...] = (
    ("Attend the Thinking Ahead workshop", EvidenceKind.ATTENDANCE, {"provider": "Estuary", "hours": 8}),
    ("Pay for the broken window", EvidenceKind.RECEIPT, {"amount_pence": 8500}),
    ("Do not go into the “Shell & Anchor” on Quay Street", EvidenceKind.NONE, {}),
    ("Write a letter of apology", EvidenceKind.LETTER, {}),
    ("Finish the course about alcohol", EvidenceKind.CERTIFICATE, {"provider": "Clearway Support"}),
    ("Meet an adviser of the job centre", EvidenceKind.ATTENDANCE, {"provider": "Green Paths"}),
)
REGIMES = (Regime.CONDITIONAL_CAUTION, Regime.COMMUNITY_RESOLUTION)


@dataclass(frozen=True)
class Person:
    """Somebody with two open cases, six conditions and four appointments."""

    offender: Offender
    cases: tuple[Case, ...]
    conditions: tuple[Condition, ...]
    appointments: tuple[Appointment, ...]

    @property
    def rows(self) -> Iterator[Any]:
        """All that is kept of them."""
        yield self.offender
        yield from self.cases
        yield from self.conditions
        yield from self.appointments


def people(now: datetime) -> list[Person]:
    """The whole caseload.  The first is the one who looks."""
    return [person(number, now.replace(minute=0, second=0, microsecond=0)) for number in range(PEOPLE)]


def person(number: int, now: datetime) -> Person:
    """One of the caseload; the moment is a whole hour."""
    offender = Offender(
        force=FORCE,
        reference=f"P{number:06}",
        first_names="Morwenna Jane",
        last_name="Trelawny-Quick",
        date_of_birth=date(1994, 3, 17),
        mobile=f"+447700900{number % 1000:03}",
    )
    cases = tuple(_case(offender, number, place, now) for place in range(2))
    conditions = tuple(_condition(cases[place // 3], place, now) for place in range(len(THINGS_TO_DO)))
    appointments = tuple(_appointment(cases[place // 2], place, now) for place in range(4))
    return Person(offender, cases, conditions, appointments)


def _case(offender: Offender, number: int, place: int, now: datetime) -> Case:
    return Case(
        force=FORCE,
        reference=f"{FORCE}/C{number:06}{place}/26",
        offender_id=offender.id,
        regime=REGIMES[place],
        offence_code="CD71039",
        offence_category="EW",
        offence_title="Criminal damage to property valued under £5000",
        offence_summary="Broke the window of a chip shop in Maldon",
        committed_on=(now - timedelta(days=30)).date(),
        decided_at=now - timedelta(days=7),
        complete_by=(now + timedelta(days=90 + place)).date(),
        authorised_by="Sergeant Idris Penhaligon",
        authorised_rank="sergeant",
        authorised_collar_number="42000417",
        officer_name="Constable Aoife O'Brannigan",
        officer_collar_number="42001822",
        officer_email="aoife.obrannigan@police.example",
        officer_phone="+441632960417",
        imported_at=now,
        digest=b"a digest of the line",
    )


def _condition(case: Case, place: int, now: datetime) -> Condition:
    title, evidence, details = THINGS_TO_DO[place]
    return Condition(
        case_id=case.id,
        reference=f"C{place}",
        position=place,
        kind=ConditionKind.REHABILITATIVE,
        title=title,
        due_on=(now + timedelta(days=30 + place)).date(),
        evidence=evidence,
        **details,
    )


def _appointment(case: Case, place: int, now: datetime) -> Appointment:
    starts_at = now + timedelta(days=3 + 7 * place)
    return Appointment(
        case_id=case.id,
        offender_id=case.offender_id,
        kind=AppointmentKind.WORKSHOP,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=2),
        place="Gooseberry Hall, 3 Lavender Row, Chelmsford",
        bring="Your reading glasses",
        state=AppointmentState.BOOKED if place % 2 else AppointmentState.CONFIRMED,
        booked_at=now,
    )


def fill_portal(file: Path, secret: str, crowd: list[Person], now: datetime) -> str:
    """A database of the portal's, with the caseload in it.  Give the id of a session of the first person."""
    return asyncio.run(_fill_portal(f"sqlite+aiosqlite:///{file}", secret, crowd, now))


async def _fill_portal(url: str, secret: str, crowd: list[Person], now: datetime) -> str:
    database = Database(url, KeyRing((secret,)))
    try:
        await migrate(database)
        async with database.changing() as session:
            session.add_all(row for person in crowd for row in person.rows)
        async with database.noting() as connection:
            begun = await sessions.begin(
                connection,
                surface="offender",
                stage=Stage.SIGNED_IN,
                now=now,
                person_id=crowd[0].offender.id,
                force=FORCE,
            )
    finally:
        await database.close()
    return begun.id


def fill_plain(file: Path, crowd: list[Person], now: datetime) -> str:
    """The yardsticks' database, with the same caseload.  Give the id of a session of the first person."""
    database = sqlite3.connect(file)
    database.executescript(SCHEMA.read_text(encoding="utf-8"))
    for person in crowd:
        for row in person.rows:
            _insert(database, f"{type(row).__name__.lower()}s", row)
    database.execute("UPDATE cases SET officer_phone = ?", (national_form(crowd[0].cases[0].officer_phone),))
    id_ = secrets.token_urlsafe(32)
    session = {
        "id_hash": token_hash(id_),
        "person_id": crowd[0].offender.id,
        "force": FORCE,
        "seen_at": now,
        "ends_at": now + LIVES["offender"].absolute,
    }
    _insert(database, "sessions", SimpleNamespace(**session))
    database.commit()
    database.close()
    return id_


def _insert(database: sqlite3.Connection, table: str, row: object) -> None:
    """Insert as much of the row as the yardsticks' table has columns for."""
    columns = [name for (name,) in database.execute("SELECT name FROM pragma_table_info(?)", (table,))]
    values = [_stored(getattr(row, name, None)) for name in columns]
    database.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(values))})", values)  # noqa: S608 - our names


def _stored(value: object) -> object:
    match value:
        case UUID():
            return value.hex
        case StrEnum():
            return value.value
        case datetime():
            return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
        case date():
            return value.isoformat()
        case _:
            return value
