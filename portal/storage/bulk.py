"""New records by the thousand: one statement a table, where a flush would track each object.

SQLAlchemy writes the statement and knows the types.  It is asked for them once: what it does
around each row takes longer than SQLite takes to insert it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from operator import itemgetter
from typing import Any, TypeAlias

from sqlalchemy import Connection, Dialect, Table, UniqueConstraint, insert
from sqlalchemy.ext.asyncio import AsyncSession

from portal.storage.mapping import KEYS, as_row, table_of
from portal.storage.tables import metadata

Row: TypeAlias = Mapping[str, Any]
Schemas: TypeAlias = tuple[tuple[str, str | None], ...]
"""Which schema stands in for which, on this database."""


class BulkSession(AsyncSession):
    """A session that inserts what is new all at once, at :meth:`flush`, and then lets go of it.

    So what is set on a new record after the flush is lost: look the record up again.
    """

    def __init__(self, *args: Any, **options: Any) -> None:  # noqa: ANN401 - passed on
        super().__init__(*args, **options)
        self._waiting: dict[Table, list[object]] = {}

    def add(self, instance: object, *, _warn: bool = True) -> None:
        """Keep a new one, at the next flush."""
        self._waiting.setdefault(table_of(instance), []).append(instance)

    def add_all(self, instances: Iterable[object]) -> None:
        """Keep new ones, at the next flush."""
        for instance in instances:
            self.add(instance)

    async def flush(self, objects: Any = None) -> None:  # noqa: ANN401 - SQLAlchemy's
        """Insert what is new, then update what was changed."""
        waiting, self._waiting = self._waiting, {}
        connection = await self.connection()
        for table in metadata.sorted_tables:
            if records := waiting.get(table):
                rows = [as_row(record, self.info[KEYS]) for record in records]
                await connection.run_sync(_insert, table, rows)
        await super().flush(objects)


@dataclass(frozen=True)
class _Insertion:
    """A statement as the driver takes it, and what each value of a row must go through."""

    sql: str
    bindings: Sequence[tuple[str, Callable[[Any], Any] | None]]

    def values(self, row: Row) -> tuple[Any, ...]:
        return tuple([process(row[name]) if process else row[name] for name, process in self.bindings])


def _insert(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    schemas = connection.get_execution_options().get("schema_translate_map") or {}
    insertion = _prepared(table, tuple(rows[0]), connection.dialect, tuple(schemas.items()))
    values = [insertion.values(row) for row in _in_order(table, rows)]
    connection.exec_driver_sql(insertion.sql, values)


@cache
def _prepared(table: Table, columns: tuple[str, ...], dialect: Dialect, schemas: Schemas) -> _Insertion:
    compiled = insert(table).compile(
        dialect=dialect,
        column_keys=list(columns),
        schema_translate_map=dict(schemas),
        render_schema_translate=True,
    )
    types = [(name, compiled.binds[name].type) for name in compiled.positiontup or ()]
    return _Insertion(
        compiled.string,
        [(name, type_.dialect_impl(dialect).bind_processor(dialect)) for name, type_ in types],
    )


def _in_order(table: Table, rows: Sequence[Row]) -> Sequence[Row]:
    """By what two transactions could both insert, so that they never wait for each other crosswise."""
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint) and len(constraint.columns) > 1:
            return sorted(rows, key=itemgetter(*constraint.columns.keys()))
    return rows


async def keep_all(session: AsyncSession, records: Sequence[object]) -> None:
    """Insert new records of one kind, now, and let go of them: after whatever the session had waiting."""
    await session.flush()
    if records:
        rows = [as_row(record, session.info[KEYS]) for record in records]
        await (await session.connection()).run_sync(_insert, table_of(records[0]), rows)
