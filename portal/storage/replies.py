"""Texts that came in, until and after somebody has dealt with them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.domain.replies import Reply
from portal.storage.message_tables import replies


@dataclass(frozen=True)
class Replies:
    """Replies, to change them."""

    session: AsyncSession

    async def keep(self, reply: Reply) -> bool:
        """Keep it, unless Notify has told us of it before.  Say whether it is new."""
        if await self.session.scalar(select(replies.c.id).where(replies.c.id == reply.id)):
            return False
        self.session.add(reply)
        return True

    async def to_take(self, *, most: int) -> Sequence[Reply]:
        """Those that nobody has dealt with, in the order in which they came; ours until the work ends."""
        query = (
            select(Reply)
            .where(replies.c.taken_at.is_(None))
            .order_by(replies.c.came_at)
            .limit(most)
            .with_for_update(skip_locked=True)
        )
        return (await self.session.scalars(query)).all()

    async def find(self, reply_id: UUID) -> Reply | None:
        """The reply that a task is about."""
        return await self.session.get(Reply, reply_id)
