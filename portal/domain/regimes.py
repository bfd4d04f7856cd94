"""The five legal kinds of resolution, and the rules of each: dated data, never code."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from portal.domain.conditions import ConditionKind
from portal.domain.offences import Category
from portal.errors import Misconfigured

OUR_RULES = Path(__file__).with_name("regimes.toml")

_Plain = TypeVar("_Plain", int, bool, date)


class Regime(StrEnum):
    """The legal kind of a resolution."""

    CONDITIONAL_CAUTION = "conditional_caution"
    COMMUNITY_RESOLUTION = "community_resolution"
    DEFERRED_PROSECUTION = "deferred_prosecution"
    DIVERSIONARY_CAUTION = "diversionary_caution"
    COMMUNITY_CAUTION = "community_caution"


class Rank(StrEnum):
    """The ranks of the police, lowest first."""

    CONSTABLE = "constable"
    SERGEANT = "sergeant"
    INSPECTOR = "inspector"
    CHIEF_INSPECTOR = "chief_inspector"
    SUPERINTENDENT = "superintendent"
    CHIEF_SUPERINTENDENT = "chief_superintendent"
    CHIEF_OFFICER = "chief_officer"

    def is_at_least(self, other: "Rank") -> bool:
        """Whether this rank is that one or above it."""
        return _HEIGHT[self] >= _HEIGHT[other]


_HEIGHT = {rank: height for height, rank in enumerate(Rank)}


class Consequence(StrEnum):
    """What an officer may decide upon after a breach."""

    PROSECUTION = "prosecution"
    RESUMED_PROSECUTION = "resumed_prosecution"
    PENALTY = "penalty"
    NOTHING = "nothing"


@dataclass(frozen=True)
class RegimeRules:
    """What one regime allows."""

    regime: Regime
    commences_on: date | None
    minimum_age: int
    admission_needed: bool
    minimum_rank: Rank
    longest: timedelta
    breach_may_lead_to: Consequence
    hours_limit: int
    """In one case, in all."""
    hours_kinds: frozenset[ConditionKind]
    """Only the hours of these count against the limit."""
    penalty_pence: Mapping[Category, int]
    excluded: Mapping[Category, str]
    """The categories it is not open to, and why."""

    def is_in_force_on(self, committed_on: date) -> bool:
        """Whether an offence of that day may be resolved under this regime."""
        return self.commences_on is not None and self.commences_on <= committed_on

    def is_open_to(self, born_on: date, *, committed_on: date) -> bool:
        """Whether the person was old enough on the day of the offence."""
        return age_on(committed_on, born_on=born_on) >= self.minimum_age

    def last_day(self, *, decided_on: date) -> date:
        """The last day by which everything may have to be done."""
        return decided_on + self.longest

    def penalty_limit(self, category: Category) -> int | None:
        """The most pence that penalties may come to, or None where there may be none."""
        return self.penalty_pence.get(category)


Regimes: TypeAlias = Mapping[Regime, RegimeRules]


def age_on(day: date, *, born_on: date) -> int:
    """Whole years.  Somebody born on 29 February grows older on 1 March where there is no 29th."""
    had_birthday = (day.month, day.day) >= (born_on.month, born_on.day)
    return day.year - born_on.year - (not had_birthday)


def load_regimes(path: Path | None = None) -> Regimes:
    """Read the rules from a force's own file, or from ours.

    Raises:
        Misconfigured: if the file cannot be read, or does not give every regime its rules.
    """
    source = path or OUR_RULES
    try:
        tables = tomllib.loads(source.read_text(encoding="utf-8"))
    except (OSError, ValueError) as reason:
        raise Misconfigured(f"the rules of the regimes cannot be read: {reason}") from reason
    if unknown := sorted(tables.keys() - set(Regime)):
        raise Misconfigured(f"{source.name}: {unknown[0]} is no regime")
    return {regime: _rules(regime, tables.get(regime), source.name) for regime in Regime}


def _rules(regime: Regime, table: Any, source: str) -> RegimeRules:  # noqa: ANN401 (TOML is what it is)
    try:
        left = dict(table)
        rules = _take_rules(regime, left)
    except KeyError as missing:
        raise Misconfigured(f"{source}: {regime} has no {missing.args[0]}") from missing
    except (TypeError, ValueError, AttributeError) as reason:
        raise Misconfigured(f"{source}: the rules of {regime} are wrong: {reason}") from reason
    if left:
        raise Misconfigured(f"{source}: {regime} has a rule that we do not know: {min(left)}")
    return rules


def _take_rules(regime: Regime, table: dict[str, Any]) -> RegimeRules:
    hours = table.pop("hours")
    if hours.keys() != {"limit", "kinds"}:
        raise ValueError("hours needs a limit and kinds, and nothing else")
    return RegimeRules(
        regime=regime,
        commences_on=_plain(date, table.pop("commences_on")) if "commences_on" in table else None,
        minimum_age=_plain(int, table.pop("minimum_age")),
        admission_needed=_plain(bool, table.pop("admission_needed")),
        minimum_rank=Rank(table.pop("minimum_rank")),
        longest=timedelta(weeks=_plain(int, table.pop("longest_weeks"))),
        breach_may_lead_to=Consequence(table.pop("breach_may_lead_to")),
        hours_limit=_plain(int, hours["limit"]),
        hours_kinds=frozenset(ConditionKind(kind) for kind in hours["kinds"]),
        penalty_pence={
            Category(code): _plain(int, pence) for code, pence in table.pop("penalty_pence", {}).items()
        },
        excluded={Category(code): str(why) for code, why in table.pop("excluded", {}).items()},
    )


def _plain(kind: type[_Plain], value: object) -> _Plain:
    """The value, if it is of exactly that kind: a bool is no int here, a date with a time no date."""
    if type(value) is not kind:
        raise TypeError(f"{value!r} should be {'a date' if kind is date else kind.__name__}")
    return value
