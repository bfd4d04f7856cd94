"""Offenders, and who else can be reached where they can."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.domain.offenders import Offender
from portal.errors import NotFound
from portal.storage.keys import KeyRing
from portal.storage.mapping import email, identity, phone
from portal.storage.tables import offenders


@dataclass(frozen=True)
class Offenders:
    """Offenders, to change them."""

    session: AsyncSession
    keys: KeyRing

    def add(self, offender: Offender) -> None:
        """Keep a new one."""
        self.session.add(offender)

    async def of_force(self, force: str, reference: str) -> Offender | None:
        """The force's own record of a person, if we have it."""
        query = select(Offender).where(offenders.c.force == force, offenders.c.reference == reference)
        found: Offender | None = await self.session.scalar(query)
        return found

    async def find(self, offender_id: UUID) -> Offender:
        """The offender whose id a session, a link or a message carries.

        Raises:
            NotFound: if there is none.
        """
        offender = await self.session.get(Offender, offender_id)
        if offender is None:
            raise NotFound(f"offender {offender_id}")
        return offender

    async def share_mobile(self, offender: Offender) -> bool:
        """Whether a different person, an offender of any force, has the same number."""
        return bool(offender.mobile) and await self._shared(
            offender, "mobile_index", phone(str(offender.mobile))
        )

    async def share_email(self, offender: Offender) -> bool:
        """Whether a different person, an offender of any force, has the same address."""
        return bool(offender.email) and await self._shared(
            offender, "email_index", email(str(offender.email))
        )

    async def _shared(self, offender: Offender, column: str, contact: tuple[str, str]) -> bool:
        query = (
            select(offenders.c.id)
            .where(
                offenders.c[column].in_(self.keys.indexes(*contact)),
                offenders.c.identity_index.not_in(self.keys.indexes(*identity(offender))),
            )
            .limit(1)
        )
        return (await self.session.execute(query)).first() is not None
