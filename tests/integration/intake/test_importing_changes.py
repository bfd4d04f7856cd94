"""A changed line is a difference: what it names is changed and written down, all else is left alone."""

import json
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from portal.domain.audit import Event, LoggedAs
from portal.domain.cases import Case, CaseState
from portal.domain.conditions import Condition, Progress
from portal.domain.messages import REMINDERS, MessageState
from portal.domain.victims import Victim
from portal.intake.importing import Intake
from portal.storage.database import Database
from portal.storage.keys import KeyRing
from portal.storage.message_tables import messages
from portal.storage.rotation import rotate
from portal.storage.tables import cases, conditions, metadata, offenders, readings
from tests.integration.intake.taking import CHANGED, NEW, UNCHANGED, all_of, rows_of, taken_in
from tests.making import a_reading
from tests.records import events_of, records_of
from tests.unit.intake.making import LEFT_OUT, OFFENCES, REGIMES, a_case

TABLES = [table for table in metadata.sorted_tables if "id" in table.c and table.name != "audit_events"]
A_THIRD = {
    "reference": "C3",
    "kind": "restrictive",
    "title": "Keep away from the shop",
    "due_on": "2027-02-01",
    "evidence": "none",
}


async def everything(database: Database, *, but: Collection[str] = ()) -> dict[tuple[str, UUID, str], Any]:
    """Every value of every row, by where it stands."""
    return {
        (table.name, row["id"], column): value
        for table in TABLES
        if table.name not in but
        for row in await rows_of(database, table)
        for column, value in row.items()
    }


async def last_event(database: Database) -> Event:
    return (await events_of(database))[-1]


CHANGES = [
    ("officer.phone", "01632 960417", {"cases.officer_phone"}, "officer_phone"),
    ("officer.name", "Aoife Brannigan", {"cases.officer_name"}, "officer_name"),
    ("complete_by", "2027-02-14", {"cases.complete_by", "conditions.due_on"}, None),
    ("offence.summary", "Took one bottle.", {"cases.offence_summary"}, "offence_summary"),
    ("authorised_by.rank", "inspector", {"cases.authorised_rank"}, "authorised_rank"),
    ("decided_at", "2026-10-26T15:15:00+00:00", {"cases.decided_at"}, "decided_at"),
    (
        "offender.last_name",
        "Bielak-Nowak",
        {"offenders.last_name", "offenders.identity_index"},
        "offender.last_name",
    ),
    ("offender.mobile", "07700 900777", {"offenders.mobile", "offenders.mobile_index"}, "offender.mobile"),
    ("offender.mobile", LEFT_OUT, {"offenders.mobile", "offenders.mobile_index"}, "offender.mobile"),
    ("offender.landline", LEFT_OUT, {"offenders.landline"}, "offender.landline"),
    ("offender.needs", ["debt"], {"offenders.needs"}, "offender.needs"),
    ("offender.ethnicity_self_defined", "M1", {"offenders.ethnicity"}, "offender.ethnicity"),
    ("conditions.0.title", "Carry out 6 hours", {"conditions.title"}, "conditions.title"),
    ("conditions.0.hours", 6, {"conditions.hours"}, "conditions.hours"),
    ("conditions.1.amount_pence", 4000, {"conditions.amount_pence"}, "conditions.amount_pence"),
    ("conditions.0.due_on", "2027-01-13", {"conditions.due_on"}, "conditions.due_on"),
    ("conditions.0.provider", "Green Paths", {"conditions.provider"}, "conditions.provider"),
    ("victims.0.mobile", "07700 900888", {"victims.mobile", "victims.mobile_index"}, "victims.mobile"),
    ("victims.0.wants_updates", False, {"victims.wants_updates"}, "victims.wants_updates"),
    ("victims.0.safe_contact.from", "11:00", {"victims.safe_from"}, "victims.safe_from"),
    ("victims.1.name", "Marlow & Daughters", {"victims.business_name"}, "victims.business_name"),
]


@pytest.mark.parametrize(("path", "value", "columns", "field"), CHANGES, ids=[each[0] for each in CHANGES])
async def test_only_what_the_line_changes_is_changed(database, take, path, value, columns, field):
    changes = {path: value}
    if path == "complete_by":
        changes["conditions.1.due_on"], field = value, "complete_by conditions.due_on"
    moves = {"messages"} if "due_on" in field else set()
    assert (await take(a_case())).counts == NEW
    before = await everything(database, but=moves)

    assert (await take(a_case(changes))).counts == CHANGED

    after = await everything(database, but=moves)
    of_conditions = {"cases.conditions_version"} if "conditions." in field else set()
    assert after.keys() == before.keys()
    assert {
        f"{table}.{column}"
        for table, key, column in after
        if after[table, key, column] != before[table, key, column]
    } == (columns | of_conditions | {"cases.digest"})
    event = await last_event(database)
    assert (event.deed, event.logged_as, event.details) == (
        "case.changed",
        LoggedAs.ALTERATION,
        {"fields": field},
    )


