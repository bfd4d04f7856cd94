"""Cases with their conditions and readings.  No query here forgets whose they are."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from portal.domain.cases import Case, CaseState, Reading
from portal.domain.conditions import Condition
from portal.domain.regimes import Regime
from portal.errors import NotFound
from portal.storage.columns import place_in
from portal.storage.keys import KeyRing, place
from portal.storage.lookups import LookUp
from portal.storage.offenders import name_of
from portal.storage.tables import cases, conditions, offenders, readings

PAGE = 25
_KEY = tuple_(cases.c.force, cases.c.reference)

_ORDER = (cases.c.complete_by, cases.c.id)


@dataclass(frozen=True)
class Cases:
    """Cases, to change them."""

    session: AsyncSession

    def add(self, case: Case, conditions: Sequence[Condition]) -> None:
        """Keep a new case with its conditions."""
        self.session.add(case)
        self.session.add_all(conditions)

    async def digests(self, keys: Collection[tuple[str, str]]) -> dict[tuple[str, str], bytes]:
        """What line each of these forces' cases was last imported from, of those that we have."""
        query = select(cases.c.force, cases.c.reference, cases.c.digest).where(_KEY.in_(keys))
        return {(force, reference): digest for force, reference, digest in await self.session.execute(query)}

    async def with_keys(self, keys: Collection[tuple[str, str]]) -> dict[tuple[str, str], Case]:
        """The cases of these forces and references that we have, ours until the work ends.

        They are taken in the order of their keys, so that two who take the same never wait crosswise.
        """
        query = (
            select(Case).where(_KEY.in_(keys)).order_by(cases.c.force, cases.c.reference).with_for_update()
        )
        return {(case.force, case.reference): case for case in await self.session.scalars(query)}

    async def of_offender(self, offender_id: UUID, case_id: UUID, *, to_change: bool = False) -> Case:
        """The offender's own case.  One taken ``to_change`` is ours until the work ends.

        Raises:
            NotFound: if there is none, or it is somebody else's.
        """
        query = select(Case).where(cases.c.id == case_id, cases.c.offender_id == offender_id)
        case = await self.session.scalar(query.with_for_update() if to_change else query)
        if case is None:
            raise NotFound(f"case {case_id} of offender {offender_id}")
        return case

    async def of_offenders(self, offender_ids: Collection[UUID]) -> Sequence[Case]:
        """Every case of any of these records of one person, the newest first."""
        query = select(Case).where(cases.c.offender_id.in_(offender_ids))
        return (await self.session.scalars(query.order_by(cases.c.decided_at.desc(), cases.c.id))).all()

    async def of_force(self, force: str, case_id: UUID) -> Case:
        """One of the force's own.

        Raises:
            NotFound: if there is none, or it is another force's.
        """
        query = select(Case).where(cases.c.id == case_id, cases.c.force == force)
        case: Case | None = await self.session.scalar(query)
        if case is None:
            raise NotFound(f"case {case_id} of force {force}")
        return case

    async def open_of_offender(self, offender_id: UUID) -> Sequence[Case]:
        """Every case in which the person still has something to do."""
        query = select(Case).where(cases.c.offender_id == offender_id, cases.c.state == CaseState.OPEN)
        return (await self.session.scalars(query.order_by(cases.c.decided_at))).all()

    async def open_among(self, case_ids: Collection[UUID]) -> dict[UUID, Case]:
        """Those of these cases in which somebody still has something to do."""
        query = select(Case).where(cases.c.id.in_(case_ids), cases.c.state == CaseState.OPEN)
        return {case.id: case for case in await self.session.scalars(query)}

    async def among(self, case_ids: Collection[UUID]) -> dict[UUID, Case]:
        """The cases of these ids, open or not."""
        query = select(Case).where(cases.c.id.in_(case_ids))
        return {case.id: case for case in await self.session.scalars(query)}

    async def conditions_among(self, condition_ids: Collection[UUID]) -> dict[UUID, Condition]:
        """The conditions of these ids."""
        query = select(Condition).where(conditions.c.id.in_(condition_ids))
        return {condition.id: condition for condition in await self.session.scalars(query)}

    async def conditions_of(self, case: Case) -> Sequence[Condition]:
        """Every condition the case ever had, withdrawn ones too."""
        query = select(Condition).where(conditions.c.case_id == case.id)
        return (await self.session.scalars(query.order_by(conditions.c.position))).all()

    async def conditions_of_offender(self, offender_id: UUID) -> Sequence[Condition]:
        """The conditions of every case in which the person still has something to do."""
        query = (
            select(Condition)
            .join(cases, cases.c.id == conditions.c.case_id)
            .where(cases.c.offender_id == offender_id, cases.c.state == CaseState.OPEN)
        )
        return (await self.session.scalars(query)).all()

    async def condition_of_offender(self, offender_id: UUID, condition_id: UUID) -> Condition:
        """The offender's own condition.

        Raises:
            NotFound: if there is none, or it is somebody else's.
        """
        query = (
            select(Condition)
            .join(cases, cases.c.id == conditions.c.case_id)
            .where(conditions.c.id == condition_id, cases.c.offender_id == offender_id)
        )
        condition = await self.session.scalar(query)
        if condition is None:
            raise NotFound(f"condition {condition_id} of offender {offender_id}")
        return condition

    async def add_reading(self, reading: Reading) -> bool:
        """Keep it, unless this version was read before.  Say whether it is new."""
        query = select(readings.c.id).where(
            readings.c.case_id == reading.case_id, readings.c.version == reading.version
        )
        if await self.session.scalar(query):
            return False
        self.session.add(reading)
        return True

    async def with_reference(self, reference: str, force: str | None = None) -> Sequence[Case]:
        """Every force's case of that reference, for the command line alone."""
        query = select(Case).where(cases.c.reference == reference)
        return (await self.session.scalars(query.where(cases.c.force == force) if force else query)).all()


