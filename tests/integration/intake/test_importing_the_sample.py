"""The published sample goes in whole, once; each bad line is refused, and the others still go in."""

import json
import unicodedata
from collections import Counter
from uuid import UUID

import pytest
from sqlalchemy import select

from portal.domain.cases import Case
from portal.domain.conditions import Condition
from portal.domain.messages import Purpose
from portal.domain.offenders import Offender
from portal.domain.victims import Victim
from portal.storage.database import Database
from portal.storage.message_tables import messages
from portal.storage.tables import cases
from tests.integration.intake.taking import all_of, published, taken_in
from tests.records import events_of, records_of


@pytest.fixture(scope="session")
def sample():
    return published("intake/sample.jsonl").read_bytes().splitlines()


@pytest.fixture(scope="session")
def described(sample):
    return [json.loads(line) for line in sample]


async def invited(database: Database) -> list[UUID]:
    """Whom the first messages are for."""
    query = select(messages.c.offender_id).where(messages.c.purpose == Purpose.INVITATION)
    async with database.reading() as connection:
        return list((await connection.execute(query)).scalars())


async def test_every_case_goes_in_with_all_that_it_has(database, intake, sample, described):
    taken = await taken_in(intake, *sample)

    assert taken.counts == (200, 0, 0, 0)
    people = {(case["force"], case["offender"]["reference"]): case["offender"] for case in described}
    reachable = [key for key, person in people.items() if person.get("mobile") or person.get("email")]
    assert len(await all_of(database, Case)) == 200
    kept = {(person.force, person.reference): person.id for person in await all_of(database, Offender)}
    assert kept.keys() == people.keys()
    assert len(await all_of(database, Condition)) == sum(len(case["conditions"]) for case in described)
    assert len(await all_of(database, Victim)) == sum(len(case["victims"]) for case in described)
    assert sorted(await invited(database)) == sorted(kept[key] for key in reachable)
    deeds = Counter(event.deed for event in await events_of(database))
    assert deeds == {"case.imported": 200, "invitation.posted": len(reachable)}


async def test_a_second_time_changes_nothing_at_all(database, intake, sample):
    await taken_in(intake, *sample)
    before, told = await records_of(database), len(await events_of(database))

    again = await taken_in(intake, *sample)

    assert again.counts == (0, 0, 200, 0)
    assert await records_of(database) == before
    assert len(await events_of(database)) == told


async def test_names_are_kept_exactly_as_they_are_written(database, intake, sample, described):
    await taken_in(intake, *sample)

    kept = {(person.force, person.reference): person for person in await all_of(database, Offender)}
    for case in described:
        person, known = case["offender"], kept[case["force"], case["offender"]["reference"]]
        for name in ("first_names", "last_name"):
            assert getattr(known, name) == unicodedata.normalize("NFC", person[name])
        assert known.date_of_birth.isoformat() == person["date_of_birth"]
    victims = {victim.reference: victim for victim in await all_of(database, Victim)}
    for victim in (victim for case in described for victim in case["victims"]):
        written = victim.get("name") or victim["last_name"]
        known = victims[victim["reference"]]
        assert (known.business_name or known.last_name) == unicodedata.normalize("NFC", written)


async def test_a_case_with_nobody_reachable_is_still_a_case(database, intake, sample, described):
    await taken_in(intake, *sample)

    unreachable = [
        case for case in described if not case["offender"].get("mobile") and not case["offender"].get("email")
    ]
    assert unreachable
    kept = {(case.force, case.reference): case for case in await all_of(database, Case)}
    for case in unreachable:
        assert kept[case["force"], case["reference"]].offender_id not in await invited(database)


async def test_bad_lines_are_refused_by_number_and_those_between_them_go_in(database, intake, sample):
    bad = published("intake/bad.jsonl").read_bytes().splitlines()
    mixed = [line for pair in zip(bad, sample, strict=False) for line in pair]

    taken = await taken_in(intake, *mixed)

    assert taken.counts == (len(bad), 0, 0, len(bad))
    assert [refusal.line for refusal in taken.refusals] == list(range(1, len(mixed), 2))
    async with database.reading() as connection:
        kept = set((await connection.execute(select(cases.c.reference))).scalars())
    assert kept == {json.loads(line)["reference"] for line in sample[: len(bad)]}


async def test_a_refusal_repeats_nothing_of_what_stood_there(intake):
    bad = published("intake/bad.jsonl").read_bytes().splitlines()

    said = "\n".join(str(refusal) for refusal in (await taken_in(intake, *bad)).refusals)

    for line in bad[:33]:
        offender = json.loads(line)["offender"]
        for name in ("first_names", "last_name", "email", "date_of_birth", "reference"):
            assert len(offender.get(name) or "") < 4 or offender[name] not in said
