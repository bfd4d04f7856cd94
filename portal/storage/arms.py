"""How many people of each force have each arm of a trial."""

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import case, distinct, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from portal.domain.appointments import AppointmentState
from portal.domain.arms import Arm, Outcomes
from portal.domain.messages import BY_HAND, MessageState, Purpose
from portal.storage.message_tables import arm_tallies, messages
from portal.storage.tables import appointments, cases

ENDED = (AppointmentState.ATTENDED, AppointmentState.ATTENDED_LATE, AppointmentState.MISSED)


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


async def outcomes(connection: AsyncConnection) -> Mapping[tuple[str, Arm], Outcomes]:
    """Of each force and arm: its people, and how the appointments that they were reminded of ended.

    What staff sent by hand is no part of a trial: they chose its wording.
    """
    tallies = await connection.execute(select(arm_tallies))
    people = {(row.force, row.arm): row.people for row in tallies}
    missed = case((appointments.c.state == AppointmentState.MISSED, appointments.c.id))
    query = (
        select(
            cases.c.force,
            messages.c.arm,
            func.count(distinct(appointments.c.id)).label("appointments"),
            func.count(distinct(missed)).label("missed"),
        )
        .join(appointments, appointments.c.id == messages.c.about_id)
        .join(cases, cases.c.id == appointments.c.case_id)
        .where(
            messages.c.purpose == Purpose.APPOINTMENT_TOMORROW,
            messages.c.state.in_((MessageState.ACCEPTED, MessageState.DELIVERED)),
            messages.c.arm.is_not(None),
            messages.c.key.not_like(f"{BY_HAND}:%"),
            appointments.c.state.in_(ENDED),
        )
        .group_by(cases.c.force, messages.c.arm)
    )
    ended = {(row.force, row.arm): (row.appointments, row.missed) for row in await connection.execute(query)}
    return {
        key: Outcomes(people.get(key, 0), *ended.get(key, (0, 0)))
        for key in sorted(people.keys() | ended.keys())
    }
