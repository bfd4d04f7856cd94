"""What a person sent, and what is wrong with it, in words that say what to do."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import TypeVar

MOST_LETTERS = 10_000
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
PARTS = ("day", "month", "year")


Choice = TypeVar("Choice")


class Form:
    """The fields of a form.  A subclass says what they mean, and puts what is wrong into errors."""

    def __init__(self, fields: Mapping[str, str] | None = None) -> None:
        self.fields: Mapping[str, str] = fields or {}
        self.errors: dict[str, str] = {}

    def text(self, name: str, *, missing: str) -> str:
        """What was typed, without the space around it; nothing is an error."""
        value = str(self.fields.get(name, ""))[:MOST_LETTERS].strip()
        if not value:
            self.errors[name] = missing
        return value

    def choice(self, name: str, *, of: Callable[[str], Choice], missing: str) -> Choice | None:
        """What was chosen among a few; anything else is an error."""
        try:
            return of(str(self.fields.get(name, "")))
        except ValueError:
            self.errors[name] = missing
            return None

    def day(self, name: str, *, missing: str) -> date | None:
        """A day of three fields; a month may be written out.  No such day is an error."""
        day, month, year = (str(self.fields.get(f"{name}-{part}", "")).strip().lower() for part in PARTS)
        try:
            number = MONTHS.index(month[:3]) + 1 if month[:3] in MONTHS else int(month[:2])
            return date(int(year[:4]), number, int(day[:2]))
        except ValueError:
            self.errors[name] = missing
            return None


NOTHING = Form()
"""No form was sent."""
