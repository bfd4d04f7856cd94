"""Whom a file speaks of: kept as they are called, and invited once."""

import hashlib
import json
import unicodedata
from datetime import timedelta

import pytest

from portal.domain.messages import Message, MessageState, Purpose
from portal.domain.offenders import Offender
from portal.intake import importing
from portal.storage.database import Database
from portal.storage.message_tables import messages
from portal.storage.tables import cases, links, offenders
from tests.integration.intake.taking import CHANGED, NEW, UNCHANGED, all_of, rows_of
from tests.records import events_of
from tests.unit.intake.making import LEFT_OUT, a_case

UNREACHABLE = {"offender.mobile": LEFT_OUT, "offender.email": LEFT_OUT}


async def invitations(database: Database) -> list[Message]:
    return [message for message in await all_of(database, Message) if message.purpose is Purpose.INVITATION]


async def move_to(database: Database, state: MessageState) -> None:
    async with database.changing() as session:
        await session.execute(messages.update().values(state=state))


async def test_an_invitation_carries_its_own_link_and_waits_for_the_morning(database, take, clock):
    clock.moment += timedelta(hours=2)

    await take(a_case({"offender.language": "cy"}))

    [message] = await invitations(database)
    words = json.loads(message.personalisation)
    assert words.keys() == {"token", "phone"}
    assert words["phone"] == "101"
    assert message.language == "cy"
    assert message.due_at.isoformat() == "2026-11-21T08:00:00+00:00"
    assert message.send_before == clock.now() + timedelta(days=14)
    [link] = await rows_of(database, links)
    assert link["token_hash"] == hashlib.sha256(words["token"].encode()).digest()
    assert link["offender_id"] == message.offender_id
    [case] = await rows_of(database, cases)
    assert message.case_id == case["id"]


@pytest.mark.parametrize(
    "person",
    [UNREACHABLE, UNREACHABLE | {"offender.landline": "020 7946 0641"}],
    ids=["nothing", "a landline alone"],
)
async def test_nobody_reachable_gets_no_message_and_no_link(database, take, person):
    assert (await take(a_case(person))).counts == NEW

    assert await invitations(database) == []
    assert await rows_of(database, links) == []


@pytest.mark.parametrize("contact", ["offender.mobile", "offender.email"])
async def test_a_contact_that_comes_later_brings_one_invitation(database, take, contact):
    await take(a_case(UNREACHABLE))
    only = {path: value for path, value in UNREACHABLE.items() if path != contact}

    assert (await take(a_case(only))).counts == CHANGED
    assert (await take(a_case(only))).counts == UNCHANGED

    assert len(await invitations(database)) == 1
    assert [event.deed for event in await events_of(database)] == [
        "case.imported",
        "case.changed",
        "invitation.posted",
    ]


@pytest.mark.parametrize(
    ("state", "invitations_after"),
    [
        (MessageState.QUEUED, 1),
        (MessageState.CLAIMED, 1),
        (MessageState.ACCEPTED, 1),
        (MessageState.DELIVERED, 1),
        (MessageState.HELD, 2),
        (MessageState.FAILED, 2),
        (MessageState.EXPIRED, 2),
        (MessageState.PARKED, 2),
    ],
    ids=str,
)
async def test_a_contact_put_right_brings_another_only_if_the_first_never_arrived(
    database, take, state, invitations_after
):
    await take(a_case())
    await move_to(database, state)

    await take(a_case({"offender.mobile": "07700 900777"}))

    assert len(await invitations(database)) == invitations_after


async def test_two_cases_of_a_person_in_one_file_bring_one_invitation(database, take):
    assert (await take(a_case(), a_case({"reference": "43/TV/1235/26"}))).counts == (2, 0, 0, 0)

    assert len(await rows_of(database, offenders)) == 1
    assert len(await invitations(database)) == 1


async def test_and_one_only_where_they_are_far_apart_in_the_file(database, take, monkeypatch):
    monkeypatch.setattr(importing, "BATCH", 1)
    cases_of_one = [a_case({"reference": f"43/TV/{number}/26"}) for number in range(3)]

    assert (await take(*cases_of_one)).counts == (3, 0, 0, 0)

    assert len(await invitations(database)) == 1


