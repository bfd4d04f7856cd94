"""The people of a force who keep cases moving."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from portal.domain.ids import new_id


class Role(StrEnum):
    """What a member of staff may do."""

    OFFICER = "officer"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"


@dataclass(eq=False, kw_only=True, repr=False)
class StaffMember:
    """Somebody who signs in with a password and a code of their authenticator."""

    id: UUID = field(default_factory=new_id)
    force: str
    name: str
    email: str
    role: Role
    password_hash: str
    totp_secret: str
    totp_used_step: int = 0
    """The last time step whose code let them in: a code works once."""
    added_at: datetime
    disabled_at: datetime | None = None
