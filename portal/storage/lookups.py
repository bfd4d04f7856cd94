"""Statements that pages wait for.

SQLAlchemy writes the statement and knows the types.  On SQLite it is asked for them once, and
the statement then goes straight to the driver: what SQLAlchemy does around a statement takes ten
times as long as SQLite takes to carry it out.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

from sqlalchemy import Connection, Insert, Select, Update
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from portal.storage.sqlite import AtOnce

Row: TypeAlias = tuple[Any, ...]
Process: TypeAlias = Callable[[Any], Any]
SQLITE = SQLiteDialect_pysqlite(paramstyle="named")


@dataclass(frozen=True)
class LookUp:
    """A statement, prepared.  Its parameters are named, and no list is among them."""

    statement: Select[Any]

    async def rows(self, connection: AsyncConnection | AsyncSession, **given: object) -> Sequence[Row]:
        """What it finds, each row in the order of the statement's columns."""
        if not isinstance(connection, AtOnce):
            return [tuple(row) for row in await connection.execute(self.statement, given)]
        sql, fixed, binds, results = self._prepared
        for name, process in binds:
            given[name] = process(given[name])
        rows = connection.ask(sql, fixed | given)
        return [_processed(row, results) for row in rows] if results else rows

    async def row(self, connection: AsyncConnection | AsyncSession, **given: object) -> Row | None:
        """The first that it finds."""
        rows = await self.rows(connection, **given)
        return rows[0] if rows else None

    @cached_property
    def _prepared(
        self,
    ) -> tuple[str, dict[str, Any], Sequence[tuple[str, Process]], Sequence[tuple[int, Process]]]:
        """Its SQL, its own parameters, and what its parameters and its columns must go through."""
        sql, fixed, binds = _compiled(self.statement)
        types = (column.type.dialect_impl(SQLITE) for column in self.statement.selected_columns)
        processes = enumerate(type_.result_processor(SQLITE, None) for type_ in types)
        return sql, fixed, binds, [(place, process) for place, process in processes if process]


@dataclass(frozen=True)
class Change:
    """A statement that changes something, prepared.  It is carried out once for each of many rows."""

    statement: Insert | Update
    columns: Sequence[str]
    """What each row gives."""

    def carry_out(self, connection: Connection | AtOnce, rows: Sequence[dict[str, Any]]) -> None:
        """Do it for all of them, within a transaction that has begun."""
        if not isinstance(connection, AtOnce):
            connection.execute(self.statement, rows)
            return
        sql, fixed, binds = self._prepared
        processed = ({name: process(row[name]) for name, process in binds} for row in rows)
        connection.tell(sql, [fixed | row | its for row, its in zip(rows, processed, strict=True)])

    @cached_property
    def _prepared(self) -> tuple[str, dict[str, Any], Sequence[tuple[str, Process]]]:
        """Its SQL, its own parameters, and what those given must go through."""
        return _compiled(self.statement, self.columns)


def _compiled(
    statement: Select[Any] | Insert | Update, columns: Sequence[str] | None = None
) -> tuple[str, dict[str, Any], Sequence[tuple[str, Process]]]:
    compiled = statement.compile(dialect=SQLITE, column_keys=columns)
    fixed: dict[str, Any] = {}
    binds: list[tuple[str, Process]] = []
    for parameter, name in compiled.bind_names.items():
        process = parameter.type.dialect_impl(SQLITE).bind_processor(SQLITE)
        if parameter.required:
            binds += [(name, process)] if process else []
        else:
            fixed[name] = process(parameter.value) if process else parameter.value
    return compiled.string, fixed, binds


def _processed(row: Row, results: Sequence[tuple[int, Process]]) -> Row:
    cells = list(row)
    for place, process in results:
        cells[place] = process(cells[place])
    return tuple(cells)
