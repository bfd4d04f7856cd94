"""Work is kept whole or not at all, and a look shows one moment, on both databases."""

from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from portal.domain.offenders import Offender
from portal.settings import Settings
from portal.storage.database import Database, open_database
from portal.storage.tables import offenders
from tests.making import an_offender, one_of_each


async def test_what_raises_leaves_nothing(database):
    async def fail_after_a_change() -> None:
        async with database.changing() as session:
            session.add(an_offender())
            await session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail_after_a_change()

    async with database.changing() as session:
        assert (await session.scalars(select(Offender))).all() == []


async def test_records_may_be_added_in_any_order(database):
    async with database.changing() as session:
        session.add_all(reversed(one_of_each()))
        session.add_all(one_of_each())

    async with database.reading() as connection:
        assert await connection.scalar(select(func.count()).select_from(offenders)) == 2


async def test_a_look_shows_one_moment(database):
    how_many = select(func.count()).select_from(offenders)

    async with database.reading() as connection:
        assert await connection.scalar(how_many) == 0
        async with database.changing() as session:
            session.add(an_offender())
        assert await connection.scalar(how_many) == 0

    async with database.reading() as connection:
        assert await connection.scalar(how_many) == 1


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_look_changes_nothing(database):
    with pytest.raises(DBAPIError, match="read-only"):
        async with database.reading() as connection:
            await connection.execute(text("DELETE FROM offenders"))


async def test_the_settings_name_the_database_and_its_keys(database, database_url, keys):
    offender = an_offender()
    async with database.changing() as session:
        session.add(offender)

    settings = Settings(
        database_url=database_url,
        secret_key="a new secret, at random",
        retired_secret_keys=tuple(keys.secrets),
    )
    opened = open_database(settings)
    async with opened.changing() as session:
        assert (await session.get_one(Offender, offender.id)).full_name == offender.full_name
    await opened.close()


async def test_a_database_is_made_with_its_folder(tmp_path: Path, keys):
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'new' / 'folder' / 'portal.db'}", keys)
    async with database.noting() as connection:
        await connection.execute(text("CREATE TABLE anything (id)"))
    await database.close()

    assert (tmp_path / "new" / "folder" / "portal.db").exists()
