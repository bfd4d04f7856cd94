"""What a person sent, and what is wrong with it, in words that say what to do."""

from collections.abc import Mapping

MOST_LETTERS = 10_000


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


NOTHING = Form()
"""No form was sent."""
