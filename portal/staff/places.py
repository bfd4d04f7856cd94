"""Where a page of a long list begins: after the last row of the page before, wherever that is by now."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import TypeVar
from uuid import UUID

from portal.errors import NotFound

Sorted = TypeVar("Sorted", bound=date)


def a_moment(written: str) -> datetime:
    """A moment with its offset.

    Raises:
        ValueError: if it is none.
        OverflowError: if it is too far away to be counted.
    """
    moment = datetime.fromisoformat(written)
    if moment.tzinfo is None:
        raise ValueError("a moment without its offset from UTC")
    return moment.astimezone(UTC)


def mark_of(sorted_by: date, id: UUID) -> str:  # noqa: A002 - a row's own
    """A row's place, as an address carries it."""
    return f"{sorted_by.isoformat().replace('+', 'Z')}_{id}"


def place_of(mark: str, read: Callable[[str], Sorted]) -> tuple[Sorted, UUID] | None:
    """The place that an address carries; None is the first page.

    Raises:
        NotFound: if the mark is none of ours.
    """
    if not mark:
        return None
    at, _, row = mark.partition("_")
    try:
        return read(at.replace("Z", "+")), UUID(row)
    except (ValueError, OverflowError) as wrong:
        raise NotFound("no such page of the list") from wrong
