"""Each sees what is theirs, in its order, and nothing of anybody else's."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from portal.domain.appointments import STANDING, AppointmentState
from portal.domain.cases import CaseState
from portal.domain.conditions import Progress
from portal.errors import NotFound
from portal.storage import appointments, cases, conditions
from portal.storage.appointments import Appointments
from portal.storage.cases import PAGE, Cases
from portal.storage.conditions import SeenCondition
from tests.making import NOW, a_case, a_condition, a_reading, an_appointment, an_offender

A_DAY = timedelta(days=1)


@pytest.fixture
def store(database):
    """Put records into the database."""

    async def store(*records: object) -> None:
        async with database.changing() as session:
            session.add_all(records)

    return store


async def test_an_offender_sees_their_open_cases_the_first_to_end_at_the_top(database, keys, store):
    offender, other = an_offender(), an_offender()
    later, sooner = (a_case(offender, complete_by=date(2027, month, 1)) for month in (3, 2))
    finished = a_case(offender, state=CaseState.FINISHED)
    await store(offender, other, later, sooner, finished, a_case(other), a_reading(sooner))

    async with database.reading() as connection:
        seen = await cases.of_offender(connection, keys, offender.id)

    assert [case.id for case in seen] == [sooner.id, later.id]
    assert [case.read_at for case in seen] == [NOW, None]
    assert seen[0].officer_name == sooner.officer_name
    assert (seen[0].officer_phone, seen[0].officer_email) == (sooner.officer_phone, sooner.officer_email)
    assert (seen[0].regime, seen[0].complete_by) == (sooner.regime, sooner.complete_by)


async def test_what_was_read_before_it_changed_is_not_read(database, keys, store):
    offender = an_offender()
    case = a_case(offender, conditions_version=2)
    await store(offender, case, a_reading(case, version=1))

    async with database.reading() as connection:
        (seen,) = await cases.of_offender(connection, keys, offender.id)

    assert seen.read_at is None


async def test_an_offender_sees_their_conditions_the_first_due_at_the_top(database, keys, store):
    offender, other = an_offender(), an_offender()
    case, finished, strange = a_case(offender), a_case(offender, state=CaseState.FINISHED), a_case(other)
    later, sooner = (a_condition(case, due_on=date(2026, 12, day), title=f"on {day}") for day in (20, 10))
    withdrawn = a_condition(case, is_withdrawn=True)
    await store(offender, other, case, finished, strange, later, sooner, withdrawn)
    await store(a_condition(finished), a_condition(strange))

    async with database.reading() as connection:
        seen = await conditions.of_offender(connection, keys, offender.id)
        of_case = await conditions.of_case(connection, keys, case.id)

    assert [condition.title for condition in seen] == ["on 10", "on 20"]
    assert {condition.id for condition in of_case} == {later.id, sooner.id}
    assert seen[0] == SeenCondition(
        *(sooner.id, case.id, sooner.kind, "on 10", sooner.due_on, sooner.evidence),
        *(sooner.provider, sooner.hours, sooner.amount_pence, Progress.NOT_STARTED),
    )


async def test_an_offender_sees_what_stands_and_has_not_ended(database, keys, store):
    offender, other = an_offender(), an_offender()
    case, strange = a_case(offender), a_case(other)
    under_way = an_appointment(case, starts_at=NOW - timedelta(hours=1))
    ended = an_appointment(case, starts_at=NOW - timedelta(hours=2))
    later, sooner = (an_appointment(case, starts_at=NOW + days * A_DAY) for days in (2, 1))
    off = [an_appointment(case, state=state) for state in AppointmentState if state not in STANDING]
    await store(
        offender, other, case, strange, under_way, ended, later, sooner, *off, an_appointment(strange)
    )

    async with database.reading() as connection:
        seen = await appointments.upcoming(connection, keys, offender.id, now=NOW)
        one = await appointments.shown_to_offender(connection, keys, offender.id, ended.id)
        everything = await appointments.of_case(connection, keys, case.id)

    assert [appointment.id for appointment in seen] == [under_way.id, sooner.id, later.id]
    assert (seen[0].place, seen[0].bring) == (under_way.place, under_way.bring)
    assert (one.id, one.starts_at, one.ends_at) == (ended.id, ended.starts_at, ended.ends_at)
    assert len(everything) == 4 + len(off)


async def test_somebody_elses_appointment_is_none(database, keys, store):
    offender, other = an_offender(), an_offender()
    case = a_case(other)
    theirs = an_appointment(case)
    await store(offender, other, case, theirs)

    for wanted in (theirs.id, uuid4()):
        async with database.reading() as connection:
            with pytest.raises(NotFound):
                await appointments.shown_to_offender(connection, keys, offender.id, wanted)
        async with database.changing() as session:
            with pytest.raises(NotFound):
                await Appointments(session).of_offender(offender.id, wanted, to_change=True)


async def test_somebody_elses_case_is_none(database, store):
    offender, other = an_offender(), an_offender()
    case = a_case(other)
    await store(offender, other, case)

    async with database.changing() as session:
        assert (await Cases(session).of_offender(other.id, case.id)).id == case.id
        with pytest.raises(NotFound):
            await Cases(session).of_offender(offender.id, case.id, to_change=True)


async def test_staff_page_through_the_cases_of_their_force_and_miss_none(database, keys, store):
    offender = an_offender()
    own = [a_case(offender, complete_by=date(2027, 1, 1) + n // 7 * A_DAY) for n in range(2 * PAGE + 3)]
    await store(offender, *own, a_case(offender, force="01"))
    after, seen, sizes = None, [], []

    async with database.reading() as connection:
        while True:
            rows = await cases.listed(connection, keys, "42", after=after)
            page = rows[:PAGE]
            sizes.append(len(rows))
            seen += [row.id for row in page]
            if len(rows) <= PAGE:
                break
            after = (page[-1].complete_by, page[-1].id)
        assert await cases.count_of_force(connection, "42") == len(own)

    assert sizes == [PAGE + 1, PAGE + 1, 3]
    by_day = {case.id: case.complete_by for case in own}
    assert set(seen) == by_day.keys()
    assert len(seen) == len(own)
    assert [by_day[case_id] for case_id in seen] == sorted(by_day.values())
    assert rows[0].offender_name == "Morwenna Jane Trelawny-Quick"
    assert rows[0].is_reachable


async def test_staff_see_a_case_of_their_force_and_no_other(database, keys, store):
    offender = an_offender(email=None)
    case = a_case(offender)
    await store(offender, case)

    async with database.reading() as connection:
        facts = await cases.facts(connection, keys, "42", case.id)
        for force, case_id in (("01", case.id), ("42", uuid4())):
            with pytest.raises(NotFound):
                await cases.facts(connection, keys, force, case_id)

    assert (facts.reference, facts.offender_reference) == (case.reference, offender.reference)
    assert (facts.offence_title, facts.authorised_by) == (case.offence_title, case.authorised_by)
    assert (facts.officer_name, facts.offender_name) == (case.officer_name, offender.full_name)
    assert (facts.mobile, facts.email) == (offender.mobile, None)
    assert (facts.committed_on, facts.decided_at) == (case.committed_on, case.decided_at)


async def test_a_version_is_read_once(database, store):
    offender = an_offender()
    case = a_case(offender)
    await store(offender, case)

    results = []
    for version in (1, 1, 2):
        async with database.changing() as session:
            results.append(await Cases(session).add_reading(a_reading(case, version=version)))

    assert results == [True, False, True]
