"""What looks leave behind: that somebody is still there, and whose records they saw.

A look's note is committed before its page is sent.  On SQLite every commit waits for the disk,
one after the other, so whoever comes while a commit is under way shares the next one with all
who came meanwhile: a page waits for two commits at most, however many people look.  PostgreSQL
does the like itself.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from sqlalchemy import Connection

from portal.storage.audit import ADD, AS_ROW
from portal.storage.desk import TELL
from portal.storage.lookups import Change
from portal.storage.sessions import TOUCH
from portal.storage.sqlite import AtOnce

Row: TypeAlias = dict[str, Any]
Transact: TypeAlias = Callable[[Callable[[Connection | AtOnce], None]], Awaitable[None]]
"""Does its work on a connection, as one transaction."""
_TOUCH = Change(TOUCH, ("of", "seen_at"))
_ADD = Change(ADD, AS_ROW)
_TELL = Change(TELL, ("of", "told"))


@dataclass(frozen=True, slots=True)
class Note:
    """What one look leaves behind: rows for three statements."""

    touched: Row | None
    seen: Sequence[Row]
    told: Sequence[Row] = ()


@dataclass
class Notes:
    """Keeps notes; where ``together``, many in one transaction."""

    transact: Transact
    together: bool
    _waiting: list[Note] = field(default_factory=list)
    _next: asyncio.Task[None] | None = None
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def keep(self, note: Note) -> None:
        """Commit it.  Those who share a commit share its failure: nothing is kept, and no page is sent."""
        if not self.together:
            await self.transact(lambda connection: _write(connection, [note]))
            return
        self._waiting.append(note)
        if self._next is None:
            self._next = asyncio.create_task(self._keep_waiting())
        await asyncio.shield(self._next)

    async def _keep_waiting(self) -> None:
        async with self._turn:
            notes, self._waiting, self._next = self._waiting, [], None
            await self.transact(lambda connection: _write(connection, notes))


def _write(connection: Connection | AtOnce, notes: Sequence[Note]) -> None:
    if touched := [note.touched for note in notes if note.touched]:
        _TOUCH.carry_out(connection, touched)
    if seen := [row for note in notes for row in note.seen]:
        _ADD.carry_out(connection, seen)
    if told := [row for note in notes for row in note.told]:
        _TELL.carry_out(connection, told)
