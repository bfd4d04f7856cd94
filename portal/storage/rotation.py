"""A change of keys: everything is sealed anew with the key in use, while the portal runs.

First give every process a ring with the new secret in front and the old one behind it, then
rotate, then take the old secret away.  Cut short, a rotation goes on where it was: what is
sealed with the key in use is left alone.
"""

import asyncio
from typing import Any

from sqlalchemy import ColumnElement, LargeBinary, func, or_, select

from portal.storage.database import Database
from portal.storage.keys import KEY_ID_BYTES, VERSION, CannotOpen, KeyRing, place
from portal.storage.mapping import SEALED, seal_row
from portal.storage.tables import offenders, staff

A_MOMENT = 0.05


async def can_open(database: Database) -> bool:
    """Whether the ring opens what is there: a wrong secret must stop the start, not each page."""
    async with database.reading() as connection:
        for table in (offenders, staff):
            row = (
                await connection.execute(
                    select(table.c.id, table.c.email).where(table.c.email.is_not(None)).limit(1)
                )
            ).first()
            if row is not None:
                try:
                    database.keys.open(row.email, place(table.name, "email", row.id))
                except CannotOpen:
                    return False
    return True


async def rotate(database: Database, *, batch: int = 200) -> int:
    """Seal anew what is not sealed with the key in use, and reckon its blind indexes anew.

    Returns:
        The number of rows that were sealed anew.

    Raises:
        CannotOpen: if a value's key is not on the ring; what was sealed anew before it stays so.
    """
    done = 0
    for kind, attributes in SEALED.items():
        while attributes and await _is_behind(database, kind):
            sealed = await _walk(database, kind, batch)
            done += sealed
            if not sealed:  # somebody holds what is left
                await asyncio.sleep(A_MOMENT)
    return done


def _behind(kind: type, keys: KeyRing) -> ColumnElement[bool]:
    """Whether a row has a value that is not sealed with the key in use."""
    columns = [attribute.table.c[name] for name, attribute in SEALED[kind].items()]
    return or_(
        *(func.substr(c, len(VERSION) + 1, KEY_ID_BYTES, type_=LargeBinary) != keys.current for c in columns)
    )


async def _is_behind(database: Database, kind: type) -> bool:
    async with database.reading() as connection:
        return await connection.scalar(select(1).where(_behind(kind, database.keys)).limit(1)) is not None


async def _walk(database: Database, kind: type[Any], batch: int) -> int:
    """Once through the table.  Rows that somebody else is changing are left for the next time."""
    row_id = next(iter(SEALED[kind].values())).table.c.id
    query = select(kind).where(_behind(kind, database.keys)).order_by(row_id).limit(batch)
    query = query.with_for_update(skip_locked=True)
    done, rest = 0, query
    while True:
        async with database.changing() as session:
            rows = (await session.scalars(rest)).all()
            for row in rows:
                for name in SEALED[kind]:
                    setattr(row, name, getattr(row, name))
                seal_row(row, database.keys)
        if not rows:
            return done
        done += len(rows)
        rest = query.where(row_id > rows[-1].id)
