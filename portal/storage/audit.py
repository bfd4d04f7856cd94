"""Audit events: only ever added, in the transaction of what they tell of."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from portal.domain.audit import Event
from portal.storage.tables import audit_events

ADD = insert(audit_events)
AS_ROW = tuple(each.name for each in fields(Event) if each.name != "id")
"""All but the number, which the database gives."""


def as_row(event: Event) -> dict[str, Any]:
    """The event as its row."""
    return {name: getattr(event, name) for name in AS_ROW}


@dataclass(frozen=True)
class AuditEvents:
    """What was done, in order."""

    connection: AsyncConnection | AsyncSession

    async def add(self, *events: Event) -> None:
        """Write the events down, now, in this transaction."""
        if events:
            await self.connection.execute(ADD, [as_row(event) for event in events])

    async def of_case(
        self, case_id: UUID, *, newest_first: bool = False, limit: int = 500
    ) -> Sequence[Event]:
        """The story of one case."""
        number = audit_events.c.id
        query = (
            select(audit_events)
            .where(audit_events.c.case_id == case_id)
            .order_by(number.desc() if newest_first else number)
            .limit(limit)
        )
        return [Event(**row) for row in (await self.connection.execute(query)).mappings()]
