"""The schema's history, and the way from any of its points to any other."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from portal.storage.database import Database
from portal.storage.tables import VICTIM_SCHEMA

HERE = Path(__file__).parent


def configuration(connection: Connection | None = None) -> Config:
    """Alembic's configuration.  There is no alembic.ini: `portal migrate` is the way in."""
    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def head() -> str:
    """The revision that this code needs."""
    return ScriptDirectory.from_config(configuration()).get_current_head() or ""


async def current(database: Database) -> str | None:
    """The revision that the database is at, or None when it is empty."""
    async with database.reading() as connection:
        return await connection.run_sync(
            lambda there: MigrationContext.configure(there).get_current_revision()
        )


async def migrate(database: Database, revision: str = "head") -> None:
    """Bring the schema to ``revision``, up or down, in one transaction."""

    def move(connection: Connection) -> None:
        config = configuration(connection)
        steps = ScriptDirectory.from_config(config)
        at = MigrationContext.configure(connection).get_current_revision()
        wanted = steps.get_current_head() if revision == "head" else revision
        backwards = wanted == "base" or (
            at is not None and wanted in {step.revision for step in steps.iterate_revisions(at, "base")}
        )
        (command.downgrade if backwards and at != wanted else command.upgrade)(config, revision)

    async with database.noting() as connection:
        await connection.run_sync(move)


def includes(name: str | None, kind: str, schema_of: dict[str, str | None]) -> bool:
    """Which of a database's schemas are ours to compare."""
    return kind != "schema" or name in (None, VICTIM_SCHEMA)
