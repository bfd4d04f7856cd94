"""Offenders, and who else can be reached where they can."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from portal.domain.messages import Channel
from portal.domain.offenders import Offender
from portal.errors import NotFound
from portal.storage.keys import KeyRing, place
from portal.storage.mapping import phone
from portal.storage.tables import offenders


@dataclass(frozen=True)
class Offenders:
    """Offenders, to change them."""

    session: AsyncSession
    keys: KeyRing

    def add(self, offender: Offender) -> None:
        """Keep a new one."""
        self.session.add(offender)

    async def with_keys(self, keys: Collection[tuple[str, str]]) -> dict[tuple[str, str], Offender]:
        """The records of these forces and references that we have."""
        query = select(Offender).where(tuple_(offenders.c.force, offenders.c.reference).in_(keys))
        return {(each.force, each.reference): each for each in await self.session.scalars(query)}

    async def find(self, offender_id: UUID) -> Offender:
        """The offender whose id a session, a link or a message carries.

        Raises:
            NotFound: if there is none.
        """
        offender = await self.session.get(Offender, offender_id)
        if offender is None:
            raise NotFound(f"offender {offender_id}")
        return offender

    async def with_mobile(self, number: str) -> Sequence[Offender]:
        """Every record, of any force, that has this number."""
        query = select(Offender).where(offenders.c.mobile_index.in_(self.keys.indexes(*phone(number))))
        return (await self.session.scalars(query.order_by(offenders.c.id))).all()

    async def among(self, offender_ids: Collection[UUID]) -> dict[UUID, Offender]:
        """The offenders of these ids."""
        query = select(Offender).where(offenders.c.id.in_(offender_ids))
        return {each.id: each for each in await self.session.scalars(query)}

    async def at(self, channel: Channel, indexes: Collection[bytes]) -> list[tuple[bytes, bytes]]:
        """Whoever has one of these numbers or addresses: its blind index, and that of who they are."""
        column = offenders.c.mobile_index if channel is Channel.SMS else offenders.c.email_index
        rows = await self.session.execute(
            select(column, offenders.c.identity_index).where(column.in_(indexes))
        )
        return [(row[0], row[1]) for row in rows]


_REACHED_BY = select(offenders.c.mobile.is_not(None), offenders.c.email.is_not(None)).where(
    offenders.c.id == bindparam("offender_id")
)


async def reached_by(connection: AsyncConnection, offender_id: UUID) -> tuple[bool, bool]:
    """Whether we have a mobile of theirs, and whether an e-mail address."""
    mobile, address = (await connection.execute(_REACHED_BY, {"offender_id": offender_id})).one()
    return bool(mobile), bool(address)


def name_of(row: Row[*tuple[Any, ...]], keys: KeyRing) -> str:
    """Both names, of a row with the sealed ones beside ``offender_id``."""
    first = keys.open(row.first_names, place("offenders", "first_names", row.offender_id))
    return f"{first} {keys.open(row.last_name, place('offenders', 'last_name', row.offender_id))}".strip()
