"""Staff send one message to many people at once: a run."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from portal.domain.ids import new_id
from portal.domain.messages import Purpose


@dataclass(eq=False, kw_only=True)
class Run:
    """Who sent what to how many.  Its messages go through the outbox like all others."""

    id: UUID = field(default_factory=new_id)
    force: str
    staff_id: UUID
    purpose: Purpose
    begun_at: datetime
    people: int = 0
    left_out: int = 0
    told_at: datetime | None = None
    """When whoever began it was sent the summary."""


@dataclass(eq=False, kw_only=True)
class RunMessage:
    """That a message belongs to a run."""

    id: UUID = field(default_factory=new_id)
    run_id: UUID
    message_id: UUID
