"""Checking one line of a case file: it is taken whole, or refused with all that is wrong."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from portal.domain.offences import Offence
from portal.domain.regimes import Regime, Regimes
from portal.intake import rules
from portal.intake.case_file import CaseFile
from portal.intake.parsing import parse
from portal.intake.refusals import Problem, Refusal, Wrong
from portal.intake.shapes import (
    AUTHORISER,
    BUSINESS,
    CASE,
    CONDITION,
    OFFENCE,
    OFFENDER,
    OFFICER,
    PERSON,
    SAFE_CONTACT,
    read,
)
from portal.intake.values import a_list

_MOST = 100


def check(
    line: bytes, *, number: int, offences: Mapping[str, Offence], regimes: Regimes, now: datetime
) -> CaseFile | Refusal:
    """The case that the line holds, or why it is refused.  Never raises, whatever the bytes."""
    try:
        document = parse(line)
    except Wrong as wrong:
        return Refusal(number, (Problem("", str(wrong)),))
    problems: list[Problem] = []
    case = _read(document, problems)
    if case.get("schema") is None:
        return Refusal(number, tuple(problem for problem in problems if problem.path == "schema"))
    _compare(case, problems, offences=offences, regimes=regimes, now=now)
    if problems:
        return Refusal(number, tuple(dict.fromkeys(problems)))
    return msgspec.convert(case, CaseFile)


def _read(document: dict[str, Any], problems: list[Problem]) -> dict[str, Any]:
    """Every field that is right by itself; every part is there, if only empty."""
    case = read(document, CASE, "", problems)
    for name, shape in (
        ("offence", OFFENCE),
        ("authorised_by", AUTHORISER),
        ("officer", OFFICER),
        ("offender", OFFENDER),
    ):
        case[name] = read(case[name], shape, name, problems) if name in case else {}
    case["victims"] = [
        _victim(victim, f"victims[{index}]", problems)
        for index, victim in enumerate(_items(case, "victims", problems))
    ]
    case["conditions"] = [
        read(condition, CONDITION, f"conditions[{index}]", problems)
        for index, condition in enumerate(_items(case, "conditions", problems))
    ]
    return case


def _items(case: dict[str, Any], name: str, problems: list[Problem]) -> list[object]:
    if name not in case:
        return []
    try:
        items = a_list(case[name], most=_MOST)
    except Wrong as wrong:
        problems.append(Problem(name, str(wrong)))
        return []
    if name == "conditions" and not items:
        problems.append(Problem(name, "at least one condition is needed"))
    return items


def _victim(given: object, path: str, problems: list[Problem]) -> dict[str, Any]:
    kind = given.get("kind") if isinstance(given, dict) else None
    named_as_one = isinstance(given, dict) and "name" in given
    is_business = kind == "business" or (kind != "person" and named_as_one)
    victim = read(given, BUSINESS if is_business else PERSON, path, problems)
    if victim.get("safe_contact") is not None:
        victim["safe_contact"] = read(victim["safe_contact"], SAFE_CONTACT, f"{path}.safe_contact", problems)
    return victim


def _compare(
    case: dict[str, Any],
    problems: list[Problem],
    *,
    offences: Mapping[str, Offence],
    regimes: Regimes,
    now: datetime,
) -> None:
    listed = offences.get(case["offence"].get("code") or "")
    problems += rules.of_time(case, now=now)
    decided_on = rules.day_of(case["decided_at"]) if case.get("decided_at") else None
    problems += rules.of_order(case, decided_on=decided_on)
    problems += rules.of_offence(case["offence"], listed)
    problems += rules.of_conditions(case, decided_on=decided_on)
    problems += rules.of_victims(case)
    if case.get("regime"):
        regime = regimes[Regime(case["regime"])]
        problems += rules.of_regime(case, regime, listed, decided_on=decided_on)
        problems += rules.of_limits(case["conditions"], regime, listed)
