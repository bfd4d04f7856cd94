"""What the portal cannot do by itself and leaves to staff."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from portal.domain.ids import new_id


class TaskKind(StrEnum):
    """What there is to do."""

    NO_CONTACT = "no_contact"
    SHARED_CONTACT = "shared_contact"
    CONTACT_IS_WRONG = "contact_is_wrong"
    """A number or an address is not in use, or belongs to somebody else."""
    MESSAGE_PARKED = "message_parked"
    MESSAGE_TOO_LATE = "message_too_late"
    """No hour was left in which the person may be written to: tell them another way."""
    REPLY_TO_READ = "reply_to_read"
    """The person wrote what the portal does not understand."""


@dataclass(eq=False, kw_only=True)
class Task:
    """One thing for the staff of a force to do.  Of one key there is one at a time that is open."""

    id: UUID = field(default_factory=new_id)
    force: str
    kind: TaskKind
    key: str
    """What it is about; the same for the same need."""
    offender_id: UUID | None = None
    case_id: UUID | None = None
    about_id: UUID | None = None
    """The message or the reply that it came of."""
    made_at: datetime
    done_at: datetime | None = None
    done_by: UUID | None = None

    def finish(self, *, by: UUID, at: datetime) -> bool:
        """It is done.  Done twice is done once.

        Returns:
            Whether this changed anything.
        """
        if self.done_at is not None:
            return False
        self.done_at, self.done_by = at, by
        return True
