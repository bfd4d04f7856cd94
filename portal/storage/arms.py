"""How many people of each force have each arm of a trial."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from portal.domain.arms import Arm
from portal.storage.message_tables import arm_tallies


@dataclass(frozen=True)
class ArmTallies:
    """Counts by force: the strata of a trial."""

    session: AsyncSession

    async def draw(self, force: str, among: Collection[Arm]) -> Arm:
        """An arm at random, among those that fewest people of the force have, for one person more."""
        dialect = sqlite if self.session.get_bind().dialect.name == "sqlite" else postgresql
        await self.session.execute(
            dialect.insert(arm_tallies).on_conflict_do_nothing(),
            [{"force": force, "arm": arm, "people": 0} for arm in sorted(among)],
        )
        query = (
            select(arm_tallies.c.arm, arm_tallies.c.people)
            .where(arm_tallies.c.force == force, arm_tallies.c.arm.in_(among))
            .order_by(arm_tallies.c.arm)
            .with_for_update()
        )
        people: dict[Arm, int] = {row.arm: row.people for row in await self.session.execute(query)}
        fewest = min(people.values())
        arm = secrets.choice([arm for arm, count in people.items() if count == fewest])
        await self.session.execute(
            arm_tallies.update()
            .where(arm_tallies.c.force == force, arm_tallies.c.arm == arm)
            .values(people=arm_tallies.c.people + 1)
        )
        return arm
