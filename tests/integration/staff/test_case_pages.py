"""Staff see the cases of their own force, a page at a time, and the whole story of each."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from portal.domain.audit import Actor, LoggedAs
from portal.domain.conditions import Progress
from portal.storage.audit import AuditEvents
from portal.storage.tables import audit_events
from tests.making import NOW, a_case, a_condition, a_staff_member, an_event, an_offender
from tests.records import deeds_of, records_of


@pytest.fixture
async def visitor(staff_visitor):
    return staff_visitor


async def test_no_cases_yet(visitor):
    page = await visitor.open("/staff/cases")

    assert "There are no cases yet. They come from your records system." in page.text()


async def test_the_list_shows_each_case_once_soonest_first_page_by_page(visitor, keep):
    offenders = [an_offender() for _ in range(60)]
    cases = [
        a_case(offender, complete_by=date(2026, 12, 1) + timedelta(days=number // 9))
        for number, offender in enumerate(offenders)
    ]
    elsewhere = an_offender(force="01")
    await keep(*offenders, *cases, elsewhere, a_case(elsewhere))
    path, seen, sizes = "/staff/cases", list[str](), list[int]()

    while path:
        page = await visitor.open(path)
        rows = page.texts("tbody tr td:nth-child(2)")
        assert "All cases: 60." in page.text()
        assert page.has(".govuk-pagination__prev") is bool(seen)
        seen, sizes = seen + rows, [*sizes, len(rows)]
        path = (
            page.attribute(".govuk-pagination__next a", "href") if page.has(".govuk-pagination__next") else ""
        )

    in_order = sorted(cases, key=lambda case: (case.complete_by, case.id.hex))
    assert seen == [case.reference for case in in_order]
    assert sizes == [25, 25, 10]


async def test_a_new_case_between_two_pages_moves_no_row(visitor, keep, offender):
    cases = [a_case(offender, complete_by=date(2026, 12, 2)) for _ in range(30)]
    await keep(*cases)
    following = (await visitor.open("/staff/cases")).attribute(".govuk-pagination__next a", "href")

    await keep(a_case(offender, complete_by=date(2026, 12, 1)))

    assert len((await visitor.open(following)).texts("tbody tr")) == 5


async def test_a_row_says_who_what_until_when_and_whether_they_can_be_reached(visitor, keep):
    reachable, silent = an_offender(), an_offender(first_names="苏", last_name="", mobile=None, email=None)
    await keep(reachable, silent, a_case(reachable), a_case(silent, complete_by=date(2027, 4, 1)))

    page = await visitor.open("/staff/cases")

    rows = page.texts("tbody tr")
    assert rows[0].startswith("Morwenna Jane Trelawny-Quick")
    assert rows[0].endswith("Conditional caution Mon 8 Mar 2027 Can be contacted")
    assert rows[1].startswith("苏 ")
    assert rows[1].endswith("Thu 1 Apr 2027 No way to contact")


async def test_a_case_shows_its_facts_conditions_and_appointments(visitor, case, appointment):
    page = await visitor.open(f"/staff/cases/{case.id}")

    facts = dict(zip(page.texts("dt"), page.texts("dd"), strict=True))
    assert page.text("h1 bdi") == "Morwenna Jane Trelawny-Quick"
    assert facts["Resolution"] == "Conditional caution"
    assert facts["Offence"] == "Criminal damage to property valued under £5000"
    assert facts["Complete by"] == "Monday 8 March 2027"
    assert facts["Officer"] == "Constable Aoife Brannigan"
    assert "Attend the Thinking Ahead workshop" in page.text()
    assert "Gooseberry Hall, 3 Lavender Row, Chelmsford" in page.text()
    assert "Morwenna" not in page.title


async def test_another_forces_case_is_as_if_there_were_none(visitor, keep, database):
    offender = an_offender(force="01")
    theirs = a_case(offender)
    await keep(offender, theirs, a_condition(theirs))
    before = await deeds_of(database)

    pages = [await visitor.open(f"/staff/cases/{case_id}") for case_id in (theirs.id, uuid4())]

    assert [page.status for page in pages] == [404, 404]
    assert pages[0].source.replace(pages[0].token, "") == pages[1].source.replace(pages[1].token, "")
    assert await deeds_of(database) == [*before, "access.refused", "access.refused"]


async def test_each_state_of_a_condition_has_its_words(visitor, keep, case):
    await keep(*(a_condition(case, title=progress.name, progress=progress) for progress in Progress))

    page = await visitor.open(f"/staff/cases/{case.id}")

    conditions = zip(page.texts("tbody th"), page.texts("tbody td:nth-child(3)"), strict=True)
    assert {name: words for name, words in conditions if name in Progress.__members__} == {
        "NOT_STARTED": "Not started",
        "IN_PROGRESS": "In progress",
        "WAITING": "Waiting for a decision",
        "MET": "Met",
        "NOT_MET": "Not met",
        "VARIED": "Varied",
        "EXCUSED": "Excused",
    }


async def test_each_look_is_written_down_with_who_when_and_whose(visitor, member, case, database):
    await visitor.open("/staff/cases")
    await visitor.open(f"/staff/cases/{case.id}")

    async with database.reading() as connection:
        names = ("at", "actor", "actor_id", "deed", "logged_as", "force", "case_id", "record_id")
        query = select(*(audit_events.c[name] for name in names)).order_by(audit_events.c.id.desc()).limit(2)
        rows = [tuple(row) for row in await connection.execute(query)]
    who = (NOW, Actor.STAFF, member.id)
    assert rows == [
        (*who, "case.shown", LoggedAs.CONSULTATION, "42", case.id, case.offender_id),
        (*who, "cases.listed", LoggedAs.CONSULTATION, "42", None, None),
    ]


async def test_the_story_of_a_case_is_told_newest_first(
    visitor, arrive, offender, case, appointment, database
):
    person = arrive()
    await person.sign_in(offender)
    await person.send(f"/cases/{case.id}/read")
    await person.open(f"/appointments/{appointment.id}")
    await person.send(f"/appointments/{appointment.id}/confirm")
    await visitor.open(f"/staff/cases/{case.id}")

    page = await visitor.open(f"/staff/cases/{case.id}")

    assert page.texts(".portal-timeline strong") == [
        "Case opened",
        "Said they will come",
        "Saw the appointment",
        'Said "I have read these"',
        "Saw what they need to do",
    ]
    assert page.texts(".portal-timeline time")[0] == "Monday 23 November 2026, 10am"


async def test_every_kind_of_event_has_its_words(visitor, case, database):
    deeds = ("message.accepted", "message.held", "message.failed", "case.imported", "appointment.given")
    details = {"purpose": "invitation", "channel": "sms", "reason": "no_contact"}
    async with database.noting() as connection:
        await AuditEvents(connection).add(
            *(
                an_event(deed=deed, case_id=case.id, actor=actor, details=details)
                for deed in deeds
                for actor in Actor
            )
        )

    page = await visitor.open(f"/staff/cases/{case.id}")

    assert page.status == 200
    assert len(page.texts(".portal-timeline li")) == len(deeds) * len(Actor)
    assert "message." not in page.text()


async def test_looking_changes_no_record(visitor, case, database):
    before = await records_of(database)

    for path in ("/staff/cases", f"/staff/cases/{case.id}", f"/staff/cases?after=2026-01-01_{UUID(int=0)}"):
        assert (await visitor.open(path)).status == 200

    assert await records_of(database) == before


async def test_a_colleague_of_another_force_sees_another_list(arrive, keep, case):
    member = a_staff_member(force="01")
    await keep(member)

    page = await arrive().sign_in_as_staff(member)

    assert "There are no cases yet." in page.text()


async def test_who_moves_to_another_force_sees_that_ones_cases_at_once(visitor, member, case, database):
    async with database.changing() as session:
        (await session.get(type(member), member.id)).force = "01"

    assert (await visitor.open(f"/staff/cases/{case.id}")).status == 404
    assert "There are no cases yet." in (await visitor.open("/staff/cases")).text()
