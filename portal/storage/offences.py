"""The published list of offences, as an operator loaded it."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.domain.offences import Category, Offence
from portal.storage.tables import offences


@dataclass(frozen=True)
class Offences:
    """The list, which is only ever replaced whole."""

    session: AsyncSession

    async def replace(self, entries: Iterable[Offence]) -> int:
        """Put this list in the place of the one before.  Say how long it is."""
        rows = [asdict(entry) | {"category": entry.category.value} for entry in entries]
        await self.session.execute(delete(offences))
        for start in range(0, len(rows), 1000):
            await self.session.execute(insert(offences), rows[start : start + 1000])
        return len(rows)

    async def all(self) -> Mapping[str, Offence]:
        """Every offence by its code."""
        rows = await self.session.execute(select(offences))
        return {
            row.code: Offence(row.code, Category(row.category), row.title, row.recordable) for row in rows
        }
