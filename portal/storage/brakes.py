"""What is not to be sent for a while, and how fast the rest may go: counted for all workers together."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import ModuleType

from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from portal.domain.brakes import Brake
from portal.domain.messages import NotifyService
from portal.storage.message_tables import brakes, send_rates


@dataclass(frozen=True)
class Brakes:
    """Brakes that are on, and the rate of each service."""

    session: AsyncSession

    @property
    def _dialect(self) -> ModuleType:
        return sqlite if self.session.get_bind().dialect.name == "sqlite" else postgresql

    async def all(self) -> Mapping[str, Brake]:
        """Every brake, by its name: those that are on, and those that ended and were not taken off."""
        return {brake.name: brake for brake in await self.session.scalars(select(Brake))}

    async def put_on(self, brake: Brake) -> None:
        """Put it on; one of its name that was on before is on for longer.  Many may do so at once."""
        given = {name: getattr(brake, name) for name in ("name", "reason", "set_at", "until")}
        put = self._dialect.insert(brakes).values(given)
        await self.session.execute(put.on_conflict_do_update(index_elements=[brakes.c.name], set_=given))

    async def take_off(self, name: str) -> None:
        """What it named is in order again."""
        await self.session.execute(delete(brakes).where(brakes.c.name == name))

    async def ahead(self, *, now: datetime) -> timedelta:
        """For how long the turns of the service that is asked most are given away already."""
        last = await self.session.scalar(select(func.max(send_rates.c.next_at)))
        return max(last - now, timedelta()) if last else timedelta()

    async def reserve(
        self, service: NotifyService, calls: int, *, a_second: float, now: datetime
    ) -> datetime:
        """When the first of so many calls may be made; the others follow one by one, at that rate.

        Whoever asks next, in whatever process, comes after them: no worker sends in another's turn.
        """
        await self.session.execute(
            self._dialect.insert(send_rates).values(service=service, next_at=now).on_conflict_do_nothing()
        )
        row = select(send_rates.c.next_at).where(send_rates.c.service == service).with_for_update()
        first: datetime = max(now, (await self.session.execute(row)).scalar_one())
        await self.session.execute(
            send_rates.update()
            .where(send_rates.c.service == service)
            .values(next_at=first + timedelta(seconds=calls / a_second))
        )
        return first
