"""The rules for single values.  Each takes what JSON held and gives its one normal form."""

import re
from collections.abc import Callable, Collection
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Any, TypeAlias

import langcodes

from portal.domain import contacts
from portal.errors import PortalError
from portal.intake.refusals import Wrong

Rule: TypeAlias = Callable[[Any], object]
"""Gives the normal form of a value, or raises a `PortalError` that says what is wrong."""

_DAY = re.compile(r"(?:19|2[01])[0-9]{2}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(
    r"(?:19|2[01])[0-9]{2}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?"
    r"(?P<offset>[Zz]|[+-][0-9]{2}:[0-9]{2})?"
)
_HOUR = re.compile(r"[0-9]{2}:[0-9]{2}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,4}")
_LONGEST_CONTACT = 320
_LETTER_AND_MARKS = 4
"""A letter may come with its marks apart.  Putting them together takes time that grows fast."""


def text(longest: int, *, may_be_empty: bool = False) -> Rule:
    """Text on one line."""
    return _text(contacts.line, longest, may_be_empty=may_be_empty)


def prose(longest: int) -> Rule:
    """Text of several lines, or none."""
    return _text(contacts.prose, longest, may_be_empty=True)


def contact(normal_form: Callable[[str], str]) -> Rule:
    """A phone number or an email address."""
    line = text(_LONGEST_CONTACT)
    return lambda value: normal_form(str(line(value)))


def one_of(codes: Collection[str], *, otherwise: str) -> Rule:
    """One of a few codes."""
    known = frozenset(codes)

    def rule(value: object) -> str:
        if not isinstance(value, str) or value not in known:
            raise Wrong(otherwise)
        return value

    return rule


def several(rule: Rule, *, most: int) -> Rule:
    """A list in which nothing stands twice."""

    def each(value: object) -> tuple[object, ...]:
        seen: dict[object, None] = {}
        for index, item in enumerate(a_list(value, most=most)):
            try:
                seen[rule(item)] = None
            except PortalError as wrong:
                raise Wrong(str(wrong), at=f"[{index}]") from wrong
            if len(seen) <= index:
                raise Wrong("given twice", at=f"[{index}]")
        return tuple(seen)

    return each


def a_list(value: object, *, most: int) -> list[object]:
    """A list of anything."""
    if not isinstance(value, list):
        raise Wrong("not a list: put it between [ and ]")
    if len(value) > most:
        raise Wrong(f"more than {most}")
    return value


def whole_number(of: str, *, most: int) -> Rule:
    """How many of something, at least one."""

    def rule(value: object) -> int:
        if type(value) is not int:
            raise Wrong(f"not a whole number of {of}: write it in digits, without quotation marks")
        if value <= 0:
            raise Wrong(f"{'negative' if value < 0 else 'zero'}: give the {of} above zero, or leave it out")
        if value > most:
            raise Wrong(f"more than {most:,} {of}")
        return value

    return rule


def flag(value: object) -> bool:
    """Yes or no."""
    if not isinstance(value, bool):
        raise Wrong("not true or false: write one of the two, without quotation marks")
    return value


def day(value: object) -> date:
    """A date of the calendar."""
    try:
        if isinstance(value, str) and _DAY.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise Wrong("not a date: write year-month-day, such as 2026-11-20")


def moment(value: object) -> datetime:
    """A moment, in UTC."""
    match = _MOMENT.fullmatch(value) if isinstance(value, str) else None
    if match and match["offset"] is None:
        raise Wrong("no UTC offset: end it with Z or with an offset such as +01:00")
    try:
        if match:
            return datetime.fromisoformat(match[0].upper()).astimezone(UTC)
    except ValueError:
        pass
    raise Wrong("not a date and time: write it like 2026-11-20T14:15:00+00:00")


def hour(value: object) -> time:
    """A time of day."""
    try:
        if isinstance(value, str) and _HOUR.fullmatch(value):
            return time.fromisoformat(value)
    except ValueError:
        pass
    raise Wrong("not a time of day: write it like 08:00, from 00:00 to 23:59")


def language(value: object) -> str:
    """A language tag, as BCP 47 would write it."""
    tag = _standard(value) if isinstance(value, str) and _LANGUAGE.fullmatch(value) else None
    if tag is None:
        raise Wrong("unknown language tag: write a BCP 47 tag, such as en, cy or pl")
    return tag


@lru_cache(maxsize=1024)
def _standard(tag: str) -> str | None:
    return langcodes.standardize_tag(tag) if langcodes.tag_is_valid(tag) else None


def _text(tidy: Callable[[str], str], longest: int, *, may_be_empty: bool) -> Rule:
    def rule(value: object) -> str:
        if not isinstance(value, str):
            raise Wrong("not text: put it in quotation marks")
        tidied = tidy(value[: longest * _LETTER_AND_MARKS])
        if not (tidied or may_be_empty):
            raise Wrong("empty")
        if len(tidied) > longest or len(value) > longest * _LETTER_AND_MARKS:
            raise Wrong(f"longer than {longest:,} characters")
        return tidied

    return rule