async def test_what_is_written_down_names_fields_and_never_values(database, take):
    values = {
        "offender.last_name": "Unmistakable",
        "offender.email": "unmistakable@mail.example",
        "officer.name": "Constable Unmistakable",
        "conditions.0.title": "Something unmistakable",
        "victims.0.last_name": "Unmistakable-Too",
    }
    await take(a_case())
    await take(a_case(values))

    told = json.dumps([event.details for event in await events_of(database)])

    assert "unmistakable" not in told.lower()
    assert "Bielak" not in told
    assert "offender.last_name" in told


@pytest.mark.parametrize(
    "same",
    [
        {"offender.mobile": "+44 (0)7700 900000"},
        {"offender.mobile": "00447700900000"},
        {"offender.first_names": "Zoe\N{COMBINING DIAERESIS}"},
        {"offender.email": " zoe@mail.example "},
        {"decided_at": "2026-10-26T15:15:00+01:00"},
        {"offender.adjustments": ["easy_read"], "victims.1.wants_updates": None},
    ],
    ids=["mobile", "mobile from abroad", "decomposed letter", "spaces", "offset", "null"],
)
async def test_the_same_in_other_words_is_no_change(database, take, same):
    await take(a_case())
    before, told = await records_of(database), len(await events_of(database))

    assert (await take(a_case(same))).counts == UNCHANGED

    assert await records_of(database) == before
    assert len(await events_of(database)) == told


# Conditions


async def conditions_of(database: Database) -> dict[str, Condition]:
    return {condition.reference: condition for condition in await all_of(database, Condition)}


async def the_case(database: Database) -> Case:
    case: Case
    [case] = await all_of(database, Case)
    return case


async def test_a_condition_more_asks_the_person_to_read_again_and_keeps_the_others(database, take):
    await take(a_case())
    async with database.changing() as session:
        await session.execute(conditions.update().values(progress=Progress.IN_PROGRESS))
    before = await conditions_of(database)

    longer = a_case()
    longer["conditions"].append(A_THIRD)
    assert (await take(longer)).counts == CHANGED

    after = await conditions_of(database)
    assert after.keys() == {"C1", "C2", "C3"}
    assert {after[name].id for name in before} == {condition.id for condition in before.values()}
    assert {after[name].progress for name in before} == {Progress.IN_PROGRESS}
    assert after["C3"].progress is Progress.NOT_STARTED
    assert (await the_case(database)).conditions_version == 2
    assert (await last_event(database)).details == {"fields": "conditions"}


async def test_a_condition_less_is_withdrawn_and_stays_for_the_record(database, take):
    await take(a_case())
    before = await conditions_of(database)
    shorter = a_case()
    del shorter["conditions"][1]

    assert (await take(shorter)).counts == CHANGED
    assert (await take(shorter)).counts == UNCHANGED

    after = await conditions_of(database)
    assert {name: (kept.id, kept.is_withdrawn) for name, kept in after.items()} == {
        "C1": (before["C1"].id, False),
        "C2": (before["C2"].id, True),
    }
    assert (await the_case(database)).conditions_version == 2


async def test_a_condition_that_comes_back_is_the_same_condition(database, take):
    shorter = a_case()
    del shorter["conditions"][1]
    await take(a_case())
    before = await conditions_of(database)
    await take(shorter)

    assert (await take(a_case())).counts == CHANGED

    after = await conditions_of(database)
    assert {kept.id for kept in after.values()} == {kept.id for kept in before.values()}
    assert not any(kept.is_withdrawn for kept in after.values())
    assert (await the_case(database)).conditions_version == 3


async def test_another_order_is_a_change_that_nobody_must_read_again(database, take):
    await take(a_case())
    turned = a_case()
    turned["conditions"].reverse()

    assert (await take(turned)).counts == CHANGED

    assert (await the_case(database)).conditions_version == 1
    after = await conditions_of(database)
    assert (after["C1"].position, after["C2"].position) == (2, 1)


# Victims


