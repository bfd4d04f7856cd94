"""What the offender must do or not do, and how far they are."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from uuid import UUID

from portal.domain.ids import new_id


class ConditionKind(StrEnum):
    """The kinds of condition (case/1)."""

    REHABILITATIVE = "rehabilitative"
    REPARATIVE = "reparative"
    FINANCIAL = "financial"
    RESTRICTIVE = "restrictive"


class EvidenceKind(StrEnum):
    """What shows that a condition is met (case/1)."""

    ATTENDANCE = "attendance"
    CERTIFICATE = "certificate"
    RECEIPT = "receipt"
    LETTER = "letter"
    NONE = "none"


class Progress(StrEnum):
    """How far a condition is.  Nothing here is a breach: only an officer decides that."""

    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    WAITING = "waiting"
    MET = "met"
    NOT_MET = "not_met"
    VARIED = "varied"
    EXCUSED = "excused"


@dataclass(eq=False, kw_only=True, repr=False)
class Condition:
    """One thing to do, or not to do, by a day."""

    id: UUID = field(default_factory=new_id)
    case_id: UUID
    reference: str
    position: int
    kind: ConditionKind
    title: str
    due_on: date
    evidence: EvidenceKind
    provider: str | None = None
    hours: int | None = None
    amount_pence: int | None = None
    progress: Progress = Progress.NOT_STARTED
    is_withdrawn: bool = False
    """The force took it out of the case; it stays for the record and shows on no list."""
