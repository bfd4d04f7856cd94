"""The home page says in words what there is to do, by when, and whom to ask; and it can be read."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from portal.domain.appointments import AppointmentState
from portal.domain.cases import CaseState
from portal.domain.conditions import EvidenceKind, Progress
from portal.domain.regimes import Regime
from portal.storage.tables import audit_events, cases, readings
from tests.making import NOW, a_case, a_condition, a_reading, an_appointment, an_offender
from tests.records import deeds_of, records_of

A_FAULT = "A problem with this website, a text or your phone never counts against you."
MAY = "If you do not do these things and have no good reason,"
NAMES = [
    *("O'Brien-Ní Éireann", "苏", "\U0001f469\u200d\U0001f9b0", "<b>&\"'", "{{7*7}}", "((name))", "NULL"),
    *("=cmd|'/c calc'!A1", "ب" * 300, "x"),
]
FIRST = "An officer decides. We ask you first."
BY_THEN = "Do this by Friday 18 December 2026"
GO = "What to do You have 4 hours to do. Go to each appointment."
CAME = "Who runs it Estuary Skills Proof The people there tell us that you came."
LETTER = "What to do Write the letter. Proof Give the letter to your officer."


@pytest.fixture
async def home(visitor, offender):
    """Call it to sign in and see the page."""
    return lambda: visitor.sign_in(offender)


# What it shows


async def test_it_shows_the_next_appointment_before_all_else(home, keep, case):
    await keep(
        an_appointment(case, starts_at=NOW + timedelta(days=9), place="The later hall"),
        an_appointment(case, starts_at=NOW + timedelta(days=2), place="The next hall"),
        an_appointment(case, starts_at=NOW - timedelta(days=2), place="The hall of yesterday"),
        an_appointment(case, state=AppointmentState.CANCELLED, place="The hall that fell through"),
    )

    page = await home()

    assert page.texts("main h2")[0] == "Your next appointment"
    assert page.texts(".govuk-inset-text p")[:2] == ["Wednesday 25 November 2026, 10am", "The next hall"]
    assert page.texts("main h2 ~ dl:first-of-type .govuk-summary-list__row") == [
        "Wednesday 2 December 2026, 10am The later hall Tell us you will come Wednesday 2 December 2026"
    ]
    assert "yesterday" not in page.source
    assert "fell through" not in page.source


LEFT: list[tuple[dict[str, Any], str]] = [
    (
        {"evidence": EvidenceKind.ATTENDANCE, "hours": 4},
        f"Status Not started {BY_THEN} {GO} {CAME}",
    ),
    (
        {"evidence": EvidenceKind.CERTIFICATE, "progress": Progress.IN_PROGRESS, "provider": None},
        f"Status Started {BY_THEN} What to do Finish it. Proof Show your officer the certificate.",
    ),
    (
        {"evidence": EvidenceKind.RECEIPT, "amount_pence": 7550, "provider": None},
        f"Status Not started {BY_THEN} What to do Pay £75.50. Proof Show your officer the receipt.",
    ),
    (
        {"evidence": EvidenceKind.RECEIPT, "amount_pence": None, "provider": None},
        f"Status Not started {BY_THEN} Proof Show your officer the receipt.",
    ),
    (
        {"evidence": EvidenceKind.LETTER, "provider": None},
        f"Status Not started {BY_THEN} {LETTER}",
    ),
    (
        {"evidence": EvidenceKind.LETTER, "provider": None, "progress": Progress.WAITING},
        f"Status We are checking what you sent {BY_THEN} {LETTER}",
    ),
    (
        {"evidence": EvidenceKind.LETTER, "provider": None, "progress": Progress.NOT_MET},
        f"Status Not done. Talk to your officer {BY_THEN} {LETTER}",
    ),
    (
        {"evidence": EvidenceKind.LETTER, "provider": None, "progress": Progress.VARIED},
        f"Status Changed by your officer {BY_THEN} {LETTER}",
    ),
]


async def test_each_card_says_what_is_left_and_by_when(home, keep, offender):
    case = a_case(offender)
    await keep(case, *(a_condition(case, title="This:", **changes) for changes, _ in LEFT))

    page = await home()

    assert page.texts(".govuk-summary-card") == [f"This: {words}" for _, words in LEFT]


LISTED: list[tuple[dict[str, Any], str]] = [
    ({}, "By Friday 18 December 2026 Not started"),
    ({"progress": Progress.IN_PROGRESS}, "By Friday 18 December 2026 Started"),
    ({"progress": Progress.WAITING}, "By Friday 18 December 2026 We are checking what you sent"),
    ({"evidence": EvidenceKind.NONE}, "Until Friday 18 December 2026 Keep to this"),
    ({"evidence": EvidenceKind.NONE, "progress": Progress.MET}, "Done"),
    (
        {"evidence": EvidenceKind.NONE, "progress": Progress.NOT_MET},
        "Until Friday 18 December 2026 Not kept to. Talk to your officer",
    ),
    (
        {"evidence": EvidenceKind.NONE, "progress": Progress.VARIED},
        "Until Friday 18 December 2026 Changed by your officer",
    ),
    ({"progress": Progress.MET}, "Done"),
    ({"progress": Progress.EXCUSED}, "You do not need to do this any more. Not needed"),
]


async def test_the_list_says_how_far_each_thing_is_and_leads_to_what_is_left(home, keep, offender):
    case = a_case(offender)
    await keep(case, *(a_condition(case, title="This:", **changes) for changes, _ in LISTED))

    page = await home()

    assert page.texts(".govuk-task-list li") == [f"This: {words}" for _, words in LISTED]
    leads = [page.attribute(f".govuk-task-list li:nth-of-type({place}) a", "href") for place in (1, 2, 3)]
    assert all(page.has(f".govuk-summary-card{path}") for path in leads)
    assert len(page.texts(".govuk-task-list a")) == len(page.texts(".govuk-summary-card")) == len(set(leads))


async def test_what_is_due_first_stands_first_and_what_is_withdrawn_nowhere(home, keep, offender):
    case = a_case(offender)
    await keep(
        case,
        a_condition(case, title="Second", due_on=date(2026, 12, 20)),
        a_condition(case, title="First", due_on=date(2026, 12, 1)),
        a_condition(case, title="Gone", is_withdrawn=True),
    )

    assert (await home()).texts(".govuk-summary-card h3") == ["First", "Second"]


CONSEQUENCES = {
    Regime.CONDITIONAL_CAUTION: f"{MAY} you may have to go to court. {FIRST}",
    Regime.DIVERSIONARY_CAUTION: f"{MAY} you may have to go to court. {FIRST}",
    Regime.DEFERRED_PROSECUTION: f"{MAY} the police may take the case to court. {FIRST}",
    Regime.COMMUNITY_CAUTION: f"{MAY} you may have to pay a fine. {FIRST}",
    Regime.COMMUNITY_RESOLUTION: "If you do not do these things, an officer will talk to you about it."
    " We ask you first.",
}


async def test_it_says_what_may_follow_under_each_regime(arrive, keep):
    for regime, words in CONSEQUENCES.items():
        offender = an_offender()
        await keep(offender, a_case(offender, regime=regime))

        page = await arrive().sign_in(offender)

        assert [said for said in page.texts("main p") if said.startswith("If you do not")] == [words]


async def test_it_says_whom_to_ask_and_that_faults_do_not_count(home, case):
    page = await home()

    assert page.text(".govuk-warning-text") == "! Warning Finish everything by Monday 8 March 2027."
    assert "Your officer Constable Aoife Brannigan Phone 01632 960417 Email" in page.text()
    assert page.attribute('main a[href^="tel:"]', "href") == "tel:+441632960417"
    assert page.attribute('main a[href^="mailto:"]', "href") == "mailto:aoife.brannigan@police.example"
    assert A_FAULT in page.text()
    assert "Tell your officer before the date. We will ask you why." in page.text()


async def test_it_never_names_the_person_the_offence_or_a_victim(home, case, appointment):
    page = await home()

    for word in ("Morwenna", "Trelawny", "Criminal damage", "chip shop", "CD71039", "victim", "offender"):
        assert word.lower() not in page.text().lower(), word
    assert page.title == "What you need to do - Amends"


async def test_two_cases_stand_under_their_own_headings(home, keep, case, offender, database):
    other = a_case(offender, complete_by=date(2026, 12, 24))
    await keep(other, a_condition(other))

    page = await home()

    assert [words for words in page.texts("main h2") if words.startswith("Case ")] == [
        f"Case {other.reference}",
        f"Case {case.reference}",
    ]
    assert (await deeds_of(database))[-2:] == ["conditions.shown", "conditions.shown"]


async def test_a_finished_case_leaves_nothing_to_do(home, keep, offender):
    case = a_case(offender, state=CaseState.FINISHED)
    await keep(case, a_condition(case))

    page = await home()

    assert "There is nothing left for you to do." in page.text()
    assert not page.has(".govuk-task-list")
    assert not page.has(".govuk-summary-card")


async def test_what_staff_wrote_is_shown_letter_for_letter(home, keep, offender):
    case = a_case(offender, officer_name=NAMES[0])
    await keep(case, *(a_condition(case, title=name) for name in NAMES))

    page = await home()

    assert page.texts(".govuk-summary-card h3") == NAMES
    assert page.texts(".govuk-task-list a") == NAMES
    assert f"Your officer {NAMES[0]} Phone" in page.text()


# "I have read these"


@pytest.fixture
async def reader(visitor, offender, case):
    await visitor.sign_in(offender)
    return visitor


async def test_reading_is_recorded_with_its_version_and_shown(reader, case, database):
    page = await reader.send(f"/cases/{case.id}/read", follow=True)

    assert "You told us on Monday 23 November 2026 that you have read these." in page.texts("main p")
    assert "I have read these" not in page.texts("button")
    async with database.reading() as connection:
        rows = [row[1:] for row in await connection.execute(select(readings))]
        events = [
            tuple(row)
            for row in await connection.execute(
                select(
                    *(audit_events.c[name] for name in ("actor", "actor_id", "case_id", "force", "details"))
                ).where(audit_events.c.deed == "conditions.read")
            )
        ]
    assert [tuple(row) for row in rows] == [(case.id, case.offender_id, 1, NOW)]
    assert events == [("offender", case.offender_id, case.id, "42", {"version": 1})]


async def test_saying_it_twice_is_saying_it_once(reader, case, database, clock):
    first = await reader.send(f"/cases/{case.id}/read")
    before = await records_of(database)
    clock.moment += timedelta(minutes=1)

    second = await reader.send(f"/cases/{case.id}/read")

    assert (first.location, second.location) == ("/", "/")
    assert await records_of(database) == before
    assert (await deeds_of(database)).count("conditions.read") == 1


async def test_what_changed_since_must_be_read_anew(reader, case, database):
    async with database.noting() as connection:
        await connection.execute(update(cases).values(conditions_version=2))
    before = await records_of(database)

    page = await reader.send(f"/cases/{case.id}/read")

    assert page.status == 409
    assert "What you need to do has changed since you opened the page. Read it again." in page.text()
    assert await records_of(database) == before
    assert "conditions.read" not in await deeds_of(database)
    await reader.open("/")
    assert (await reader.send(f"/cases/{case.id}/read")).status == 303


async def test_a_version_that_we_did_not_show_is_not_read(reader, case, database):
    before = await records_of(database)

    for version in ("", "0", "-1", "2", "1.0", "x", "1" * 30, "1" * 5000, "٣"):
        page = await reader.send(f"/cases/{case.id}/read", {"version": version})
        await reader.open("/")
        assert page.status == 409, version
    assert await records_of(database) == before


async def test_what_was_read_before_a_change_is_to_be_read_again(home, keep, offender):
    case = a_case(offender, conditions_version=2)
    await keep(case, a_condition(case), a_reading(case, version=1))

    assert "I have read these" in (await home()).texts("button")


async def test_nobody_reads_for_another(reader, keep, database):
    other = an_offender()
    theirs = a_case(other)
    await keep(other, theirs)
    before = await records_of(database)

    page = await reader.send(f"/cases/{theirs.id}/read", {"version": "1"})

    assert page.status == 404
    assert await records_of(database) == before
