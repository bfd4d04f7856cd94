"""The appointments we hold.  No query here forgets whose they are."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from portal.domain.appointments import STANDING, Appointment, AppointmentKind, AppointmentState
from portal.errors import NotFound
from portal.storage import tables
from portal.storage.keys import KeyRing, place
from portal.storage.lookups import LookUp

table = tables.appointments


@dataclass(frozen=True)
class Appointments:
    """Appointments, to change them."""

    session: AsyncSession

    def add(self, appointment: Appointment) -> None:
        """Keep a new one."""
        self.session.add(appointment)

    async def of_offender(
        self, offender_id: UUID, appointment_id: UUID, *, to_change: bool = False
    ) -> Appointment:
        """The offender's own appointment.  One taken ``to_change`` is ours until the work ends.

        Raises:
            NotFound: if there is none, or it is somebody else's.
        """
        query = select(Appointment).where(table.c.id == appointment_id, table.c.offender_id == offender_id)
        appointment = await self.session.scalar(query.with_for_update() if to_change else query)
        if appointment is None:
            raise NotFound(f"appointment {appointment_id} of offender {offender_id}")
        return appointment

    async def among(self, appointment_ids: Collection[UUID]) -> dict[UUID, Appointment]:
        """The appointments of these ids."""
        query = select(Appointment).where(table.c.id.in_(appointment_ids))
        return {appointment.id: appointment for appointment in await self.session.scalars(query)}

    async def all_of_offender(self, offender_id: UUID) -> Sequence[Appointment]:
        """Every appointment that the person ever had."""
        return (
            await self.session.scalars(select(Appointment).where(table.c.offender_id == offender_id))
        ).all()


@dataclass(frozen=True, slots=True)
class SeenAppointment:
    """An appointment as a page shows it."""

    id: UUID
    case_id: UUID
    kind: AppointmentKind
    starts_at: datetime
    ends_at: datetime
    place: str
    bring: str
    state: AppointmentState
    confirmed_at: datetime | None

    @property
    def is_confirmed(self) -> bool:
        """Whether the person has said that they will come."""
        return self.state is AppointmentState.CONFIRMED

    @property
    def stands(self) -> bool:
        """Whether it is still to come, as far as anybody has said."""
        return self.state in STANDING


_SHOWN = (
    *(table.c.id, table.c.case_id, table.c.kind, table.c.starts_at, table.c.ends_at),
    *(table.c.place, table.c.bring, table.c.state, table.c.confirmed_at),
)
_UPCOMING = LookUp(
    select(*_SHOWN)
    .where(
        table.c.offender_id == bindparam("offender_id"),
        table.c.ends_at > bindparam("now", type_=table.c.ends_at.type),
        or_(*(table.c.state == state for state in sorted(STANDING))),
    )
    .order_by(table.c.starts_at)
    .limit(20)
)
_ONE = select(*_SHOWN).where(
    table.c.offender_id == bindparam("offender_id"), table.c.id == bindparam("appointment_id")
)
_OF_CASE = select(*_SHOWN).where(table.c.case_id == bindparam("case_id")).order_by(table.c.starts_at)


def _shown(row: Sequence[Any], keys: KeyRing) -> SeenAppointment:
    id_, case_id, kind, starts_at, ends_at, where, bring, state, confirmed_at = row
    opened = (
        keys.open(where, place("appointments", "place", id_)),
        keys.open(bring, place("appointments", "bring", id_)),
    )
    return SeenAppointment(id_, case_id, kind, starts_at, ends_at, *opened, state, confirmed_at)


async def upcoming(
    connection: AsyncConnection, keys: KeyRing, offender_id: UUID, *, now: datetime
) -> Sequence[SeenAppointment]:
    """What stands and has not ended, soonest first."""
    return [_shown(row, keys) for row in await _UPCOMING.rows(connection, offender_id=offender_id, now=now)]


async def shown_to_offender(
    connection: AsyncConnection, keys: KeyRing, offender_id: UUID, appointment_id: UUID
) -> SeenAppointment:
    """One of the offender's own.

    Raises:
        NotFound: if there is none, or it is somebody else's.
    """
    of = {"offender_id": offender_id, "appointment_id": appointment_id}
    row = (await connection.execute(_ONE, of)).first()
    if row is None:
        raise NotFound(f"appointment {appointment_id} of offender {offender_id}")
    return _shown(row, keys)


async def of_case(
    connection: AsyncConnection | AsyncSession, keys: KeyRing, case_id: UUID
) -> Sequence[SeenAppointment]:
    """All of a case that the caller has already been allowed to see."""
    return [_shown(row, keys) for row in await connection.execute(_OF_CASE, {"case_id": case_id})]
