"""What was done is written down with the deed, and nobody can change what is written."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Row, func, select, text
from sqlalchemy.exc import DBAPIError

from portal.domain.audit import Actor, LoggedAs
from portal.domain.offenders import Offender
from portal.storage.audit import AuditEvents
from portal.storage.database import Database
from portal.storage.sessions import Stage, begin
from portal.storage.tables import audit_events, sessions
from portal.storage.unit_of_work import StaffWork, Who, look, unit_of_work
from tests.making import NOW, an_event, an_offender

CASE_ID, RECORD_ID, STAFF_ID = uuid4(), uuid4(), uuid4()
OFFICER = Who(Actor.STAFF, STAFF_ID, "42")


async def events(database: Database) -> Sequence[Row[*tuple[Any, ...]]]:
    async with database.reading() as connection:
        return (await connection.execute(select(audit_events).order_by(audit_events.c.id))).all()


CHANGES = [
    "UPDATE audit_events SET deed = 'nothing.happened'",
    "UPDATE audit_events SET details = '{}' WHERE id = 1",
    "DELETE FROM audit_events",
    "DELETE FROM audit_events WHERE id = 1",
]


async def test_the_database_refuses_to_change_what_is_written(database):
    async with database.changing() as session:
        await AuditEvents(session).add(an_event())
    before = await events(database)

    for statement in CHANGES:
        with pytest.raises(DBAPIError, match="only ever added"):
            async with database.noting() as connection:
                await connection.execute(text(statement))
        assert await events(database) == before
    assert len(before) == 1


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_postgresql_refuses_to_empty_it(database):
    with pytest.raises(DBAPIError, match="only ever added"):
        async with database.noting() as connection:
            await connection.execute(text("TRUNCATE audit_events"))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_sqlite_refuses_to_put_another_in_its_place(database):
    async with database.changing() as session:
        await AuditEvents(session).add(an_event())
    before = await events(database)

    with pytest.raises(DBAPIError, match=r"only ever added|UNIQUE"):
        async with database.noting() as connection:
            await connection.execute(
                text("INSERT OR REPLACE INTO audit_events SELECT * FROM audit_events WHERE id = 1")
            )

    assert await events(database) == before


async def test_an_event_says_who_did_what_to_which_record_and_when(database):
    async with unit_of_work(database, StaffWork, now=NOW, who=OFFICER) as work:
        await work.record(
            "link.sent", LoggedAs.DISCLOSURE, case_id=CASE_ID, record_id=RECORD_ID, channel="sms", tries=2
        )

    async with database.changing() as session:
        (event,) = await AuditEvents(session).of_case(CASE_ID)
    assert (event.at, event.actor, event.actor_id, event.force) == (NOW, Actor.STAFF, STAFF_ID, "42")
    assert (event.deed, event.logged_as, event.record_id) == ("link.sent", LoggedAs.DISCLOSURE, RECORD_ID)
    assert event.details == {"channel": "sms", "tries": 2}


async def test_what_is_undone_is_not_written(database):
    async def fail() -> None:
        async with unit_of_work(database, StaffWork, now=NOW, who=OFFICER) as work:
            work.offenders.add(an_offender())
            await work.record("offender.added", LoggedAs.COLLECTION)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()

    assert await events(database) == []


async def test_what_cannot_be_written_is_not_done(database):
    async with database.noting() as connection:
        await connection.execute(text("ALTER TABLE audit_events RENAME TO somewhere_else"))

    async def act() -> None:
        async with unit_of_work(database, StaffWork, now=NOW, who=OFFICER) as work:
            work.offenders.add(an_offender())
            await work.record("offender.added", LoggedAs.COLLECTION)

    with pytest.raises(DBAPIError):
        await act()

    async with database.changing() as session:
        assert (await session.scalars(select(Offender))).all() == []


async def test_a_case_has_its_story_in_order(database):
    async with database.changing() as session:
        audit = AuditEvents(session)
        await audit.add(*(an_event(case_id=CASE_ID, deed=f"case.read_{n}") for n in range(3)))
        await audit.add(an_event(case_id=uuid4()), an_event(case_id=None))

    async with database.changing() as session:
        audit = AuditEvents(session)
        assert [event.deed[-1] for event in await audit.of_case(CASE_ID)] == ["0", "1", "2"]
        newest = await audit.of_case(CASE_ID, newest_first=True, limit=2)
        assert [event.deed[-1] for event in newest] == ["2", "1"]


async def test_a_look_at_a_record_is_written_down(database):
    async with look(database, now=NOW, who=OFFICER) as looking:
        looking.saw("case.viewed", case_id=CASE_ID, record_id=RECORD_ID)
        looking.saw("offender.viewed", record_id=RECORD_ID, force="01")

    written = await events(database)
    assert [(e.deed, e.logged_as, e.force) for e in written] == [
        ("case.viewed", LoggedAs.CONSULTATION, "42"),
        ("offender.viewed", LoggedAs.CONSULTATION, "01"),
    ]


async def test_a_look_that_cannot_be_written_down_fails(database):
    async with database.noting() as connection:
        await connection.execute(text("ALTER TABLE audit_events RENAME TO somewhere_else"))

    async def view() -> None:
        async with look(database, now=NOW, who=OFFICER) as looking:
            looking.saw("case.viewed", case_id=CASE_ID)

    with pytest.raises(DBAPIError):
        await view()


async def test_a_look_that_fails_writes_nothing(database):
    async def view() -> None:
        async with look(database, now=NOW, who=OFFICER) as looking:
            looking.saw("case.viewed", case_id=CASE_ID)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await view()

    assert await events(database) == []


async def test_looking_keeps_a_session_alive(database):
    async with database.noting() as connection:
        session = await begin(connection, surface="staff", stage=Stage.SIGNED_IN, now=NOW)
    later = NOW.replace(minute=7)

    async with look(database, now=later, who=Who(Actor.STAFF, STAFF_ID, "42", session)):
        pass

    async with database.reading() as connection:
        assert await connection.scalar(select(sessions.c.seen_at)) == later
        assert await connection.scalar(select(func.count()).select_from(audit_events)) == 0
