"""The schema can be brought from any of its points to any other, with what is in it."""

import asyncio
import re
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, select, text
from sqlalchemy.exc import DBAPIError

from portal.storage import migrations
from portal.storage.database import Database
from portal.storage.migrations import configuration, current, head, includes, migrate
from portal.storage.tables import VICTIM_SCHEMA, metadata

Rows: TypeAlias = dict[str, list[dict[str, Any]]]

STEPS = [
    step.revision for step in reversed(list(ScriptDirectory.from_config(configuration()).walk_revisions()))
]

PIECES_OF_POSTGRESQL = """
    SELECT 'column', table_schema, table_name, column_name,
           concat_ws(' ', data_type, character_maximum_length, is_nullable, column_default)
      FROM information_schema.columns WHERE table_schema IN ('public', 'victim')
    UNION ALL SELECT 'constraint', connamespace::regnamespace::text, conrelid::regclass::text, conname,
           pg_get_constraintdef(oid)
      FROM pg_constraint WHERE connamespace::regnamespace::text IN ('public', 'victim')
    UNION ALL SELECT 'index', schemaname, tablename, indexname, indexdef
      FROM pg_indexes WHERE schemaname IN ('public', 'victim')
    UNION ALL SELECT 'trigger', '', tgrelid::regclass::text, tgname, pg_get_triggerdef(oid)
      FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT 'function', pronamespace::regnamespace::text, '', proname, prosrc
      FROM pg_proc WHERE pronamespace::regnamespace::text IN ('public', 'victim')
    UNION ALL SELECT 'schema', nspname, '', '', '' FROM pg_namespace WHERE nspname IN ('public', 'victim')
"""
PIECES_OF_SQLITE = "SELECT type, tbl_name, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%'"


async def schema(database: Database) -> set[tuple[Any, ...]]:
    """All that makes up the schema."""
    query = PIECES_OF_SQLITE if database.is_sqlite else PIECES_OF_POSTGRESQL
    async with database.reading() as connection:
        return {tuple(row) for row in await connection.execute(text(query))}


def reflected(connection: Connection) -> MetaData:
    found = MetaData()
    found.reflect(connection)
    if connection.dialect.name == "postgresql":
        found.reflect(connection, schema=VICTIM_SCHEMA)
    return found


async def rows_of(database: Database) -> Rows:
    """What is in each table, as it lies there."""

    def read(connection: Connection) -> Rows:
        return {
            table.name: [dict(row) for row in connection.execute(select(table)).mappings()]
            for table in reflected(connection).sorted_tables
            if table.name != "alembic_version"
        }

    async with database.reading() as connection:
        return await connection.run_sync(read)


async def fill(database: Database, rows: Rows) -> None:
    """Put rows into those tables that are there and have none."""

    def write(connection: Connection) -> None:
        for table in reflected(connection).sorted_tables:
            if rows.get(table.name) and connection.execute(select(table)).first() is None:
                wanted = [{c.name: row[c.name] for c in table.c if c.name in row} for row in rows[table.name]]
                connection.execute(table.insert(), wanted)

    async with database.noting() as connection:
        await connection.run_sync(write)


def assert_kept(before: Rows, after: Rows) -> None:
    """Where a table is still there, so are its rows."""
    for name in before.keys() & after.keys():
        assert len(before[name]) == len(after[name])
        for old, new in zip(before[name], after[name], strict=True):
            shared = old.keys() & new.keys()
            assert {key: old[key] for key in shared} == {key: new[key] for key in shared}


def test_the_files_are_numbered_in_their_order_and_end_in_one_head():
    script = ScriptDirectory.from_config(configuration())
    files = sorted(Path(migrations.__file__).parent.glob("versions/*.py"))

    assert len(script.get_heads()) == 1
    assert [f"{number:04}" for number in range(1, len(files) + 1)] == STEPS
    assert [file.name[:4] for file in files] == STEPS
    assert all(re.fullmatch(r"\d{4}_[a-z_]+\.py", file.name) for file in files)


async def test_the_models_are_what_the_migrations_make(database):
    models = metadata
    if database.is_sqlite:
        models = MetaData(naming_convention=metadata.naming_convention)
        for table in metadata.sorted_tables:
            table.to_metadata(models, schema=None, referred_schema_fn=lambda *_: None)  # type: ignore[arg-type] # None is no schema

    def differences(connection: Connection) -> list[Any]:
        options = {"include_schemas": not database.is_sqlite, "include_name": includes, "compare_type": True}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), models))

    async with database.reading() as connection:
        assert await connection.run_sync(differences) == []
    assert await current(database) == head()


async def test_every_revision_can_be_reached_from_nothing_and_left_again(empty_database):
    await migrate(empty_database, "base")
    nothing = await schema(empty_database)

    for step in STEPS:
        await migrate(empty_database, step)
        assert await current(empty_database) == step
        await migrate(empty_database, "base")
        assert await current(empty_database) is None
        left = {piece for piece in await schema(empty_database) if "alembic_version" not in str(piece)}
        assert left == {piece for piece in nothing if "alembic_version" not in str(piece)}


async def test_a_step_down_and_up_again_leaves_the_schema_as_it_was(empty_database):
    for before, step in zip(["base", *STEPS], STEPS, strict=False):
        await migrate(empty_database, step)
        there = await schema(empty_database)
        await migrate(empty_database, before)
        assert await schema(empty_database) != there
        await migrate(empty_database, step)
        assert await schema(empty_database) == there


@pytest.mark.usefixtures("records")
async def test_rows_survive_every_step_up_and_down(database, empty_database):
    rows = await rows_of(database)
    assert all(rows.values())

    for step in STEPS:
        before = await rows_of(empty_database)
        await migrate(empty_database, step)
        assert_kept(before, await rows_of(empty_database))
        await fill(empty_database, rows)
    assert await rows_of(empty_database) == rows

    for step in reversed(["base", *STEPS[:-1]]):
        before = await rows_of(empty_database)
        await migrate(empty_database, step)
        assert_kept(before, await rows_of(empty_database))
    assert await rows_of(empty_database) == {}


async def test_migrating_to_where_it_is_changes_nothing(database):
    there = await schema(database)
    await migrate(database)
    await migrate(database, head())

    assert await schema(database) == there


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_migration_waits_for_no_lock_longer_than_three_seconds(empty_database):
    await migrate(empty_database, STEPS[-2])
    there = await schema(empty_database)

    async with empty_database.noting() as other:
        await other.execute(text("LOCK TABLE alembic_version IN EXCLUSIVE MODE"))  # every step writes there
        with pytest.raises(DBAPIError, match="lock timeout"):
            await asyncio.wait_for(migrate(empty_database), timeout=10)

    assert await schema(empty_database) == there
    await migrate(empty_database)
    assert await current(empty_database) == head()
