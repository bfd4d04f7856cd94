"""The demonstration: the whole portal on this machine, with an invented caseload."""

import contextlib
import json
import secrets
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict, dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import click
import pyotp

from portal.clock import LONDON, Clock
from portal.commands.caseload import OFFENCES, case_files
from portal.commands.joining import records, run, settings_of, the_case
from portal.domain.appointments import Appointment, AppointmentKind
from portal.domain.audit import Actor
from portal.domain.links import LINK_LIFE, Link
from portal.domain.regimes import load_regimes
from portal.domain.staff import Role
from portal.intake.importing import Intake
from portal.services import appointments, staff
from portal.settings import Settings
from portal.storage import migrations
from portal.storage.database import Database, open_database
from portal.storage.keys import new_token, token_hash
from portal.storage.unit_of_work import Who, WholeWork, unit_of_work

LOOPBACK = "127.0.0.1"
PORTS = {"notify-sandbox": 8001, "serve": 8000}
SANDBOX = "http://127.0.0.1:8001"
A_MOMENT = 0.2
SIGN_INS = (("Jo Merriweather", "01", Role.OFFICER), ("Robin Ashdown", "60", Role.SUPERVISOR))
SHOWN = ("DEMO/001/26", "DEMO/002/26")
"""Whose links are printed: one in English, one in Welsh."""


@dataclass(frozen=True)
class SignIn:
    """What a member of staff of the demonstration signs in with."""

    name: str
    force: str
    role: str
    email: str
    password: str
    totp_secret: str

    @property
    def code(self) -> str:
        """The code of this moment."""
        return pyotp.TOTP(self.totp_secret).now()


@click.command()
@click.option("--code", is_flag=True, help="Only print the staff's sign-in codes of this moment.")
@click.pass_obj
def demo(clock: Clock, *, code: bool) -> None:
    """Run the portal, its worker and the Notify sandbox here, with invented cases, until Ctrl-C."""
    settings = settings_of()
    if settings.is_production:
        raise click.ClickException("the demonstration does not run in production")
    kept = settings.var / "demo.json"
    if code:
        for sign_in in _kept(kept):
            click.echo(f"{sign_in.email}  {sign_in.code}")
        return
    for port in PORTS.values():
        _check_free(port)
    links = run(_prepare(settings, clock, kept))
    stopping = threading.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda *_: stopping.set())
    with contextlib.ExitStack() as stack:
        parts = [stack.enter_context(_running(command)) for command in (*PORTS, "worker")]
        if _wait_for_ports(parts, stopping):
            _tell(settings, _kept(kept), links)
        while not stopping.wait(A_MOMENT) and all(part.poll() is None for part in parts):
            pass
        failed = not stopping.is_set()
    if failed:
        raise click.ClickException("a part of the portal ended by itself: run portal serve to see why")
    click.echo("Stopped. The records stay where they are, for the next time.")


def _check_free(port: int) -> None:
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            taken.bind((LOOPBACK, port))
        except OSError as wrong:
            raise click.ClickException(f"port {port} is in use: stop what uses it first") from wrong


def _wait_for_ports(parts: list[subprocess.Popen[bytes]], stopping: threading.Event) -> bool:
    """Wait until everything answers.  Say whether it does."""
    for port in PORTS.values():
        while not _answers(port):
            if stopping.wait(A_MOMENT) or any(part.poll() is not None for part in parts):
                return False
    return True


def _answers(port: int) -> bool:
    with socket.socket() as there:
        return there.connect_ex((LOOPBACK, port)) == 0


@contextlib.contextmanager
def _running(command: str) -> Iterator[subprocess.Popen[bytes]]:
    """One part of the portal as a process of its own, ended in an orderly way."""
    process = subprocess.Popen(  # noqa: S603 - our own command line
        [sys.executable, "-m", "portal", command], stdout=subprocess.DEVNULL, start_new_session=True
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=30)


