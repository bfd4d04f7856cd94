"""What staff sent, as the records have it, and what their pages say of it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Column, select

from portal.domain.messages import Message
from portal.storage.database import Database
from portal.storage.message_tables import messages, run_messages
from tests.visitor import Page

TOMORROW = datetime(2026, 11, 24, 14, tzinfo=UTC)
CHECK = "/staff/messages/check?to=appointment_tomorrow"


async def rows_of(database: Database, *columns: Column[Any], **where: object) -> list[tuple[Any, ...]]:
    """These columns of the rows that have these values."""
    async with database.reading() as connection:
        query = select(*columns).where(*(columns[0].table.c[name] == value for name, value in where.items()))
        return [tuple(row) for row in await connection.execute(query)]


async def sent_in(database: Database) -> Sequence[Message]:
    """The messages of all runs, what is due first at the top."""
    async with database.changing() as session:
        query = select(Message).join(run_messages, run_messages.c.message_id == messages.c.id)
        return list(await session.scalars(query.order_by(messages.c.due_at)))


def facts_of(page: Page) -> dict[str, str]:
    """A page's facts by their names."""
    return dict(zip(page.texts("dt"), page.texts("dd"), strict=True))


def reasons_of(page: Page) -> list[str]:
    """Why people are left out."""
    return page.texts("main ul.govuk-list--bullet li")
