"""A process that does what staff do, again and again, until it is killed."""

import asyncio
import random
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import select

from portal.domain.audit import Actor
from portal.domain.cases import Case
from portal.services import appointments
from portal.settings import read_settings
from portal.storage.database import open_database
from portal.storage.unit_of_work import Who, WholeWork, unit_of_work
from tests.making import an_appointment

WEEK = timedelta(days=7)


def do(environment: Mapping[str, str], moment: datetime) -> None:
    asyncio.run(_do(environment, moment))


async def _do(environment: Mapping[str, str], moment: datetime) -> None:
    settings = {name: value for name, value in environment.items() if name.startswith("PORTAL_")}
    database = open_database(read_settings(settings))
    async with database.changing() as session:
        cases = (await session.scalars(select(Case))).all()
    while True:
        case = random.choice(cases)  # noqa: S311 - anybody will do
        async with unit_of_work(database, WholeWork, now=moment, who=Who(Actor.STAFF)) as work:
            await appointments.give(work, an_appointment(case, starts_at=moment + WEEK), force=case.force)
