"""Links and codes, kept only as hashes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from portal.domain.links import CODE_TRIES, Code, Link
from portal.storage.bulk import keep_all
from portal.storage.keys import token_hash
from portal.storage.tables import codes, links


@dataclass(frozen=True)
class Links:
    """Secret addresses."""

    session: AsyncSession

    def add(self, link: Link) -> None:
        """Keep a new one."""
        self.session.add(link)

    async def add_all(self, links: Sequence[Link]) -> None:
        """Keep many new ones."""
        await keep_all(self.session, links)

    async def with_token(self, token: str) -> Link | None:
        """The link that this token opens, live or not."""
        found: Link | None = await self.session.scalar(
            select(Link).where(links.c.token_hash == token_hash(token))
        )
        return found

    async def revoke_of(self, offender_id: UUID, *, now: datetime) -> int:
        """Let none of the person's links open anything from now on.  Say how many were live."""
        revoked = (
            update(links)
            .where(links.c.offender_id == offender_id, links.c.revoked_at.is_(None), links.c.expires_at > now)
            .values(revoked_at=now)
            .returning(links.c.id)
        )
        return len((await self.session.execute(revoked)).all())

    async def find(self, link_id: UUID) -> Link | None:
        """The link that somebody's browser came with."""
        return await self.session.get(Link, link_id)


@dataclass(frozen=True)
class Codes:
    """Six-digit codes."""

    session: AsyncSession

    async def replace(self, code: Code, *, now: datetime) -> None:
        """Keep a new one; it kills whatever codes the person had."""
        await self.kill_of(code.offender_id, now=now)
        self.session.add(code)

    async def kill_of(self, offender_id: UUID, *, now: datetime) -> None:
        """Let none of the person's codes work any more."""
        await self.session.execute(
            update(codes)
            .where(codes.c.offender_id == offender_id, codes.c.spent_at.is_(None))
            .values(spent_at=now)
        )

    async def of_browser(self, browser_hash: bytes) -> Code | None:
        """The newest code that this browser asked for, ours until the work ends."""
        query = (
            select(Code)
            .where(codes.c.browser_hash == browser_hash)
            .order_by(codes.c.made_at.desc())
            .limit(1)
            .with_for_update()
        )
        found: Code | None = await self.session.scalar(query)
        return found

    async def count_try(self, code: Code) -> bool:
        """Count a try.  Say whether one was left: of many at once, only five are told yes."""
        counted = (
            update(codes)
            .where(codes.c.id == code.id, codes.c.spent_at.is_(None), codes.c.tries < CODE_TRIES)
            .values(tries=codes.c.tries + 1)
            .returning(codes.c.id)
        )
        return await self.session.scalar(counted) is not None

    async def spend(self, code: Code, *, now: datetime) -> bool:
        """Use it up.  Of two at once only one is told that it did (ASVS 6.5.1)."""
        spent = (
            update(codes)
            .where(codes.c.id == code.id, codes.c.spent_at.is_(None))
            .values(spent_at=now)
            .returning(codes.c.id)
        )
        return await self.session.scalar(spent) is not None
