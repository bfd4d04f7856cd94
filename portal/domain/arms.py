"""The arms of a trial of wordings: which of them keeps most people from missing an appointment."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from statistics import NormalDist

from portal.errors import Misconfigured
from portal.settings import ForceSettings

CONFIDENCE = 0.95


class Arm(StrEnum):
    """One way to word a reminder.  Where no trial runs, everybody gets the plan prompt."""

    PLAIN = "plain"
    """Date, time and place, and nothing more."""
    PLAN = "plan"
    """Plan how to come."""
    CONSEQUENCE = "consequence"
    """What happens if it is missed: honest and mild, never a threat."""
    COST = "cost"
    """What a missed place costs others."""


def arms_of(force: ForceSettings) -> Collection[Arm]:
    """The wordings that a force tries against each other.

    Raises:
        Misconfigured: if one of them is none of ours, or there is none.
    """
    known = {arm.value for arm in Arm}
    if not force.arms or not known.issuperset(force.arms):
        raise Misconfigured(f"PORTAL_FORCES_FILE: arms are one or more of {', '.join(sorted(known))}")
    return frozenset(map(Arm, force.arms))


@dataclass(frozen=True)
class Outcomes:
    """How the appointments of those with one wording ended."""

    people: int
    appointments: int
    missed: int

    @property
    def no_show_rate(self) -> float | None:
        """The share that was missed; None before the first has an outcome."""
        return self.missed / self.appointments if self.appointments else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson's interval of that share, at 95%: good for few and for rare ones too (Wilson 1927)."""
        count, rate = self.appointments, self.no_show_rate
        if rate is None:
            return None
        z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
        middle = (rate + z**2 / (2 * count)) / (1 + z**2 / count)
        half = z / (1 + z**2 / count) * (rate * (1 - rate) / count + z**2 / (4 * count**2)) ** 0.5
        return max(0.0, middle - half), min(1.0, middle + half)