async def test_victims_come_go_and_come_back(database, take):
    await take(a_case())
    before = {victim.reference: victim.id for victim in await all_of(database, Victim)}
    alone = a_case()
    del alone["victims"][0]
    more = a_case()
    more["victims"].append({"kind": "person", "reference": "V3", "last_name": "Abernathy", "language": "en"})

    for case, withdrawn in ((alone, {"V1"}), (a_case(), set()), (more, set()), (a_case(), {"V3"})):
        assert (await take(case)).counts == CHANGED
        assert str((await last_event(database)).details["fields"]).startswith("victims")
        kept = {victim.reference: victim for victim in await all_of(database, Victim)}
        assert {name for name, victim in kept.items() if victim.is_withdrawn} == withdrawn
        assert {name: kept[name].id for name in before} == before
    assert (await the_case(database)).conditions_version == 1


# What is ours


async def test_what_people_did_here_is_kept(database, take):
    await take(a_case())
    case = await the_case(database)
    async with database.changing() as session:
        session.add(a_reading(case, read_at=datetime(2026, 11, 20, tzinfo=UTC)))
        await session.execute(cases.update().values(state=CaseState.FINISHED))
        await session.execute(conditions.update().values(progress=Progress.MET))
    before = await rows_of(database, readings)

    assert (
        await take(a_case({"officer.phone": "01632 960417", "conditions.0.title": "Other"}))
    ).counts == CHANGED

    assert await rows_of(database, readings) == before
    assert (await the_case(database)).state is CaseState.FINISHED
    assert {kept.progress for kept in await all_of(database, Condition)} == {Progress.MET}


async def test_a_case_that_turns_out_to_be_another_persons_is_theirs(database, take):
    await take(a_case())
    was = (await the_case(database)).offender_id

    assert (await take(a_case({"offender.reference": "P2"}))).counts == CHANGED

    case = await the_case(database)
    people = {row["reference"]: row["id"] for row in await rows_of(database, offenders)}
    assert people == {"P1": was, "P2": case.offender_id}
    *_, changed, invited = await events_of(database)
    assert (changed.deed, changed.details) == ("case.changed", {"fields": "offender_id"})
    assert invited.deed == "invitation.posted"


@pytest.mark.parametrize("is_known", [True, False], ids=["somebody known", "somebody new"])
async def test_the_reminders_of_a_case_go_with_it_to_the_other_person(database, take, is_known):
    await take(a_case(), *([a_case({"reference": "R2", "offender.reference": "P2"})] if is_known else []))
    before = {row["key"]: row for row in await reminders_of_case(database, "43/TV/1234/26")}

    assert (await take(a_case({"offender.reference": "P2", "offender.language": "cy"}))).counts == CHANGED

    after = {row["key"]: row for row in await reminders_of_case(database, "43/TV/1234/26")}
    people = {row["id"]: row["reference"] for row in await rows_of(database, offenders)}
    assert {people[row["offender_id"]] for row in before.values()} == {"P1"}
    assert {(people[row["offender_id"]], row["language"]) for row in after.values()} == {("P2", "cy")}
    assert {row["about_id"] for row in after.values()} == {row["about_id"] for row in before.values()}


async def test_a_condition_more_in_the_same_file_brings_its_reminders(database, take):
    longer = a_case()
    longer["conditions"].append(A_THIRD | {"evidence": "letter"})

    assert (await take(a_case(), longer)).counts == (1, 1, 0, 0)

    about = {row["about_id"] for row in await reminders_of_case(database, "43/TV/1234/26")}
    assert about == {condition.id for condition in (await conditions_of(database)).values()}


async def reminders_of_case(database: Database, reference: str) -> list[dict[str, Any]]:
    """The rows of what it reminds of and is still to be sent."""
    [case_id] = [row["id"] for row in await rows_of(database, cases) if row["reference"] == reference]
    return [
        row
        for row in await rows_of(database, messages)
        if row["case_id"] == case_id and row["purpose"] in REMINDERS and row["state"] is MessageState.QUEUED
    ]


async def test_a_line_twice_in_one_file_is_taken_as_it_comes(database, take):
    taken = await take(a_case(), a_case(), a_case({"officer.phone": "01632 960417"}), a_case())

    assert taken.counts == (1, 2, 1, 0)
    assert len(await rows_of(database, cases)) == len(await rows_of(database, offenders)) == 1
    assert (await the_case(database)).officer_phone == "101"


async def test_after_a_change_of_keys_the_same_file_changes_nothing(
    database, database_url, keys, clock, take
):
    await take(a_case())
    told = len(await events_of(database))
    with_both = Database(
        database_url, KeyRing(("the new secret of this portal, 48 letters long!!", *keys.secrets))
    )
    try:
        await rotate(with_both)
        again = await taken_in(Intake(with_both, OFFENCES, REGIMES, clock), a_case())
        assert again.counts == UNCHANGED
        assert len(await events_of(with_both)) == told
        [victim, _] = sorted(await all_of(with_both, Victim), key=lambda each: each.reference)
        assert victim.last_name == "Kowalczyk"
    finally:
        await with_both.close()
