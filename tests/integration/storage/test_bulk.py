"""Records added by the thousand are kept like those that are added one by one."""

from dataclasses import fields
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from portal.domain.offenders import Offender
from portal.storage.database import Database
from portal.storage.mapping import SEALED, email, identity, phone, table_of
from portal.storage.tables import offenders
from tests.integration.storage.test_sealing import in_row, reread
from tests.making import a_case, an_offender, one_of_each
from tests.records import records_of


@pytest.fixture
def records() -> list[Any]:
    return one_of_each()


async def in_bulk(database: Database, *records: Any) -> None:
    async with database.changing_much() as session:
        session.add_all(records)


def told(record: Any) -> dict[str, Any]:
    return {field.name: getattr(record, field.name) for field in fields(record)}


async def test_all_of_a_record_is_kept(database, records):
    await in_bulk(database, *records)

    for record in records:
        assert told(await reread(database, record)) == told(record)


async def test_what_is_personal_lies_sealed(database, records, keys):
    await in_bulk(database, *records)

    for record in records:
        for name in SEALED[type(record)]:
            sealed = await in_row(database, table_of(record), name, record.id)
            assert (sealed is None) == (getattr(record, name) is None)
            assert sealed is None or keys.is_current(sealed)


async def test_a_record_is_found_by_its_blind_indexes(database, keys):
    offender = an_offender(mobile="+447700900123", email="sam@mail.example")
    await in_bulk(database, offender)

    indexes = {
        "mobile_index": phone("+447700900123"),
        "email_index": email("sam@mail.example"),
        "identity_index": identity(offender),
    }
    for column, indexed in indexes.items():
        assert await in_row(database, offenders, column, offender.id) == keys.index(*indexed)


async def test_what_points_at_a_record_may_be_added_before_it(database):
    offender = an_offender()
    case = a_case(offender)

    await in_bulk(database, case, offender)

    assert (await reread(database, case)).offender_id == offender.id


async def test_what_raises_leaves_nothing(database):
    before = await records_of(database)

    with pytest.raises(IntegrityError):
        await in_bulk(database, an_offender(), a_case(an_offender()))

    assert await records_of(database) == before


async def test_changes_to_known_records_are_kept_beside_new_ones(database):
    known, new = an_offender(), an_offender()
    await in_bulk(database, known)

    async with database.changing_much() as session:
        (await session.get_one(Offender, known.id)).first_names = "Another"
        session.add(new)

    assert (await reread(database, known)).first_names == "Another"
    assert (await reread(database, new)).first_names == new.first_names
