"""The command line as people start it: it ends when it should, and says in a sentence why it did not."""

import json
import re
import subprocess
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pyotp
import pytest

from portal.domain.messages import MessageState, Purpose
from portal.notify_sandbox.keys import DEVELOPMENT_KEY
from portal.storage import migrations
from tests.integration.commands.operators import Operator, Ran
from tests.integration.commands.test_commands_on_records import failed
from tests.integration.sending.post_offices import a_number
from tests.making import NOW, a_message, an_offender

AN_HOUR = timedelta(hours=1)
PRODUCTION = {
    "PORTAL_ENVIRONMENT": "production",
    "PORTAL_BASE_URL": "https://portal.example",
    "PORTAL_NOTIFY_BASE_URL": "https://notify.example",
    "PORTAL_NOTIFY_API_KEY": f"a-key-{'0' * 8}-0000-0000-0000-{'0' * 12}-{'0' * 8}-0000-0000-0000-{'0' * 12}",
    "PORTAL_NOTIFY_TEMPLATES": "templates.json",
}


def test_a_new_installation_needs_no_settings(newcomer):
    newcomer.settings |= {"PORTAL_SECRET_KEY": "", "PORTAL_NOTIFY_BASE_URL": "", "PORTAL_BASE_URL": ""}

    ran = newcomer.process("migrate")

    assert (ran.returncode, ran.stdout, ran.stderr) == (0, f"The database is at {migrations.head()}.\n", "")
    assert {file.name for file in newcomer.var.iterdir()} >= {"portal.db", "secret_key"}
    assert (newcomer.var / "secret_key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"PORTAL_SECRET_KEY": "short"}, "PORTAL_SECRET_KEY: at least 32 characters"),
        ({"PORTAL_DATABASE_URL": "mysql://here"}, "PORTAL_DATABASE_URL: write sqlite:///"),
        (
            {"PORTAL_DATABASE_URL": "postgresql://x@127.0.0.1:9/none"},
            "Connection refused|Connect call failed",
        ),
        ({"PORTAL_DATABASE_URL": "sqlite:////proc/none/portal.db"}, "No such file or directory"),
        ({"PORTAL_DATABSE_URL": "sqlite:///x"}, "PORTAL_DATABSE_URL: no such setting"),
        ({"PORTAL_FORCES_FILE": "/proc/none.toml"}, "PORTAL_FORCES_FILE"),
        (PRODUCTION, "PORTAL_NOTIFY_CALLBACK_TOKEN|PORTAL_DATABASE_URL: must be set"),
    ],
    ids=["secret", "database", "server", "folder", "typing error", "forces", "production"],
)
def test_a_setting_that_is_wrong_is_named(newcomer, settings, says):
    newcomer.settings |= settings
    if settings is PRODUCTION:
        newcomer.settings["PORTAL_NOTIFY_CALLBACK_TOKEN"] = ""

    assert failed(newcomer.does("migrate"), says)


@pytest.mark.parametrize("command", [("notify-sandbox",), ("demo",), ("demo", "--code")], ids=" ".join)
def test_what_is_for_development_does_not_run_in_production(newcomer, command):
    newcomer.settings |= PRODUCTION | {"PORTAL_DATABASE_URL": f"sqlite:///{newcomer.var}/portal.db"}

    assert failed(newcomer.does(*command), "does not run in production")


@pytest.mark.parametrize("name", ["PORTAL_NOTIFY_API_KEY", "PORTAL_NOTIFY_NEUTRAL_API_KEY"])
@pytest.mark.parametrize("command", [("worker", "--once"), ("serve",), ("migrate",)], ids=" ".join)
def test_the_public_key_of_the_sandbox_never_gets_into_production(newcomer, command, name):
    newcomer.settings |= PRODUCTION | {
        "PORTAL_DATABASE_URL": f"sqlite:///{newcomer.var}/portal.db",
        name: DEVELOPMENT_KEY,
    }

    assert failed(newcomer.does(*command), f"{name}: this is the sandbox's key, which is public")


def test_the_codes_of_the_demonstration_are_those_of_now(newcomer):
    assert failed(newcomer.does("demo", "--code"), "there is no demonstration yet")
    secret = pyotp.random_base32()
    sign_in = {
        "name": "Jo Merriweather",
        "force": "01",
        "role": "officer",
        "email": "jo@force.example",
        "password": "not shown",
        "totp_secret": secret,
    }
    newcomer.var.mkdir(exist_ok=True)
    (newcomer.var / "demo.json").write_text(json.dumps([sign_in]))

    ran = newcomer.does("demo", "--code")

    [(email, code)] = re.findall(r"^(\S+)  (\d{6})$", ran.out, re.MULTILINE)
    assert email == "jo@force.example"
    assert pyotp.TOTP(secret).verify(code, valid_window=1)
    assert "not shown" not in ran.out


# The worker


@pytest.fixture
def posted(keep, offender) -> Any:
    """Post codes, which go at any hour."""

    async def post(number: int) -> list[Any]:
        people = [an_offender(mobile=a_number()) for _ in range(number)]
        messages = [
            a_message(person, purpose=Purpose.CODE, personalisation='{"code": "482915"}') for person in people
        ]
        await keep(*people, *messages)
        return messages

    return post


def once(operator: Operator) -> Ran:
    """A worker that sends what is due, at the moment of the test."""
    line = operator._line(("worker", "--once"))
    ran = subprocess.run(line, env=operator._environment(), capture_output=True, text=True, check=False)
    return Ran(ran.returncode, ran.stdout, ran.stderr)


async def test_a_worker_that_works_once_ends_when_nothing_is_due(operator, posted, post_office, database):
    messages = await posted(7)

    ran = once(operator)

    assert (ran.code, ran.err) == (0, "")
    assert [len(post_office.taken(message.id)) for message in messages] == [1] * 7


async def test_a_worker_whose_key_opens_nothing_says_so(operator, posted, post_office, database):
    [message] = await posted(1)
    operator.settings["PORTAL_NOTIFY_API_KEY"] = post_office.keys["revoked"]

    ran = once(operator)

    assert failed(ran, r"Error: Notify refuses everything \(403 AuthError\): see to the key and the clock")
    async with database.changing() as session:
        assert (await session.get_one(type(message), message.id)).state is MessageState.QUEUED


async def test_a_worker_that_gets_no_answer_says_so(operator, keep, offender):
    message = a_message(offender, state=MessageState.ACCEPTED, notify_id=uuid4(), asks_at=NOW - AN_HOUR)
    await keep(message)
    operator.settings["PORTAL_NOTIFY_BASE_URL"] = "http://127.0.0.1:9"

    assert failed(once(operator), r"Error: Notify does not answer \(503 no name\): nothing is lost")


def test_a_worker_with_half_a_key_says_so(newcomer):
    newcomer.does("migrate")
    newcomer.settings["PORTAL_NOTIFY_API_KEY"] = DEVELOPMENT_KEY[20:]

    assert failed(once(newcomer), "PORTAL_NOTIFY_API_KEY: copy the whole key")
