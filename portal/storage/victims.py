"""Victims.  Only staff, the intake and the worker are ever given this."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.domain.offenders import Offender
from portal.domain.victims import Victim
from portal.storage.keys import KeyRing
from portal.storage.mapping import email, phone
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

    async def has_mobile(self, offender: Offender) -> bool:
        """Whether any victim can be reached at the offender's number (T-MSG 4)."""
        return bool(offender.mobile) and await self._has("mobile_index", phone(str(offender.mobile)))

    async def forces_with_mobile(self, number: str) -> set[str]:
        """The forces of victims who can be reached at this number."""
        indexes = self.keys.indexes(*phone(number))
        return set(
            await self.session.scalars(select(victims.c.force).where(victims.c.mobile_index.in_(indexes)))
        )

    async def has_email(self, offender: Offender) -> bool:
        """Whether any victim can be reached at the offender's address (T-MSG 4)."""
        return bool(offender.email) and await self._has("email_index", email(str(offender.email)))

    async def _has(self, column: str, contact: tuple[str, str]) -> bool:
        indexes = self.keys.indexes(*contact)
        query = select(victims.c.id).where(or_(*(victims.c[column] == index for index in indexes))).limit(1)
        return (await self.session.execute(query)).first() is not None
