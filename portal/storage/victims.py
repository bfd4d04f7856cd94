"""Victims.  Only staff, the intake and the worker are ever given this."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.domain.messages import Channel
from portal.domain.victims import Victim
from portal.storage.keys import KeyRing
from portal.storage.mapping import phone
from portal.storage.tables import victims


@dataclass(frozen=True)
class Victims:
    """Victims, to change them."""

    session: AsyncSession
    keys: KeyRing

    def add(self, victim: Victim) -> None:
        """Keep a new one."""
        self.session.add(victim)

    async def of_case(self, case_id: UUID) -> Sequence[Victim]:
        """Everybody harmed in a case, those withdrawn too."""
        return (await self.session.scalars(select(Victim).where(victims.c.case_id == case_id))).all()

    async def forces_with_mobile(self, number: str) -> set[str]:
        """The forces of victims who can be reached at this number."""
        indexes = self.keys.indexes(*phone(number))
        return set(
            await self.session.scalars(select(victims.c.force).where(victims.c.mobile_index.in_(indexes)))
        )

    async def at(self, channel: Channel, indexes: Collection[bytes]) -> set[bytes]:
        """Which of these blind indexes belong to a number or an address of any victim (T-MSG 4)."""
        column = victims.c.mobile_index if channel is Channel.SMS else victims.c.email_index
        return set(await self.session.scalars(select(column).where(column.in_(indexes))))
