"""What an operator does for people: accounts for staff, appointments for offenders."""

import re
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
from sqlalchemy import select

from portal.domain.appointments import Appointment
from portal.domain.staff import Role, StaffMember
from portal.services import passwords
from portal.storage.database import Database
from portal.storage.tables import appointments
from tests.integration.commands.operators import Operator, Ran
from tests.integration.commands.test_commands_on_records import failed
from tests.making import PASSWORD, a_case, an_offender
from tests.records import deeds_of, records_of

ANNA = ("staff", "add", "anna@police.example", "--name", "Anna Ng", "--force", "42")


async def members(database: Database) -> list[StaffMember]:
    async with database.changing() as session:
        return list(await session.scalars(select(StaffMember)))


async def test_an_account_comes_with_what_an_authenticator_needs(operator, database):
    ran = operator.does(*ANNA, "--password", PASSWORD)

    assert (ran.code, ran.err) == (0, "")
    [uri] = re.findall(r"otpauth://\S+", ran.out)
    [member] = await members(database)
    assert (member.name, member.email, member.force, member.role) == (
        "Anna Ng",
        "anna@police.example",
        "42",
        Role.OFFICER,
    )
    assert pyotp.parse_uri(uri).secret == member.totp_secret
    assert parse_qs(urlsplit(uri).query)["issuer"] == ["Amends"]
    assert await passwords.matches(member.password_hash, PASSWORD)
    assert "\N{LOWER HALF BLOCK}" in ran.out or "\N{FULL BLOCK}" in ran.out or "\x1b[" in ran.out
    assert PASSWORD not in ran.out
    assert await deeds_of(database) == ["staff.added"]


async def test_an_address_signs_in_one_person_however_it_is_written(operator, database):
    operator.does(*ANNA, "--password", PASSWORD)

    for again in ("anna@police.example", "Anna@Police.Example"):
        ran = operator.does("staff", "add", again, "--name", "B", "--force", "42", "--password", PASSWORD)
        assert failed(ran, "somebody signs in with this e-mail address already")

    assert len(await members(database)) == 1


@pytest.mark.parametrize("password", ["short", "x" * 11, "x" * 129])
async def test_a_weak_password_is_refused(operator, database, password):
    assert failed(operator.does(*ANNA, "--password", password), "a password needs 12 to 128 characters")

    assert await members(database) == []


@pytest.mark.parametrize(
    "wrong", [("--force", "99"), ("--role", "chief")], ids=["a force that is none", "a role that is none"]
)
async def test_what_there_is_not_is_refused(operator, database, wrong):
    assert failed(operator.does(*ANNA, "--password", PASSWORD, *wrong), f"'{wrong[1]}' is not one of")

    assert await members(database) == []


# Appointments


def give(operator: Operator, reference: str, starts: str = "2026-12-08T14:00", *more: str) -> Ran:
    return operator.does(
        "appointments", "give", reference, "--starts", starts, "--place", "Gooseberry Hall", *more
    )


async def given(database: Database) -> list[Appointment]:
    async with database.changing() as session:
        return list(await session.scalars(select(Appointment).order_by(appointments.c.starts_at)))


async def test_an_appointment_is_of_the_case_and_by_the_clocks_of_london(operator, database, case):
    ran = give(operator, case.reference, "2026-12-08T14:00", "--minutes", "90", "--bring", "This letter")

    [appointment] = await given(database)
    assert (ran.code, ran.out) == (0, f"Appointment {appointment.id} given.\n")
    assert (appointment.case_id, appointment.offender_id) == (case.id, case.offender_id)
    assert appointment.starts_at.isoformat() == "2026-12-08T14:00:00+00:00"
    assert appointment.ends_at.isoformat() == "2026-12-08T15:30:00+00:00"
    assert (appointment.place, appointment.bring) == ("Gooseberry Hall", "This letter")
    assert await deeds_of(database) == ["appointment.given"]


HOURS = [
    ("2027-06-01T09:30", "2027-06-01T08:30:00+00:00"),
    ("2027-06-01T09:30+00:00", "2027-06-01T09:30:00+00:00"),
    ("2027-03-28T00:59", "2027-03-28T00:59:00+00:00"),
    ("2027-03-28T02:00", "2027-03-28T01:00:00+00:00"),
    ("2027-10-31T00:59", "2027-10-30T23:59:00+00:00"),
    ("2027-10-31T01:30+01:00", "2027-10-31T00:30:00+00:00"),
    ("2027-10-31T01:30+00:00", "2027-10-31T01:30:00+00:00"),
    ("2027-10-31T01:30Z", "2027-10-31T01:30:00+00:00"),
    ("2027-10-31T02:00", "2027-10-31T02:00:00+00:00"),
]


@pytest.mark.parametrize(("written", "stored"), HOURS, ids=[written for written, _ in HOURS])
async def test_an_hour_is_stored_as_it_was_meant(operator, database, case, written, stored):
    assert give(operator, case.reference, written).code == 0

    [appointment] = await given(database)
    assert appointment.starts_at == datetime.fromisoformat(stored)


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("2027-03-28T01:00", "that hour does not exist: the clocks go forward"),
        ("2027-03-28T01:30", "that hour does not exist: the clocks go forward"),
        ("2027-03-28T01:59:59", "that hour does not exist: the clocks go forward"),
        ("2026-10-25T01:30", r"that hour comes twice: write \+01:00 behind it for the first"),
        ("2027-10-31T01:00", r"that hour comes twice: write \+01:00 behind it for the first"),
        ("tomorrow", "write it like 2026-12-08T14:00"),
        ("2026-12-08", "write it like 2026-12-08T14:00"),
        ("2026-12-08T", "write it like 2026-12-08T14:00"),
        ("2026-13-08T14:00", "write it like 2026-12-08T14:00"),
        ("2026-12-08T24:30", "write it like 2026-12-08T14:00"),
        ("08/12/2026 14:00", "write it like 2026-12-08T14:00"),
        ("0001-01-01T00:00+14:00", "write it like 2026-12-08T14:00"),
        ("", "write it like 2026-12-08T14:00"),
    ],
)
async def test_an_hour_that_is_none_is_refused_with_what_to_write(operator, database, case, written, says):
    before = await records_of(database)

    assert failed(give(operator, case.reference, written), says)

    assert await records_of(database) == before


async def test_an_appointment_needs_one_case(operator, keep, database):
    people = [an_offender(force=force) for force in ("01", "42")]
    await keep(*people, *(a_case(person, reference="SAME/1") for person in people))

    assert failed(give(operator, "NONE/1"), "no case has this reference")
    assert failed(give(operator, "SAME/1"), "add --force")
    assert await given(database) == []
    assert give(operator, "SAME/1", "2026-12-08T14:00", "--force", "01").code == 0
    [appointment] = await given(database)
    assert appointment.offender_id == people[0].id
