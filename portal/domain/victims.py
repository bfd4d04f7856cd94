"""The person or business harmed.  Nothing on the offender's side reaches this module."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from uuid import UUID

from portal.domain.ids import new_id


class VictimKind(StrEnum):
    """Who was harmed."""

    PERSON = "person"
    BUSINESS = "business"


class SafeChannel(StrEnum):
    """A way of contact that the victim called safe."""

    SMS = "sms"
    EMAIL = "email"
    NONE = "none"


@dataclass(eq=False, kw_only=True, repr=False)
class Victim:
    """Somebody harmed in one case, and how they may safely be reached, if at all."""

    id: UUID = field(default_factory=new_id)
    case_id: UUID
    force: str
    reference: str
    kind: VictimKind
    first_names: str = ""
    last_name: str = ""
    business_name: str = ""
    date_of_birth: date | None = None
    language: str = "en"
    sex: str = "9"
    mobile: str | None = None
    landline: str | None = None
    email: str | None = None
    wants_updates: bool = False
    domestic_abuse: bool = False
    enhanced_rights: str = ""
    safe_channel: SafeChannel | None = None
    safe_days: str = ""
    safe_from: str = ""
    safe_to: str = ""
    safe_confirmed_by: str = ""
    is_withdrawn: bool = False
    """The force took them out of the case; kept until retention ends, contacted no more."""
