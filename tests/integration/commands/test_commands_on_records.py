"""What an operator does with records: bring them up, fill them, look at them, change their keys."""

import json
import re
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest
from sqlalchemy import func, select

from portal.__main__ import portal
from portal.domain.appointments import AppointmentState
from portal.domain.arms import Arm
from portal.domain.messages import MessageState, Purpose
from portal.storage import migrations
from portal.storage.audit import AuditEvents
from portal.storage.tables import cases, offences
from tests.integration.commands.operators import Operator, Ran
from tests.integration.intake.many import listed_offences, many, written
from tests.making import a_case, a_message, an_appointment, an_event, an_offender
from tests.records import deeds_of, records_of
from tests.unit.intake.making import a_case as a_line

OF_THE_CASES = datetime(2026, 11, 20, 20, tzinfo=UTC)


def commands(group: click.Group = portal, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every command and group that there is."""
    yield path
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name)


@pytest.mark.parametrize("path", list(commands()), ids=" ".join)
def test_every_command_explains_itself(newcomer, path):
    ran = newcomer.does(*path, "--help")

    assert ran.code == 0
    assert ran.out.startswith(f"Usage: portal {' '.join(path)}".strip())
    described = re.search(r"\n\n  (\S.*)", ran.out)
    assert described, "it does not say what it is for"


def failed(ran: Ran, says: str) -> bool:
    """Whether it ended with a sentence, and no traceback."""
    assert "Traceback" not in ran.err, ran.err
    assert ran.code in (1, 2)
    assert re.search(says, ran.err), ran.err
    return True


# The schema


def test_a_new_database_is_brought_up_and_a_second_time_is_no_harm(newcomer):
    head = migrations.head()

    for _ in range(2):
        ran = newcomer.does("migrate")
        assert (ran.code, ran.out) == (0, f"The database is at {head}.\n")

    assert (newcomer.var / "portal.db").exists()


def test_a_revision_that_there_is_not_is_named(newcomer):
    assert failed(newcomer.does("migrate", "0815"), "0815")


@pytest.mark.parametrize(
    "command",
    [
        ("import", "{file}"),
        ("reference", "load-offences", "{file}"),
        ("timeline", "43/1/26"),
        ("keys", "rotate"),
        ("staff", "add", "a@b.example", "--name", "A", "--force", "01", "--password", "x" * 12),
        ("appointments", "give", "43/1/26", "--starts", "2026-12-08T14:00", "--place", "Here"),
    ],
    ids=" ".join,
)
def test_without_a_schema_nothing_is_done(newcomer, tmp_path, command):
    ran = newcomer.does(*(word.format(file=listed_offences(tmp_path)) for word in command))

    assert failed(ran, r"run portal migrate")


def test_with_another_secret_nothing_is_done(operator, keep, offender):
    operator.settings["PORTAL_SECRET_KEY"] = secrets.token_urlsafe(48)

    assert failed(
        operator.does("timeline", "43/1/26"), "PORTAL_SECRET_KEY is not what the records were sealed with"
    )


# Offences


async def test_offences_are_loaded_in_the_place_of_those_before(operator, tmp_path, database):
    for _ in range(2):
        assert (
            operator.does("reference", "load-offences", str(listed_offences(tmp_path))).out
            == "4 offences loaded.\n"
        )

    async with database.reading() as connection:
        assert await connection.scalar(select(func.count()).select_from(offences)) == 4


@pytest.mark.parametrize(
    "content",
    [
        "",
        "no JSON",
        "[]",
        "{}",
        "[7]",
        '[{"cjsCode": "X"}]',
        '[{"cjsCode": "X", "offenceCategory": "?"}]',
        "\0",
    ],
)
async def test_a_file_that_is_not_the_list_changes_nothing(operator, tmp_path, database, content):
    operator.does("reference", "load-offences", str(listed_offences(tmp_path)))
    wrong = tmp_path / "wrong.json"
    wrong.write_text(content)
    before = await records_of(database)

    assert failed(
        operator.does("reference", "load-offences", str(wrong)), "wrong.json is not the published list"
    )

    assert await records_of(database) == before


# Cases


@pytest.fixture
def ready(operator: Operator, tmp_path: Path) -> Operator:
    """An operator who has loaded the offences, on the evening that the cases are of."""
    operator.moment = OF_THE_CASES
    operator.does("reference", "load-offences", str(listed_offences(tmp_path)))
    return operator


async def test_an_import_ends_with_a_count(ready, tmp_path, database):
    file = written(tmp_path / "cases.jsonl", many(3))

    first, second = ready.does("import", str(file)), ready.does("import", str(file))

    assert (first.code, first.out, first.err) == (0, "3 new, 0 changed, 0 unchanged, 0 refused\n", "")
    assert (second.code, second.out) == (0, "0 new, 0 changed, 3 unchanged, 0 refused\n")
    async with database.reading() as connection:
        assert await connection.scalar(select(func.count()).select_from(cases)) == 3


def test_refused_lines_are_named_and_the_import_says_that_it_failed(ready, tmp_path):
    wrong = json.dumps(a_line({"offender.last_name": "", "offender.surname": "Bielak"})).encode()
    file = written(tmp_path / "cases.jsonl", [*many(1), wrong, b"no JSON"])

    ran = ready.does("import", str(file))

    assert (ran.code, ran.out) == (1, "1 new, 0 changed, 0 unchanged, 2 refused\n")
    second, third = ran.err.splitlines()
    assert second.startswith("line 2: offender.last_name: empty")
    assert "offender.surname: unknown field" in second
    assert third.startswith("line 3: not valid JSON")
    assert "Bielak" not in ran.err


def test_an_empty_file_is_no_mistake(ready, tmp_path):
    file = written(tmp_path / "cases.jsonl", [])

    assert ready.does("import", str(file)).out == "0 new, 0 changed, 0 unchanged, 0 refused\n"


def test_an_import_before_the_offences_says_what_to_do_first(operator, tmp_path):
    file = written(tmp_path / "cases.jsonl", many(1))

    assert failed(operator.does("import", str(file)), "run portal reference load-offences FILE first")


@pytest.mark.parametrize("command", [("import",), ("reference", "load-offences")], ids=" ".join)
def test_a_file_that_there_is_not_is_named(operator, tmp_path, command):
    assert failed(operator.does(*command, str(tmp_path / "absent")), "absent' does not exist")
    assert failed(operator.does(*command, str(tmp_path)), "is a directory")


# Their story


async def test_the_story_of_a_case_is_told_in_london_time(operator, keep, database, case):
    async with database.changing() as session:
        await AuditEvents(session).add(
            an_event(
                at=datetime(2026, 7, 1, 11, 30, tzinfo=UTC),
                case_id=case.id,
                details={"fields": "officer_name"},
            ),
            an_event(deed="message.accepted", case_id=case.id, details={"purpose": "code", "channel": "sms"}),
            an_event(deed="of.another"),
        )

    ran = operator.does("timeline", case.reference)

    assert ran.code == 0
    assert ran.out.splitlines() == [
        "2026-07-01 12:30:00  portal    case.imported              fields=officer_name",
        "2026-11-23 10:00:00  portal    message.accepted           channel=sms purpose=code",
    ]


def test_a_reference_that_nobody_has_is_no_case(operator):
    assert failed(operator.does("timeline", "43/1/26"), "no case has this reference")


async def test_a_reference_that_two_forces_have_asks_for_the_force(operator, keep):
    people = [an_offender(force=force) for force in ("01", "42")]
    await keep(*people, *(a_case(person, reference="SAME/1") for person in people))

    assert failed(
        operator.does("timeline", "SAME/1"), r"several forces have this reference \(01, 42\): add --force"
    )
    assert operator.does("timeline", "SAME/1", "--force", "42").code == 0
    assert failed(operator.does("timeline", "SAME/1", "--force", "99"), "no case has this reference")


# Their keys


async def test_after_a_rotation_the_new_secret_is_enough(operator, keep, case, database):
    old, new = operator.secret_key, secrets.token_urlsafe(48)
    operator.secret_key = new
    assert failed(operator.does("keys", "rotate"), "PORTAL_SECRET_KEYS_RETIRED")

    operator.settings["PORTAL_SECRET_KEYS_RETIRED"] = old
    assert operator.does("keys", "rotate").out == "3 rows sealed anew.\n"
    assert operator.does("keys", "rotate").out == "0 rows sealed anew.\n"

    operator.settings.clear()
    assert operator.does("timeline", case.reference).code == 0


# Looking


async def test_looking_writes_nothing_down(operator, database, case):
    before = await deeds_of(database)

    operator.does("timeline", case.reference)
    operator.does("notify", "check")

    assert await deeds_of(database) == before


# A trial of wordings


def test_before_a_trial_there_is_nothing_to_compare(operator):
    assert "No trial runs" in operator.does("notify", "arms").out


async def test_a_trial_shows_each_arms_no_shows_and_all_forces_together(operator, database):
    people = [an_offender(force=force) for force in ("42", "42", "13")]
    ended = [(Arm.PLAN, "missed"), (Arm.COST, "attended"), (Arm.PLAN, "attended")]
    async with database.changing() as session:
        for person, (arm, state) in zip(people, ended, strict=True):
            case = a_case(person)
            appointment = an_appointment(case, state=AppointmentState(state))
            reminder = {"purpose": Purpose.APPOINTMENT_TOMORROW, "state": MessageState.DELIVERED, "arm": arm}
            session.add_all(
                [person, case, appointment, a_message(person, about_id=appointment.id, **reminder)]
            )

    lines = operator.does("notify", "arms").out.splitlines()

    assert [line.split()[:2] for line in lines[1:]] == [
        *(["13", "plan"], ["42", "cost"], ["42", "plan"], ["all", "plan"], ["all", "cost"])
    ]
    assert lines[3].endswith("1       1  100.0% (20.7% to 100.0%)")
    assert lines[4].endswith("2       1  50.0% (9.5% to 90.5%)")


def test_a_force_with_a_wording_of_nobodys_does_not_start(operator, tmp_path):
    forces = tmp_path / "forces.toml"
    forces.write_text('[42]\narms = ["plan", "threat"]\n')
    operator.settings["PORTAL_FORCES_FILE"] = str(forces)

    assert failed(operator.does("notify", "arms"), "arms are one or more of consequence, cost, plain, plan")
