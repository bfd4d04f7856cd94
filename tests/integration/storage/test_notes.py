"""Notes of looks share commits, and each is committed before its look ends."""

import asyncio

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from portal.storage import sessions
from portal.storage.audit import as_row
from portal.storage.database import Database
from portal.storage.notes import Note, Notes
from portal.storage.sessions import Stage, touched
from portal.storage.tables import audit_events
from portal.storage.tables import sessions as session_table
from tests.making import NOW, an_event


def a_note(deed: str, **changes: object) -> Note:
    return Note(None, [as_row(an_event(deed=deed)) | changes])


async def deeds(database: Database) -> list[str]:
    async with database.reading() as connection:
        return [row.deed for row in await connection.execute(select(audit_events.c.deed))]


async def test_what_was_seen_and_that_somebody_is_there_is_kept(database):
    async with database.noting() as connection:
        session = await sessions.begin(connection, surface="offender", stage=Stage.SIGNED_IN, now=NOW)
    later = NOW.replace(minute=7)

    await database.notes.keep(Note(touched(session, now=later), a_note("conditions.shown").seen))

    assert await deeds(database) == ["conditions.shown"]
    async with database.reading() as connection:
        assert await connection.scalar(select(session_table.c.seen_at)) == later


async def test_every_note_is_kept_before_its_look_ends(database):
    async def look(number: int) -> bool:
        await database.notes.keep(a_note(f"page.{number}"))
        return f"page.{number}" in await deeds(database)

    assert all(await asyncio.gather(*(look(number) for number in range(100))))
    assert len(await deeds(database)) == 100


async def test_those_who_come_during_a_commit_share_the_next():
    transactions = []

    async def transact(work) -> None:
        await asyncio.sleep(0.01)
        transactions.append(work)

    notes = Notes(transact, together=True)
    first = asyncio.create_task(notes.keep(a_note("first")))
    await asyncio.sleep(0.005)
    await asyncio.gather(first, *(notes.keep(a_note("later")) for _ in range(50)))

    assert len(transactions) == 2


async def test_one_who_goes_away_takes_nobody_along(database):
    tasks = [asyncio.create_task(database.notes.keep(a_note("page"))) for _ in range(20)]
    await asyncio.sleep(0)
    for task in tasks[::2]:
        task.cancel()
    ends = await asyncio.gather(*tasks, return_exceptions=True)

    assert ends[1::2] == [None] * 10
    assert len(await deeds(database)) >= 10


async def test_a_note_that_cannot_be_kept_is_an_error_for_all_who_share_it(database):
    broken = a_note("page", logged_as=None)
    kept = await asyncio.gather(
        *(database.notes.keep(note) for note in (a_note("page"), broken)), return_exceptions=True
    )
    await database.notes.keep(a_note("later"))

    assert isinstance(kept[1], DBAPIError)
    assert len(await deeds(database)) == 1 + kept.count(None)
