"""The published list of offences in England and Wales, and what its categories mean."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Self


class Category(StrEnum):
    """How an entry of the list is tried, in the list's own codes.

    The list holds court applications and enforcement beside offences; no
    resolution can be given for those.
    """

    SUMMARY = "CS"
    SUMMARY_MOTORING = "CM"
    EITHER_WAY = "CE"
    INDICTABLE_ONLY = "CI"
    BREACH_OF_ORDER = "CB"
    CRIMINAL_APPLICATION = "CR"
    CIVIL_APPLICATION = "VP"
    FINE_ENFORCEMENT = "EF"
    MAINTENANCE_ENFORCEMENT = "EM"
    FOREIGN_MAINTENANCE_ENFORCEMENT = "EX"

    @property
    def is_offence(self) -> bool:
        """Whether a person can be charged with it."""
        return self in _OFFENCES

    @property
    def is_summary(self) -> bool:
        """Whether it must be charged within six months, or not at all."""
        return self in _SUMMARY


_SUMMARY = frozenset({Category.SUMMARY, Category.SUMMARY_MOTORING})
_OFFENCES = _SUMMARY | {Category.EITHER_WAY, Category.INDICTABLE_ONLY}


@dataclass(frozen=True, slots=True)
class Offence:
    """One entry of the list."""

    code: str
    category: Category
    title: str
    recordable: bool
    """Whether it is kept on the Police National Computer."""

    @classmethod
    def from_entry(cls, entry: Mapping[str, object]) -> Self:
        """One entry as the Ministry of Justice publishes it.

        Raises:
            KeyError: if the entry lacks a field.
            ValueError: if its category is none that we know.
        """
        return cls(
            code=str(entry["cjsCode"]),
            category=Category(str(entry["offenceCategory"])),
            title=str(entry["offenceTitle"]),
            recordable=entry["recordableOnPnc"] is True,
        )