@dataclass(frozen=True, slots=True)
class SeenCase:
    """A case as its offender sees it."""

    id: UUID
    reference: str
    force: str
    regime: Regime
    complete_by: date
    conditions_version: int
    officer_name: str
    officer_phone: str
    officer_email: str
    read_at: datetime | None
    """When they said that they have read the conditions as they stand."""


_OF_OFFENDER = LookUp(
    select(
        *(cases.c.id, cases.c.reference, cases.c.force, cases.c.regime, cases.c.complete_by),
        *(cases.c.conditions_version, cases.c.officer_name, cases.c.officer_phone, cases.c.officer_email),
        readings.c.read_at,
    )
    .outerjoin(
        readings, and_(readings.c.case_id == cases.c.id, readings.c.version == cases.c.conditions_version)
    )
    .where(cases.c.offender_id == bindparam("offender_id"), cases.c.state == CaseState.OPEN)
    .order_by(cases.c.complete_by, cases.c.id)
)


async def of_offender(connection: AsyncConnection, keys: KeyRing, offender_id: UUID) -> Sequence[SeenCase]:
    """The offender's open cases, the one that ends first at the top."""
    return [_seen(row, keys) for row in await _OF_OFFENDER.rows(connection, offender_id=offender_id)]


def _seen(row: Sequence[Any], keys: KeyRing) -> SeenCase:
    id_, *shown, name, phone, email, read_at = row
    opened = (
        keys.open(name, place("cases", "officer_name", id_)),
        keys.open(phone, place("cases", "officer_phone", id_)),
        keys.open(email, place("cases", "officer_email", id_)),
    )
    return SeenCase(*(id_, *shown, *opened, read_at))


@dataclass(frozen=True, slots=True)
class ListedCase:
    """A case as the staff list shows it."""

    id: UUID
    reference: str
    offender_name: str
    regime: Regime
    complete_by: date
    is_reachable: bool
    state: CaseState


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """A case as its staff page shows it."""

    id: UUID
    force: str
    reference: str
    offender_id: UUID
    regime: Regime
    state: CaseState
    offence_code: str
    committed_on: date
    decided_at: datetime
    complete_by: date
    conditions_version: int
    offence_title: str
    authorised_by: str
    officer_name: str
    offender_name: str
    offender_reference: str
    mobile: str | None
    email: str | None


_NAMES = (offenders.c.first_names, offenders.c.last_name)
_REACHABLE = offenders.c.mobile.is_not(None) | offenders.c.email.is_not(None)
_LIST = (
    select(
        *(cases.c.id, cases.c.reference, cases.c.regime, cases.c.complete_by, cases.c.state),
        *(cases.c.offender_id, *_NAMES, _REACHABLE.label("is_reachable")),
    )
    .join(offenders, offenders.c.id == cases.c.offender_id)
    .where(cases.c.force == bindparam("force"))
    .order_by(cases.c.complete_by, cases.c.id)
)
_FACTS = (
    select(
        *(cases.c.id, cases.c.force, cases.c.reference, cases.c.offender_id, cases.c.regime, cases.c.state),
        *(cases.c.offence_code, cases.c.committed_on, cases.c.decided_at, cases.c.complete_by),
        *(cases.c.conditions_version, cases.c.offence_title, cases.c.authorised_by, cases.c.officer_name),
        *(*_NAMES, offenders.c.reference.label("offender_reference"), offenders.c.mobile, offenders.c.email),
    )
    .join(offenders, offenders.c.id == cases.c.offender_id)
    .where(cases.c.force == bindparam("force"), cases.c.id == bindparam("case_id"))
)


async def listed(
    connection: AsyncConnection, keys: KeyRing, force: str, *, after: tuple[date, UUID] | None = None
) -> Sequence[ListedCase]:
    """A page of the force's cases, soonest to complete first, and one row more if there is a next.

    ``after`` is the place of the last row of the page before: the list is as quick at its end.
    """
    query = _LIST.limit(PAGE + 1)
    if after:
        query = query.where(tuple_(*_ORDER) > place_in(_ORDER, after))
    rows = await connection.execute(query, {"force": force})
    return [
        ListedCase(
            row.id,
            row.reference,
            name_of(row, keys),
            row.regime,
            row.complete_by,
            bool(row.is_reachable),
            row.state,
        )
        for row in rows
    ]


async def count_of_force(connection: AsyncConnection, force: str) -> int:
    """How many cases the force has here."""
    query = select(func.count()).select_from(cases).where(cases.c.force == force)
    return int((await connection.execute(query)).scalar_one())


async def facts(
    connection: AsyncConnection | AsyncSession, keys: KeyRing, force: str, case_id: UUID
) -> CaseFacts:
    """One case of the force.

    Raises:
        NotFound: if there is none, or it is another force's.
    """
    row = (await connection.execute(_FACTS, {"force": force, "case_id": case_id})).first()
    if row is None:
        raise NotFound(f"case {case_id} of force {force}")

    def opened(table: str, name: str, of: UUID) -> str | None:
        sealed = getattr(row, name)
        return None if sealed is None else keys.open(sealed, place(table, name, of))

    return CaseFacts(  # type: ignore[call-arg] # the columns stand in the order of the fields
        *row[:11],
        opened("cases", "offence_title", row.id),
        opened("cases", "authorised_by", row.id),
        opened("cases", "officer_name", row.id),
        name_of(row, keys),
        row.offender_reference,
        opened("offenders", "mobile", row.offender_id),
        opened("offenders", "email", row.offender_id),
    )
