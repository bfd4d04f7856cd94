"""Staff see how a person is written to, and say what they know: custody, another who reads along, a pause."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from portal.domain.contact_rules import ContactRules, Fault, Times
from portal.domain.messages import Channel, MessageState, Purpose
from portal.domain.offenders import Offender
from portal.storage.database import Database
from portal.storage.message_tables import messages, stopped_contacts
from portal.storage.tables import audit_events
from tests.making import NOW, a_message, a_stopped_contact, an_appointment, contact_rules_of
from tests.records import deeds_of

AS_IT_IS = {"custody": "no", "discreet": "no", "pause": "no"}


@pytest.fixture
async def visitor(staff_visitor):
    return staff_visitor


@pytest.fixture
def path(case):
    return f"/staff/cases/{case.id}/contact"


async def rules_of(database: Database, offender: Offender) -> Any:
    async with database.changing() as session:
        return await session.get(ContactRules, offender.id)


async def test_the_case_shows_what_the_person_chose(visitor, keep, offender, case):
    await keep(
        contact_rules_of(
            offender,
            channel=Channel.EMAIL,
            times=Times.MORNING,
            opted_out="conditions",
            is_discreet=True,
            in_custody=True,
        )
    )

    page = await visitor.open(f"/staff/cases/{case.id}")

    facts = dict(zip(page.texts("dt"), page.texts("dd"), strict=True))
    assert [facts[name] for name in ("How", "When", "Reminders", "Name and place", "In custody")] == [
        "By email",
        "8am to midday",
        "Only of appointments",
        "Left out: somebody else may see the phone",
        "Yes: we write nothing",
    ]


async def test_what_staff_know_is_kept_and_the_plan_moves_with_it(
    visitor, keep, offender, case, path, database
):
    await keep(an_appointment(case))
    await visitor.open(path)

    until = {"until-day": "30", "until-month": "november", "until-year": "2026"}
    answer = await visitor.send(path, {"custody": "yes", "discreet": "yes", "pause": "yes"} | until)

    rules = await rules_of(database, offender)
    assert answer.location == f"/staff/cases/{case.id}"
    assert (rules.in_custody, rules.is_discreet, rules.paused_until) == (True, True, date(2026, 11, 30))
    async with database.reading() as connection:
        columns = (audit_events.c.case_id, audit_events.c.record_id, audit_events.c.details)
        query = select(*columns).where(audit_events.c.deed == "contact_rules.changed")
        assert tuple((await connection.execute(query)).one()) == (
            case.id,
            offender.id,
            {"fields": "in_custody is_discreet paused_until"},
        )
        assert (await connection.scalars(select(messages.c.purpose))).first() == Purpose.APPOINTMENT_TOMORROW


async def test_the_form_shows_what_is_kept_and_can_take_it_back(visitor, keep, offender, path, database):
    await keep(contact_rules_of(offender, in_custody=True, paused_until=date(2026, 12, 24)))

    page = await visitor.open(path)
    assert page.attribute("[name=custody][checked]", "value") == "yes"
    assert page.attribute("[name=until-day]", "value") == "24"
    await visitor.send(path, AS_IT_IS)

    rules = await rules_of(database, offender)
    assert (rules.in_custody, rules.paused_until) == (False, None)


async def test_saving_what_is_so_already_changes_nothing(visitor, path, database):
    await visitor.open(path)

    await visitor.send(path, AS_IT_IS)

    assert "contact_rules.changed" not in await deeds_of(database)


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"custody": ""}, "Select yes if the person is in custody"),
        ({"discreet": "maybe"}, "Select yes if somebody else may see the phone"),
        ({"pause": ""}, "Select yes if reminders should stop for a while"),
        ({"pause": "yes"}, "Enter the day on which reminders start again"),
        (
            {"pause": "yes", "until-day": "23", "until-month": "11", "until-year": "2026"},
            "The day must be in the future, and within a year",
        ),
        (
            {"pause": "yes", "until-day": "25", "until-month": "11", "until-year": "2027"},
            "The day must be in the future, and within a year",
        ),
    ],
)
async def test_what_is_missing_is_said_and_nothing_is_kept(visitor, offender, path, database, fields, error):
    await visitor.open(path)

    page = await visitor.send(path, AS_IT_IS | fields)

    assert page.status == 422
    assert page.texts(".govuk-error-summary li") == [error]
    assert await rules_of(database, offender) is None


async def test_a_number_that_is_right_after_all_is_used_again(visitor, keep, offender, case, path, database):
    await keep(a_stopped_contact(contact=offender.mobile, fault=Fault.WRONG_PERSON))
    page = await visitor.open(path)
    assert "We do not use the phone number: somebody else has it (Monday 23 November 2026)." in page.text()

    for _ in range(2):
        answer = await visitor.send(f"{path}/again", {"channel": "sms"})

    assert answer.location == path
    assert (await deeds_of(database)).count("contact.used_again") == 1
    async with database.reading() as connection:
        assert (await connection.execute(select(stopped_contacts.c.id))).first() is None


async def test_what_is_no_way_to_reach_somebody_cannot_be_used_again(visitor, path):
    await visitor.open(path)

    assert (await visitor.send(f"{path}/again", {"channel": "pigeon"})).status == 404


# The messages of a case


async def test_the_case_shows_its_last_messages_and_leads_to_all(visitor, keep, offender, case):
    await keep(
        *(
            a_message(
                offender, case_id=case.id, state=MessageState.DELIVERED, channel=Channel.SMS, sent_at=NOW
            )
            for _ in range(30)
        )
    )

    page = await visitor.open(f"/staff/cases/{case.id}")
    first = await visitor.open(f"/staff/cases/{case.id}/messages")
    second = await visitor.open(first.attribute(".govuk-pagination__next a", "href"))

    assert page.text().count("Reached the phone") == 5
    assert "All messages" in page.texts("main a")
    assert (len(first.texts("tbody tr")), len(second.texts("tbody tr"))) == (25, 5)


async def test_what_went_by_email_in_place_of_a_text_says_so(visitor, keep, offender, case):
    text = a_message(
        offender, case_id=case.id, state=MessageState.FAILED, failure="temporary-failure", channel=Channel.SMS
    )
    email = a_message(
        offender,
        case_id=case.id,
        state=MessageState.ACCEPTED,
        channel=Channel.EMAIL,
        instead_of=text.id,
        sent_at=NOW,
    )
    await keep(text, email)

    page = await visitor.open(f"/staff/cases/{case.id}/messages")

    assert sorted(page.texts("tbody td:nth-child(3)")) == [
        "Could not be delivered: the phone was off or full. Sent by email instead",
        "Handed to the mail service",
    ]
