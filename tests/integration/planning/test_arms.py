"""A trial of wordings: each person has one arm, at random, evenly within each force."""

from collections import Counter
from uuid import uuid4

import pytest

from portal.domain.appointments import AppointmentState
from portal.domain.arms import Arm, Outcomes
from portal.domain.audit import Actor
from portal.domain.messages import MessageState, Purpose
from portal.services.arms import arm_of
from portal.settings import ForceSettings
from portal.storage.arms import outcomes
from portal.storage.database import Database
from portal.storage.unit_of_work import Who, WholeWork, unit_of_work
from tests.making import NOW, a_case, a_message, an_appointment, an_offender
from tests.records import deeds_of

TRIAL = ForceSettings(arms=("plain", "plan", "cost"))


@pytest.fixture
async def trying(database_url, keys):
    """A database of forces that try three wordings."""
    database = Database(database_url, keys, of_force=lambda _: TRIAL)
    yield database
    await database.close()


async def drawn(database: Database, *offenders) -> list[Arm]:
    async with unit_of_work(database, WholeWork, now=NOW, who=Who(Actor.PORTAL)) as work:
        return [
            await arm_of(
                work, await work.contact_rules.of_offender(each.id, to_change=True), force=each.force
            )
            for each in offenders
        ]


async def test_people_are_drawn_evenly_and_keep_their_arm(trying, keep):
    offenders = [an_offender() for _ in range(12)]
    await keep(*offenders)

    first = await drawn(trying, *offenders)

    assert Counter(first) == {Arm.PLAIN: 4, Arm.PLAN: 4, Arm.COST: 4}
    assert await drawn(trying, *offenders) == first
    assert (await deeds_of(trying)).count("arm.drawn") == 12


async def test_each_force_is_a_stratum_of_its_own(trying, keep):
    here, there = [an_offender() for _ in range(3)], [an_offender(force="13") for _ in range(3)]
    await keep(*here, *there)

    assert set(await drawn(trying, *here)) == set(await drawn(trying, *there)) == {*map(Arm, TRIAL.arms)}


async def test_the_draw_is_not_the_same_each_time(trying, keep):
    firsts = set()
    for force in ("01", "03", "04", "05", "06", "07", "10", "11", "12", "13", "14", "16", "17", "20"):
        offender = an_offender(force=force)
        await keep(offender)
        firsts |= set(await drawn(trying, offender))

    assert len(firsts) > 1


async def test_without_a_trial_nothing_is_drawn_or_written_down(database, keep, offender):
    assert await drawn(database, offender) == [Arm.PLAN]
    assert "arm.drawn" not in await deeds_of(database)


async def test_an_arm_that_the_force_has_ended_is_drawn_anew(trying, keep, offender):
    async with unit_of_work(trying, WholeWork, now=NOW, who=Who(Actor.PORTAL)) as work:
        rules = await work.contact_rules.of_offender(offender.id, to_change=True)
        rules.arm = Arm.CONSEQUENCE

    assert (await drawn(trying, offender))[0] in {*map(Arm, TRIAL.arms)}


async def test_the_no_shows_of_each_arm_are_those_who_were_reminded(database, keep):
    offender = an_offender()
    case = a_case(offender)
    ends = [AppointmentState.ATTENDED, AppointmentState.MISSED, AppointmentState.BOOKED]
    appointments = [an_appointment(case, state=state) for state in ends]
    reminded = {"purpose": Purpose.APPOINTMENT_TOMORROW, "arm": Arm.COST, "state": MessageState.DELIVERED}
    not_sent = an_appointment(case, state=AppointmentState.MISSED)
    await keep(
        *(offender, case, *appointments, not_sent),
        *(a_message(offender, about_id=each.id, **reminded) for each in appointments),
        a_message(offender, about_id=appointments[1].id, **reminded | {"notify_id": uuid4()}),
        a_message(offender, about_id=not_sent.id, **reminded | {"state": MessageState.HELD}),
        a_message(offender, about_id=not_sent.id, key=f"manual:{uuid4()}:tomorrow", **reminded),
    )

    async with database.reading() as connection:
        assert await outcomes(connection) == {("42", Arm.COST): Outcomes(people=0, appointments=2, missed=1)}
