"""Ids that tell nothing: neither when a record was made, nor how many there are."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from os import urandom
from uuid import UUID

SIZE = 16
SHARED = 4
_beginning: ContextVar[bytes] = ContextVar("_beginning", default=b"")


def new_id() -> UUID:
    """A random id (UUIDv4)."""
    beginning = _beginning.get()
    return UUID(bytes=beginning + urandom(SIZE - len(beginning)), version=4)


@contextmanager
def ids_that_lie_together() -> Iterator[None]:
    """Until the block ends, ids begin alike, and have 90 random bits still.

    So what is kept in one transaction lies together in every index, and the database writes a
    few of its pages where it would write one for each row.
    """
    before = _beginning.set(urandom(SHARED))
    try:
        yield
    finally:
        _beginning.reset(before)
