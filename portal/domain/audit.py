"""What is written down about every act: who, when, what, to which record.

DPA 2018 s.62 asks for logs of collection, alteration, consultation, disclosure, combination
and erasure.  An event names records by id and holds no personal data itself.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Actor(StrEnum):
    """Who acted."""

    OFFENDER = "offender"
    VICTIM = "victim"
    STAFF = "staff"
    PROVIDER = "provider"
    INTAKE = "intake"
    OPERATOR = "operator"
    PORTAL = "portal"
    NOTIFY = "notify"


class LoggedAs(StrEnum):
    """The six words of section 62, and one for what touches no personal data."""

    COLLECTION = "collection"
    ALTERATION = "alteration"
    CONSULTATION = "consultation"
    DISCLOSURE = "disclosure"
    COMBINATION = "combination"
    ERASURE = "erasure"
    SECURITY = "security"


@dataclass(eq=False, kw_only=True)
class Event:
    """One act.  ``deed`` is ``noun.past_participle``, as in ``appointment.confirmed``."""

    at: datetime
    actor: Actor
    actor_id: UUID | None
    deed: str
    logged_as: LoggedAs
    force: str | None = None
    case_id: UUID | None = None
    record_id: UUID | None = None
    details: dict[str, str | int] = field(default_factory=dict)
    id: int | None = None
