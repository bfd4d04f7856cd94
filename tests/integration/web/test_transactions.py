"""A request is kept whole or not at all, and nobody is told of what was not kept."""

from typing import Any

import pytest
from sqlalchemy import Connection, event, text
from sqlalchemy.exc import OperationalError

from portal.storage.database import Database
from portal.storage.messages import Outbox
from tests.records import deeds_of, records_of
from tests.visitor import site_of


@pytest.fixture
def confirm(appointment):
    return f"/appointments/{appointment.id}/confirm"


async def broken(*given: Any, **named: Any) -> None:
    raise RuntimeError


async def lose(database: Database, table: str) -> None:
    """As if there were no room for it."""
    async with database.noting() as connection:
        await connection.execute(text(f"ALTER TABLE {table} RENAME TO lost"))


async def test_what_cannot_be_written_down_is_not_done(offender_visitor, confirm, database):
    before = await records_of(database)
    await lose(database, "audit_events")

    page = await offender_visitor.send(confirm)

    assert (page.status, page.headers["retry-after"]) == (503, "30")
    assert await records_of(database) == before


async def test_what_cannot_be_said_is_not_done(offender_visitor, confirm, database, monkeypatch):
    before, deeds = await records_of(database), await deeds_of(database)
    monkeypatch.setattr(Outbox, "post", broken)

    page = await offender_visitor.send(confirm)

    assert page.status == 500
    assert await records_of(database) == before
    assert await deeds_of(database) == deeds


async def test_what_cannot_be_written_down_is_not_shown(
    offender_visitor, staff_visitor, case, appointment, database
):
    await lose(database, "audit_events")

    for visitor, path in (
        (offender_visitor, "/"),
        (offender_visitor, f"/appointments/{appointment.id}"),
        (staff_visitor, "/staff/cases"),
        (staff_visitor, f"/staff/cases/{case.id}"),
    ):
        page = await visitor.open(path)
        assert page.status == 503, path
        assert "Morwenna" not in page.source
        assert "Gooseberry" not in page.source


async def test_a_commit_that_fails_is_an_error_page(offender_visitor, app, confirm, database):
    """advanced-alchemy's way of committing tells the visitor that all is well."""
    before = await records_of(database)
    engine = site_of(app).databases["offender"].engine.sync_engine

    def fail(connection: Connection) -> None:
        raise OperationalError("COMMIT", {}, Exception("database or disk is full"))

    event.listen(engine, "commit", fail)
    page = await offender_visitor.send(confirm)
    event.remove(engine, "commit", fail)

    assert page.status == 503
    assert await records_of(database) == before


async def test_a_page_that_breaks_while_it_is_made_keeps_nothing(
    offender_visitor, case, database, monkeypatch
):
    def breaks(*given: Any, **named: Any) -> Any:
        raise RuntimeError

    monkeypatch.setattr("portal.offender.conditions.see", breaks)
    await offender_visitor.open("/")
    before, deeds = await records_of(database), await deeds_of(database)

    page = await offender_visitor.send(f"/cases/{case.id}/read")

    assert page.status == 500
    assert await records_of(database) == before
    assert await deeds_of(database) == deeds
