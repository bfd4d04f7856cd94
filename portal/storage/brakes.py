"""What is not to be sent for a while, and how fast the rest may go: counted for all workers together."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from portal.domain.brakes import Brake
from portal.domain.messages import NotifyService
from portal.storage.message_tables import brakes, send_rates


@dataclass(frozen=True)
class Brakes:
    """Brakes that are on, and the rate of each service."""

    session: AsyncSession

    async def on(self, *, now: datetime) -> Mapping[str, Brake]:
        """Every brake that is on, by its name."""
        return {
            brake.name: brake
            for brake in await self.session.scalars(select(Brake).where(brakes.c.until > now))
        }

    async def put_on(self, brake: Brake) -> None:
        """Put it on; one of its name that was on before is on for longer."""
        await self.session.execute(delete(brakes).where(brakes.c.name == brake.name))
        self.session.add(brake)

    async def take_off(self, name: str) -> None:
        """What it named is in order again."""
        await self.session.execute(delete(brakes).where(brakes.c.name == name))

    async def reserve(
        self, service: NotifyService, calls: int, *, a_second: float, now: datetime
    ) -> datetime:
        """When the first of so many calls may be made; the others follow one by one, at that rate.

        Whoever asks next, in whatever process, comes after them: no worker sends in another's turn.
        """
        dialect = sqlite if self.session.get_bind().dialect.name == "sqlite" else postgresql
        await self.session.execute(
            dialect.insert(send_rates).values(service=service, next_at=now).on_conflict_do_nothing()
        )
        row = select(send_rates.c.next_at).where(send_rates.c.service == service).with_for_update()
        first: datetime = max(now, (await self.session.execute(row)).scalar_one())
        await self.session.execute(
            send_rates.update()
            .where(send_rates.c.service == service)
            .values(next_at=first + timedelta(seconds=calls / a_second))
        )
        return first
