"""Somebody carries the database off: they have learned nobody's name, number, words or keys."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select, text

from portal.storage.database import Database
from portal.storage.keys import new_token
from portal.storage.mapping import SEALED
from portal.storage.tables import metadata
from tests.canaries import appearances
from tests.making import PASSWORD, a_code, a_link, a_message, a_staff_member, an_offender

CODE = "4829153607"
TOTP_SECRET = "KRSXG5DTMVRXEZLUKRSXG5DTMVRXEZLU"


@pytest.fixture
async def canaries(database: Database, records: list[Any], session_id: str) -> list[str]:
    """Everything in the database that is somebody's, or would let somebody in."""
    token, offender = new_token(), an_offender()
    secret = [
        offender,
        a_link(offender, token=token),
        a_code(offender, code=CODE),
        a_message(offender, personalisation=f'{{"token": "{token}"}}'),
        a_staff_member(totp_secret=TOTP_SECRET),
    ]
    async with database.changing() as session:
        session.add_all(secret)
    sealed = {
        str(getattr(record, name)) for record in records + secret for name in SEALED.get(type(record), {})
    }
    return [*sealed - {"None", ""}, token, CODE, PASSWORD, TOTP_SECRET, session_id]


async def tables_of(database: Database) -> bytes:
    """All tables, as a select shows them."""

    def read(connection: Connection) -> bytes:
        values = (
            value
            for table in metadata.sorted_tables
            for row in connection.execute(select(table))
            for value in row
        )
        return b"\n".join(value if isinstance(value, bytes) else str(value).encode() for value in values)

    async with database.reading() as connection:
        return await connection.run_sync(read)


async def copies_of(database: Database) -> bytes:
    """All tables, as PostgreSQL copies and casts them to text."""
    output = BytesIO()
    async with database.engine.connect() as connection:
        raw = (await connection.get_raw_connection()).driver_connection
        assert raw is not None
        for table in metadata.sorted_tables:
            await raw.copy_from_table(table.name, schema_name=table.schema, output=output)
            rows = await connection.execute(text(f"SELECT t::text FROM {table.fullname} t"))  # noqa: S608
            output.write("\n".join(row[0] for row in rows).encode())
    return output.getvalue()


async def everything_in(database: Database) -> bytes:
    """The database as its thief has it."""
    if not database.is_sqlite:
        return await tables_of(database) + await copies_of(database)
    file = Path(str(database.engine.url.database))
    files = [file, *file.parent.glob(f"{file.name}-*")]
    assert any(beside.name.endswith("-wal") and beside.stat().st_size for beside in files)
    return await tables_of(database) + b"".join(beside.read_bytes() for beside in files)


async def test_nothing_personal_and_no_key_lies_in_the_database(database, canaries):
    dump = await everything_in(database)

    assert len(dump) > 5_000
    assert len(canaries) > 30
    assert appearances(dump, canaries) == []


async def test_the_nose_works(database, canaries):
    leaked = canaries[-1]
    async with database.noting() as connection:
        await connection.execute(text("UPDATE conditions SET provider = :leaked"), {"leaked": f"id {leaked}"})

    assert appearances(await everything_in(database), canaries) == [f"utf-8: {leaked}"]