async def _prepare(settings: Settings, clock: Clock, kept: Path) -> dict[str, str]:
    """Bring the records up, once; and make a link for each person that is shown."""
    database = open_database(settings)
    try:
        await migrations.migrate(database)
        if not kept.exists():
            await _fill(database, settings, clock, kept)
    finally:
        await database.close()
    async with records(settings) as opened, _operator(opened, clock) as work:
        return {reference: await _link(work, settings, reference) for reference in SHOWN}


def _operator(database: Database, clock: Clock) -> AbstractAsyncContextManager[WholeWork]:
    return unit_of_work(database, WholeWork, now=clock.now(), who=Who(Actor.OPERATOR))


async def _fill(database: Database, settings: Settings, clock: Clock, kept: Path) -> None:
    async with _operator(database, clock) as work:
        await work.offences.replace(OFFENCES)
        sign_ins = [await _add_staff(work, *person) for person in SIGN_INS]
    offences = {offence.code: offence for offence in OFFENCES}
    intake = Intake(database, offences, load_regimes(settings.regimes_file), clock)
    await intake.take(enumerate(case_files(clock.now()), start=1), refuse=click.echo)
    async with _operator(database, clock) as work:
        for days, reference in enumerate(("DEMO/001/26", "DEMO/002/26", "DEMO/003/26"), start=2):
            await _give(work, reference, days)
    kept.write_text(json.dumps([asdict(sign_in) for sign_in in sign_ins]))
    kept.chmod(0o600)


async def _add_staff(work: WholeWork, name: str, force: str, role: Role) -> SignIn:
    email = f"{name.lower().replace(' ', '.')}@force.example"
    password = "-".join(secrets.token_hex(2) for _ in range(4))
    added = await staff.add(work, force=force, name=name, email=email, role=role, password=password)
    secret = parse_qs(urlsplit(added.totp_uri).query)["secret"][0]
    return SignIn(name, force, role.value, email, password, secret)


async def _give(work: WholeWork, reference: str, days: int) -> None:
    case = await the_case(work, reference, None)
    day = (work.now.astimezone(LONDON) + timedelta(days=days)).date()
    starts_at = datetime.combine(day, time(14), LONDON)
    given = Appointment(
        case_id=case.id,
        offender_id=case.offender_id,
        kind=AppointmentKind.ASSESSMENT,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=1),
        booked_at=work.now,
        place="Clearway Support, 12 Example Street, Anytown",
        bring="This phone, or a letter with your name on it",
    )
    await appointments.give(work, given, force=case.force)


async def _link(work: WholeWork, settings: Settings, reference: str) -> str:
    case = await the_case(work, reference, None)
    token = new_token()
    work.links.add(
        Link(
            offender_id=case.offender_id,
            token_hash=token_hash(token),
            made_at=work.now,
            expires_at=work.now + LINK_LIFE,
        )
    )
    return f"{settings.base_url}/a/{token}"


def _kept(kept: Path) -> list[SignIn]:
    if not kept.exists():
        raise click.ClickException("there is no demonstration yet: run portal demo")
    return [SignIn(**sign_in) for sign_in in json.loads(kept.read_text())]


def _tell(settings: Settings, sign_ins: list[SignIn], links: dict[str, str]) -> None:
    click.echo(f"\nThe portal:        {settings.base_url}")
    click.echo(f"Texts and e-mails: {SANDBOX} (nothing leaves this machine)")
    click.echo("\nPeople with something to do open their link, and read the code in the texts:")
    for reference, link in links.items():
        click.echo(f"  {reference}  {link}")
    click.echo(f"\nStaff sign in at {settings.base_url}/staff/sign-in:")
    for sign_in in sign_ins:
        role = f"{sign_in.role} of force {sign_in.force}"
        click.echo(f"  {role:<24} {sign_in.email}  password {sign_in.password}  code {sign_in.code}")
    click.echo("  A code lives 30 seconds: .venv/bin/portal demo --code prints the next.")
    click.echo("\nFirst texts go out between 8am and 9pm. Ctrl-C stops everything.")
