"""Texts that people send back, and what they mean by them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Meaning(StrEnum):
    """What a text says (domain.md, "Reminders": a reply counts)."""

    YES = "yes"
    CHANGE = "change"
    NEXT = "next"
    HELP = "help"
    HERE = "here"
    STOP = "stop"
    START = "start"
    WRONG_PERSON = "wrong_person"
    UNCLEAR = "unclear"


@dataclass(eq=False, kw_only=True, repr=False)
class Reply:
    """A text that came in.  Its id is Notify's own, so that the same one counts once."""

    id: UUID
    number: str
    """As Notify gave it: digits without a plus, or a name."""
    content: str
    sent_at: datetime
    """When Notify had it."""
    came_at: datetime
    taken_at: datetime | None = None
    """When a worker dealt with it."""
    offender_id: UUID | None = None
    """Who wrote it; None while nobody has looked, and where several people could have."""
    meaning: Meaning | None = None
