"""Work is kept whole or not at all, on both databases."""

import pytest
from sqlalchemy import select, text

from portal.domain.offenders import Offender
from tests.making import an_offender


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


async def test_a_test_has_a_database_of_its_own(database):
    async with database.noting() as connection:
        assert (await connection.execute(text("SELECT count(*) FROM offenders"))).scalar_one() == 0
