"""The fields of case/1, each with its rule: what the table of the format says, as data."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice
from typing import Any, TypeAlias

from portal.domain import contacts
from portal.domain.conditions import ConditionKind, EvidenceKind
from portal.domain.forces import FORCES
from portal.domain.regimes import Rank, Regime
from portal.domain.victims import SafeChannel, VictimKind
from portal.errors import PortalError
from portal.intake import values
from portal.intake.parsing import is_plain
from portal.intake.refusals import Problem, Wrong
from portal.intake.values import Rule, contact, one_of, several, text, whole_number

_REFERENCE = text(64)
_NAME = text(200)
_CODE = text(64)
_COLLAR_NUMBER = text(40)
_SEX = one_of("0129", otherwise="unknown: write 0, 1, 2 or 9, in quotation marks")
_ETHNICITIES = (
    *("W1", "W2", "W3", "W9"),
    *("M1", "M2", "M3", "M9"),
    *("A1", "A2", "A3", "A4", "A9"),
    *("B1", "B2", "B9"),
    *("O2", "O9", "NS"),
)
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MOST_UNKNOWN = 20


@dataclass(frozen=True, slots=True)
class Field:
    """A rule that a field must meet, and whether it may be left out."""

    rule: Rule
    is_optional: bool = False


Shape: TypeAlias = Mapping[str, Field]


def _anything(value: object) -> object:
    return value


def _choice(codes: type[VictimKind | SafeChannel | ConditionKind | EvidenceKind | Rank | Regime]) -> Field:
    known = [code.value for code in codes]
    return Field(one_of(known, otherwise=f"unknown: write one of {', '.join(known)}"))


def _optional(rule: Rule) -> Field:
    return Field(rule, is_optional=True)


_REACHED_BY: Shape = {
    "mobile": _optional(contact(contacts.mobile)),
    "landline": _optional(contact(contacts.landline)),
    "email": _optional(contact(contacts.email)),
}

CASE: Shape = {
    "schema": Field(one_of(["case/1"], otherwise="unknown version: this portal reads case/1")),
    "reference": Field(_REFERENCE),
    "force": Field(one_of(FORCES, otherwise="unknown code: write the two digits of the force, such as 43")),
    "regime": _choice(Regime),
    "offence": Field(_anything),
    "decided_at": Field(values.moment),
    "authorised_by": Field(_anything),
    "officer": Field(_anything),
    "complete_by": Field(values.day),
    "offender": Field(_anything),
    "victims": Field(_anything),
    "conditions": Field(_anything),
}

OFFENCE: Shape = {
    "code": Field(text(16)),
    "title": Field(text(500)),
    "committed_on": Field(values.day),
    "summary": Field(values.prose(2000)),
}

AUTHORISER: Shape = {"name": Field(_NAME), "rank": _choice(Rank), "collar_number": Field(_COLLAR_NUMBER)}

OFFICER: Shape = {
    "name": Field(_NAME),
    "collar_number": Field(_COLLAR_NUMBER),
    "email": Field(contact(contacts.email)),
    "phone": Field(contact(contacts.phone)),
}

OFFENDER: Shape = {
    "reference": Field(_REFERENCE),
    "first_names": Field(text(200, may_be_empty=True)),
    "last_name": Field(_NAME),
    "date_of_birth": Field(values.day),
    "language": Field(values.language),
    "sex": Field(_SEX),
    **_REACHED_BY,
    "ethnicity_self_defined": _optional(
        one_of(_ETHNICITIES, otherwise="unknown code: write one of the 18+1, such as W1, or NS")
    ),
    "needs": _optional(several(_CODE, most=50)),
    "adjustments": _optional(several(_CODE, most=50)),
}

_ANY_VICTIM: Shape = {
    "kind": _choice(VictimKind),
    "reference": Field(_REFERENCE),
    "language": Field(values.language),
    **_REACHED_BY,
    "wants_updates": _optional(values.flag),
    "domestic_abuse": _optional(values.flag),
    "enhanced_rights": _optional(several(_CODE, most=50)),
    "safe_contact": _optional(_anything),
}

BUSINESS: Shape = {**_ANY_VICTIM, "name": Field(_NAME)}

PERSON: Shape = {
    **_ANY_VICTIM,
    "first_names": _optional(text(200, may_be_empty=True)),
    "last_name": Field(_NAME),
    "date_of_birth": _optional(values.day),
    "sex": _optional(_SEX),
}

SAFE_CONTACT: Shape = {
    "channel": _choice(SafeChannel),
    "days": _optional(several(one_of(_DAYS, otherwise="unknown: write mon to sun"), most=7)),
    "from": _optional(values.hour),
    "to": _optional(values.hour),
    "confirmed_by": _optional(_CODE),
}

CONDITION: Shape = {
    "reference": Field(_REFERENCE),
    "kind": _choice(ConditionKind),
    "title": Field(text(500)),
    "due_on": Field(values.day),
    "evidence": _choice(EvidenceKind),
    "provider": _optional(_NAME),
    "hours": _optional(whole_number("hours", most=1000)),
    "amount_pence": _optional(whole_number("pence", most=100_000_000)),
}


def read(given: object, shape: Shape, path: str, problems: list[Problem]) -> dict[str, Any]:
    """The fields that were given, each in its normal form; a wrong one is None, and a problem.

    A field that is null counts as left out.
    """
    if not isinstance(given, dict):
        problems.append(Problem(path, "not an object: put its fields between { and }"))
        return {}
    normal: dict[str, Any] = {}
    nulls = 0
    for name, field in shape.items():
        value = given.get(name)
        if value is None:
            nulls += name in given
            if not field.is_optional:
                problems.append(Problem(inside(path, name), "missing"))
            continue
        try:
            normal[name] = field.rule(value)
        except PortalError as wrong:
            normal[name] = None
            at = wrong.at if isinstance(wrong, Wrong) else ""
            problems.append(Problem(inside(path, name) + at, str(wrong)))
    if len(given) > len(normal) + nulls:
        problems.extend(islice(_unknown(given, shape, path), _MOST_UNKNOWN))
    return normal


def inside(path: str, name: str) -> str:
    """The path of a field of the object at ``path``."""
    return f"{path}.{name}" if path else name


def _unknown(given: Mapping[str, object], shape: Shape, path: str) -> Iterator[Problem]:
    for name in given:
        if name in shape:
            continue
        if not is_plain(name):
            yield Problem(path, "unknown field, with a name that is no plain word")
            continue
        meant = get_close_matches(name, shape, n=1)
        yield Problem(
            inside(path, name), f"unknown field: did you mean {meant[0]}?" if meant else "unknown field"
        )
