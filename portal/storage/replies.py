"""Texts that came in, until and after somebody has dealt with them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from portal.domain.replies import Meaning, Reply
from portal.storage.keys import KeyRing
from portal.storage.mapping import phone
from portal.storage.message_tables import replies


@dataclass(frozen=True)
class Replies:
    """Replies, to change them."""

    session: AsyncSession
    keys: KeyRing

    async def keep(self, reply: Reply) -> bool:
        """Keep it, unless Notify has told us of it before.  Say whether it is new."""
        if await self.session.scalar(select(replies.c.id).where(replies.c.id == reply.id)):
            return False
        try:
            async with self.session.begin_nested():
                self.session.add(reply)
        except IntegrityError:  # it came twice at the same moment
            return False
        return True

    async def known_among(self, ids: Collection[UUID]) -> set[UUID]:
        """Those of these texts that we have."""
        return set(await self.session.scalars(select(replies.c.id).where(replies.c.id.in_(ids))))

    async def to_take(self, *, most: int) -> Sequence[Reply]:
        """Those that nobody has dealt with, as they were sent; ours until the work ends."""
        query = (
            select(Reply)
            .where(replies.c.taken_at.is_(None))
            .order_by(replies.c.sent_at, replies.c.came_at)
            .limit(most)
            .with_for_update(skip_locked=True)
        )
        return (await self.session.scalars(query)).all()

    async def meant_later(self, reply: Reply, meanings: Collection[Meaning]) -> bool:
        """Whether the same number sent one of these after this text, and it is dealt with already."""
        query = select(replies.c.id).where(
            replies.c.number_index.in_(self.keys.indexes(*phone(f"+{reply.number}"))),
            replies.c.meaning.in_(sorted(meanings)),
            replies.c.sent_at > reply.sent_at,
        )
        return await self.session.scalar(query.limit(1)) is not None

    async def find(self, reply_id: UUID) -> Reply | None:
        """The reply that a task is about."""
        return await self.session.get(Reply, reply_id)
