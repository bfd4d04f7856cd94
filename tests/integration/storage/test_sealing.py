"""Domain objects speak plain text; their rows hold only what the key ring made of it."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Table, inspect, select, text, update

from portal.domain.messages import Channel, Held
from portal.domain.offenders import Offender
from portal.services.reaching import reach_of
from portal.storage.database import Database
from portal.storage.keys import CannotOpen, KeyRing, place
from portal.storage.mapping import SEALED
from portal.storage.tables import metadata, offenders, victims
from portal.storage.unit_of_work import StaffWork, WholeWork
from tests.making import a_case, a_drama_number, a_staff_member, a_victim, an_offender, contact_rules_of

ATTRIBUTES: list[tuple[type[Any], str]] = [
    (kind, name) for kind, attributes in SEALED.items() for name in attributes
]
NULLABLE = [
    (kind, name)
    for kind, name in ATTRIBUTES
    if metadata.tables[SEALED[kind][name].table.key].c[name].nullable
]


def another(value: Any) -> Any:
    return date(1985, 5, 5) if isinstance(value, date) else f"another {value}"


async def reread(database: Database, record: Any) -> Any:
    async with database.changing() as session:
        return await session.get_one(type(record), inspect(type(record)).primary_key_from_instance(record))


async def in_row(database: Database, table: Table, name: str, row_id: Any) -> bytes | None:
    async with database.reading() as connection:
        value: bytes | None = await connection.scalar(select(table.c[name]).where(table.c.id == row_id))
        return value


async def test_what_is_set_is_read_again_and_lies_sealed(database, records, keys):
    for kind, name in ATTRIBUTES:
        record = next(record for record in records if type(record) is kind)
        value = getattr(record, name)

        async with database.changing() as session:
            row = await session.get_one(kind, record.id)
            assert getattr(row, name) == value
            setattr(row, name, another(value))

        assert getattr(await reread(database, record), name) == another(value)
        sealed = await in_row(database, SEALED[kind][name].table, name, record.id)
        assert sealed
        assert keys.is_current(sealed)


async def test_a_value_can_come_and_go(database, records):
    for kind, name in NULLABLE:
        record = next(record for record in records if type(record) is kind)
        for wanted in (None, getattr(record, name), None):
            async with database.changing() as session:
                setattr(await session.get_one(kind, record.id), name, wanted)
            assert getattr(await reread(database, record), name) == wanted
            sealed = await in_row(database, SEALED[kind][name].table, name, record.id)
            assert (sealed is None) == (wanted is None)


async def test_a_row_read_twice_in_one_work_shows_what_changed_in_between(database, keys):
    offender = an_offender(first_names="Before")
    async with database.changing() as session:
        session.add(offender)

    async with database.changing() as session:
        row = await session.get_one(Offender, offender.id)
        assert row.first_names == "Before"
        sealed = keys.seal("After", place("offenders", "first_names", offender.id))
        await session.execute(update(offenders).values(first_names=sealed))
        await session.refresh(row)
        assert row.first_names == "After"


async def test_a_row_can_be_read_after_its_work_has_ended(database):
    offender = an_offender()
    async with database.changing() as session:
        session.add(offender)

    row = await reread(database, offender)

    assert row.full_name == "Morwenna Jane Trelawny-Quick"


@pytest.mark.parametrize("column", [c.name for c in (*offenders.c, *victims.c) if c.name.endswith("_index")])
async def test_an_index_is_kept_with_what_it_is_of(database, column):
    offender = an_offender()
    victim = a_victim(a_case(offender))
    record, table = (offender, offenders) if column in offenders.c else (victim, victims)
    async with database.changing() as session:
        session.add_all([offender, case := a_case(offender)])
        victim.case_id = case.id
        session.add(victim)
    before = await in_row(database, table, column, record.id)

    async with database.changing() as session:
        row = await session.get_one(type(record), record.id)
        row.mobile, row.email, row.last_name = a_drama_number(), None, "Another"

    after = await in_row(database, table, column, record.id)
    assert before
    assert before != after
    assert (after is None) == (column == "email_index")


@pytest.mark.parametrize(
    ("of_table", "of_column"),
    [("offenders", "landline"), ("victims", "mobile"), ("offenders", "mobile")],
    ids=["from another column", "from another table", "from another row"],
)
async def test_a_sealed_value_that_was_moved_does_not_open(database, records, of_table, of_column):
    table = {"offenders": offenders, "victims": victims}[of_table]
    offender, other = an_offender(), an_offender()
    async with database.changing() as session:
        session.add_all([offender, other])
    moved = select(table.c[of_column]).where(table.c[of_column].is_not(None), table.c.id != offender.id)
    async with database.noting() as connection:
        value = await connection.scalar(moved.limit(1))
        await connection.execute(update(offenders).where(offenders.c.id == offender.id).values(mobile=value))

    row = await reread(database, offender)

    assert row.first_names == offender.first_names
    with pytest.raises(CannotOpen):
        _ = row.mobile


async def test_without_its_key_nothing_opens(database_url, database):
    offender = an_offender()
    async with database.changing() as session:
        session.add(offender)

    stranger = Database(database_url, KeyRing(("another secret that is long enough",)))
    try:
        row = await reread(stranger, offender)
        with pytest.raises(CannotOpen, match="not on the ring"):
            _ = row.first_names
    finally:
        await stranger.close()


async def test_a_person_is_found_by_their_contacts_and_only_by_somebody_with_the_keys(database, keys):
    member = a_staff_member(email="Aoife.Brannigan@police.example")
    async with database.changing() as session:
        session.add(member)

    async with database.changing() as session:
        work = StaffWork(session, keys, member.added_at, who=None)  # type: ignore[arg-type] # nobody acts
        assert await work.staff.with_email("aoife.brannigan@POLICE.example") is not None
        assert await work.staff.with_email("somebody.else@police.example") is None


async def test_a_contact_that_another_person_has_is_known_to_be_shared(database, keys):
    shared, own = a_drama_number(), a_drama_number()
    one, same_person = an_offender(mobile=shared), an_offender(mobile=shared, force="01")
    other = an_offender(mobile=own, first_names="Somebody", last_name="Else", email=str(one.email).upper())
    case = a_case(one)
    async with database.changing() as session:
        session.add_all(
            [one, same_person, other, case, a_victim(case, mobile=own, email="v@letters.example")]
        )

    async with database.changing() as session:
        work = WholeWork(session, keys, case.imported_at, who=None)  # type: ignore[arg-type] # nobody acts
        reach = await reach_of(work, [one, other])
        chosen = {
            (person.id, channel): reach.choose(person, contact_rules_of(person), only=channel)
            for person in (one, other)
            for channel in Channel
        }
    assert chosen == {
        (one.id, Channel.SMS): (Channel.SMS, shared),
        (one.id, Channel.EMAIL): Held.SHARED_CONTACT,
        (other.id, Channel.SMS): Held.SHARED_CONTACT,
        (other.id, Channel.EMAIL): Held.SHARED_CONTACT,
    }


async def test_every_column_of_bytes_is_sealed_or_a_hash():
    columns = {f"{table.name}.{c.name}" for table in metadata.sorted_tables for c in table.c if _is_bytes(c)}
    sealed = {
        f"{attribute.table.name}.{name}" for kind, name in ATTRIBUTES for attribute in [SEALED[kind][name]]
    }

    left = {name for name in columns - sealed if not name.endswith(("_hash", "_index"))}
    assert left == {"cases.digest"}


def _is_bytes(column: Any) -> bool:
    return bool(column.type.python_type is bytes)


async def test_the_database_refuses_a_word_that_is_none_of_ours(database, records):
    with pytest.raises(Exception, match=r"ck_cases_|CHECK"):
        async with database.noting() as connection:
            await connection.execute(text("UPDATE cases SET state = 'forgotten'"))
