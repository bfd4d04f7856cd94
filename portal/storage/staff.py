"""Staff accounts."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from portal.domain.staff import Role, StaffMember
from portal.storage.keys import KeyRing, place
from portal.storage.mapping import email
from portal.storage.tables import staff


@dataclass(frozen=True)
class StaffMembers:
    """Those who may sign in as staff."""

    session: AsyncSession
    keys: KeyRing

    def add(self, member: StaffMember) -> None:
        """Keep a new one."""
        self.session.add(member)

    async def with_email(self, address: str) -> StaffMember | None:
        """The account of that address, disabled or not."""
        indexes = self.keys.indexes(*email(address))
        found: StaffMember | None = await self.session.scalar(
            select(StaffMember).where(staff.c.email_index.in_(indexes))
        )
        return found

    async def find(self, member_id: UUID) -> StaffMember | None:
        """The account that a session carries."""
        return await self.session.get(StaffMember, member_id)

    async def use_step(self, member: StaffMember, step: int) -> bool:
        """Use up a time step's code.  Of two at once only one is told that it did."""
        used = (
            update(staff)
            .where(staff.c.id == member.id, staff.c.totp_used_step < step)
            .values(totp_used_step=step)
            .returning(staff.c.id)
        )
        return await self.session.scalar(used) is not None

    async def disable(self, member: StaffMember, *, at: datetime) -> None:
        """They may not sign in any more."""
        member.disabled_at = at


async def account(
    connection: AsyncConnection, keys: KeyRing, member_id: UUID
) -> tuple[str, Role, str] | None:
    """The force, the role and the name of an account that may be used now."""
    query = select(staff.c.force, staff.c.role, staff.c.name).where(
        staff.c.id == member_id, staff.c.disabled_at.is_(None)
    )
    row = (await connection.execute(query)).first()
    return row and (row.force, row.role, keys.open(row.name, place("staff", "name", member_id)))
