"""A case: one resolution given to one person for one or more offences."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from portal.domain.ids import new_id
from portal.domain.regimes import Regime
from portal.errors import RuleBroken


class CaseState(StrEnum):
    """Whether the person still has something to do."""

    OPEN = "open"
    FINISHED = "finished"


class ConditionsHaveChanged(RuleBroken):
    """They read one version and another stands now: they must be shown the new one first."""


@dataclass(eq=False, kw_only=True, repr=False)
class Case:
    """One resolution.  A case does not know its victims; a victim knows its case."""

    id: UUID = field(default_factory=new_id)
    force: str
    reference: str
    offender_id: UUID
    regime: Regime
    offence_code: str
    offence_category: str
    offence_title: str
    offence_summary: str
    committed_on: date
    decided_at: datetime
    complete_by: date
    authorised_by: str
    authorised_rank: str
    authorised_collar_number: str
    officer_name: str
    officer_collar_number: str
    officer_email: str
    officer_phone: str
    imported_at: datetime
    digest: bytes
    """Of the line it was last imported from, keyed: equal lines change nothing."""
    state: CaseState = CaseState.OPEN
    conditions_version: int = 1
    """Grows whenever what the person must do changes."""

    def conditions_changed(self) -> None:
        """What the person must do is different now, so what they read is out of date."""
        self.conditions_version += 1

    def check_reading(self, version: int) -> None:
        """May they say that they have read this ``version``?

        Raises:
            ConditionsHaveChanged: if another version stands now.
        """
        if version != self.conditions_version:
            raise ConditionsHaveChanged(f"version {version} was read, {self.conditions_version} stands")


@dataclass(eq=False, kw_only=True)
class Reading:
    """The person said "I have read these" of one version of their conditions."""

    id: UUID = field(default_factory=new_id)
    case_id: UUID
    offender_id: UUID
    version: int
    read_at: datetime
