"""Conditions as pages show them.  To change them, take their case (``storage/cases.py``)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from portal.domain.cases import CaseState
from portal.domain.conditions import ConditionKind, EvidenceKind, Progress
from portal.storage.keys import KeyRing, place
from portal.storage.lookups import LookUp
from portal.storage.tables import cases, conditions


@dataclass(frozen=True, slots=True)
class SeenCondition:
    """A condition as a page shows it."""

    id: UUID
    case_id: UUID
    kind: ConditionKind
    title: str
    due_on: date
    evidence: EvidenceKind
    provider: str | None
    hours: int | None
    amount_pence: int | None
    progress: Progress

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to do."""
        return self.progress in (Progress.MET, Progress.EXCUSED)


_SHOWN = (
    *(conditions.c.id, conditions.c.case_id, conditions.c.kind, conditions.c.title, conditions.c.due_on),
    *(conditions.c.evidence, conditions.c.provider, conditions.c.hours, conditions.c.amount_pence),
    conditions.c.progress,
)
_OF_OFFENDER = LookUp(
    select(*_SHOWN)
    .join(cases, cases.c.id == conditions.c.case_id)
    .where(
        cases.c.offender_id == bindparam("offender_id"),
        cases.c.state == CaseState.OPEN,
        conditions.c.is_withdrawn.is_(False),
    )
    .order_by(conditions.c.due_on, conditions.c.position)
)
_OF_CASE = (
    select(*_SHOWN)
    .where(conditions.c.case_id == bindparam("case_id"), conditions.c.is_withdrawn.is_(False))
    .order_by(conditions.c.position)
)


async def of_offender(
    connection: AsyncConnection, keys: KeyRing, offender_id: UUID
) -> Sequence[SeenCondition]:
    """What the offender must do, in all their open cases, soonest first."""
    return [_shown(row, keys) for row in await _OF_OFFENDER.rows(connection, offender_id=offender_id)]


async def of_case(
    connection: AsyncConnection | AsyncSession, keys: KeyRing, case_id: UUID
) -> Sequence[SeenCondition]:
    """All of a case that the caller has already been allowed to see."""
    rows = await connection.execute(_OF_CASE, {"case_id": case_id})
    return [_shown(row, keys) for row in rows]


def _shown(row: Sequence[Any], keys: KeyRing) -> SeenCondition:
    id_, case_id, kind, title, *rest = row
    return SeenCondition(id_, case_id, kind, keys.open(title, place("conditions", "title", id_)), *rest)
