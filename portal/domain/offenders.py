"""The person who got a resolution.  On their own screens always "you"."""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from portal.domain.ids import new_id


def called(first_names: str, last_name: str) -> str:
    """How a message greets somebody: a first name only, or the one name they have."""
    return (first_names.split() or [last_name])[0]


@dataclass(eq=False, kw_only=True, repr=False)
class Offender:
    """One person as one force knows them.  A person known to two forces is two offenders."""

    id: UUID = field(default_factory=new_id)
    force: str
    reference: str
    first_names: str
    last_name: str
    date_of_birth: date
    language: str = "en"
    sex: str = "9"
    mobile: str | None = None
    landline: str | None = None
    email: str | None = None
    ethnicity: str | None = None
    needs: str = ""
    adjustments: str = ""

    @property
    def called(self) -> str:
        """How a message greets them: a first name only, or the one name they have."""
        return called(self.first_names, self.last_name)

    @property
    def full_name(self) -> str:
        """Both names, for staff."""
        return f"{self.first_names} {self.last_name}".strip()

    @property
    def is_reachable(self) -> bool:
        """Whether a text or an e-mail could reach them at all."""
        return bool(self.mobile or self.email)
