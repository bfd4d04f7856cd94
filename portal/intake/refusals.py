"""Why a line was not taken, in words for a records clerk.

A refusal may be logged and mailed about, so it names fields and never repeats
what stood in them, codes of offences and regimes aside.
"""

from dataclasses import dataclass

from portal.errors import PortalError


class Wrong(PortalError):
    """A value breaks a rule.  The message says which, without the value."""

    def __init__(self, reason: str, *, at: str = "") -> None:
        super().__init__(reason)
        self.at = at
        """Where inside the value, such as ``[2]``."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, and where."""

    path: str
    """The field, such as ``victims[0].mobile``; empty when it is the line as a whole."""
    reason: str

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}" if self.path else self.reason


@dataclass(frozen=True, slots=True)
class Refusal:
    """A line that was not taken, and everything that we found wrong with it."""

    line: int
    problems: tuple[Problem, ...]

    def __str__(self) -> str:
        return f"line {self.line}: " + "; ".join(map(str, self.problems))
