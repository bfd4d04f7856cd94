"""A case that has passed every check, in one normal form.

Text is NFC, numbers E.164, moments UTC.  Two lines that say the same have equal
case files and equal digests, however they were written.
"""

from datetime import date, datetime, time
from hashlib import sha256

import msgspec

from portal.domain.conditions import ConditionKind, EvidenceKind
from portal.domain.regimes import Rank, Regime
from portal.domain.victims import SafeChannel, VictimKind


class OffenceFile(msgspec.Struct, frozen=True, kw_only=True):
    """What was done, and when."""

    code: str
    title: str
    committed_on: date
    summary: str


class AuthoriserFile(msgspec.Struct, frozen=True, kw_only=True):
    """Who gave the resolution."""

    name: str
    rank: Rank
    collar_number: str


class OfficerFile(msgspec.Struct, frozen=True, kw_only=True):
    """Whom the person can ask."""

    name: str
    collar_number: str
    email: str
    phone: str


class OffenderFile(msgspec.Struct, frozen=True, kw_only=True):
    """Who got the resolution."""

    reference: str
    first_names: str
    last_name: str
    date_of_birth: date
    language: str
    sex: str
    mobile: str | None = None
    landline: str | None = None
    email: str | None = None
    ethnicity_self_defined: str | None = None
    needs: tuple[str, ...] = ()
    adjustments: tuple[str, ...] = ()


class SafeContactFile(msgspec.Struct, frozen=True, kw_only=True):
    """The one way of contact that a victim called safe, and when."""

    channel: SafeChannel
    days: tuple[str, ...] = ()
    """``mon`` to ``sun``."""
    starts: time | None = msgspec.field(default=None, name="from")
    ends: time | None = msgspec.field(default=None, name="to")
    confirmed_by: str | None = None
    """The collar number of the officer who made sure."""


class VictimFile(msgspec.Struct, frozen=True, kw_only=True):
    """Who was harmed: a person has a last name, a business a name."""

    kind: VictimKind
    reference: str
    language: str
    first_names: str = ""
    last_name: str = ""
    name: str = ""
    date_of_birth: date | None = None
    sex: str | None = None
    mobile: str | None = None
    landline: str | None = None
    email: str | None = None
    wants_updates: bool = False
    domestic_abuse: bool = False
    enhanced_rights: tuple[str, ...] = ()
    safe_contact: SafeContactFile | None = None


class ConditionFile(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to do, or not to do, by a day."""

    reference: str
    kind: ConditionKind
    title: str
    due_on: date
    evidence: EvidenceKind
    provider: str | None = None
    hours: int | None = None
    amount_pence: int | None = None


class CaseFile(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the file, checked."""

    reference: str
    force: str
    regime: Regime
    offence: OffenceFile
    decided_at: datetime
    authorised_by: AuthoriserFile
    officer: OfficerFile
    complete_by: date
    offender: OffenderFile
    victims: tuple[VictimFile, ...]
    conditions: tuple[ConditionFile, ...]

    @property
    def key(self) -> tuple[str, str]:
        """What a case is known by."""
        return self.force, self.reference

    def digest(self) -> bytes:
        """SHA-256 of everything the case file says: equal for equal case files, on every machine."""
        return sha256(msgspec.json.encode(self, order="sorted")).digest()