async def test_a_new_case_of_somebody_invited_before_brings_an_invitation_of_its_own(database, take):
    await take(a_case())
    await move_to(database, MessageState.DELIVERED)

    await take(a_case({"reference": "43/TV/1235/26"}))

    assert len(await invitations(database)) == 2


async def test_what_a_new_case_says_anew_about_a_known_person_is_written_down(database, take):
    await take(a_case())

    await take(a_case({"reference": "43/TV/1235/26", "offender.last_name": "Bielak-Nowak"}))

    [person] = await all_of(database, Offender)
    assert person.last_name == "Bielak-Nowak"
    [imported] = [event for event in await events_of(database) if event.deed == "case.imported"][1:]
    assert imported.details == {"fields": "offender.last_name"}


async def test_the_same_references_in_two_forces_are_two_cases_of_two_people(database, take):
    assert (await take(a_case(), a_case({"force": "01"}))).counts == (2, 0, 0, 0)

    assert {row["force"] for row in await rows_of(database, cases)} == {"01", "43"}
    assert len(await rows_of(database, offenders)) == 2
    assert len(await invitations(database)) == 2


NAMES = [
    ("Zoë", "O'Brien-Ní Éireann"),
    ("Zoe\N{COMBINING DIAERESIS}", "Cafe\N{COMBINING ACUTE ACCENT}"),
    ("Siân Gwenllïan", "ap Rhŷs"),
    ("Đặng Thị", "Nguyễn"),
    ("", "苏"),
    ("Ngọc \N{RIGHT SINGLE QUOTATION MARK}Anh", "D\N{RIGHT SINGLE QUOTATION MARK}Souza"),
    ("محمد", "العلي"),
    ("X", "Æ"),
    ("NULL", "null"),
    ("=cmd|'/c calc'!A1", "{{7*7}} ((name)) <b>"),
    ("Ağça İpek", "Łukaszewicz-Żółć"),
    ("\N{GRINNING FACE}", "Robert'); DROP TABLE cases;--"),
]


@pytest.mark.parametrize(("first", "last"), NAMES, ids=[str(number) for number in range(len(NAMES))])
async def test_a_name_is_read_back_as_it_is_written(database, take, first, last):
    taken = await take(a_case({"offender.first_names": first, "offender.last_name": last}))

    assert [str(refusal) for refusal in taken.refusals] == []
    [person] = await all_of(database, Offender)
    assert (person.first_names, person.last_name) == (
        unicodedata.normalize("NFC", first),
        unicodedata.normalize("NFC", last),
    )


async def test_every_field_at_its_longest_is_kept(database, take):
    longest = {
        "reference": "R" * 64,
        "offence.title": "t" * 500,
        "offence.summary": "s" * 2000,
        "authorised_by.name": "n" * 200,
        "authorised_by.collar_number": "9" * 40,
        "officer.name": "n" * 200,
        "officer.collar_number": "9" * 40,
        "officer.email": f"{'a' * 64}@{'b' * 63}.{'c' * 63}.example",
        "offender.reference": "P" * 64,
        "offender.first_names": "Ŵ" * 200,
        "offender.last_name": "ŷ" * 200,
        "offender.language": "zh-cmn-Hans-CN",
        "offender.needs": [f"{number:064}" for number in range(50)],
        "victims.0.reference": "V" * 64,
        "victims.0.last_name": "苏" * 200,
        "victims.0.enhanced_rights": [f"{number:064}" for number in range(50)],
        "victims.0.safe_contact.days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
        "victims.0.safe_contact.confirmed_by": "9" * 64,
        "conditions.0.reference": "C" * 64,
        "conditions.0.title": "t" * 500,
        "conditions.0.provider": "p" * 200,
    }

    first = await take(a_case(longest))
    again = await take(a_case(longest))

    problems = {problem.path for refusal in first.refusals for problem in refusal.problems}
    assert (problems, first.counts, again.counts) == (set(), NEW, UNCHANGED)
