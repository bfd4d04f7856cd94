"""How a person gets in: a link they were sent, then a code sent when they ask for it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from portal.domain.ids import new_id

CODE_DIGITS = 6
CODE_LIFE = timedelta(minutes=10)
CODE_TRIES = 5
LINK_LIFE = timedelta(days=30)


@dataclass(eq=False, kw_only=True)
class Link:
    """A secret address.  It opens nothing by itself, and looking at it does not use it up."""

    id: UUID = field(default_factory=new_id)
    offender_id: UUID
    token_hash: bytes
    made_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None

    def is_live(self, *, at: datetime) -> bool:
        """Whether a code may be sent to whoever holds it."""
        return self.revoked_at is None and at < self.expires_at


@dataclass(eq=False, kw_only=True)
class Code:
    """Six digits, for one browser, for ten minutes, for five tries.  A new one kills the old."""

    id: UUID = field(default_factory=new_id)
    offender_id: UUID
    browser_hash: bytes
    """The pre-session of the browser that asked: nobody else's tries count."""
    code_hash: str
    made_at: datetime
    tries: int = 0
    spent_at: datetime | None = None
    """When it was used, replaced or worn out."""

    @property
    def expires_at(self) -> datetime:
        """The moment from which it no longer works."""
        return self.made_at + CODE_LIFE

    def is_live(self, *, at: datetime) -> bool:
        """Whether a right guess would still let somebody in."""
        return self.spent_at is None and self.tries < CODE_TRIES and at < self.expires_at
