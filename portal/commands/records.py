"""Commands about records: migrate, load offences, import cases, tell a case's story, change keys."""

import json
import os
import sys
from pathlib import Path

import click
from alembic.util import CommandError
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TimeRemainingColumn

from portal.clock import LONDON, Clock
from portal.commands.joining import operator_work, records, run, settings_of, the_case
from portal.domain.audit import Event
from portal.domain.offences import Offence
from portal.domain.regimes import load_regimes
from portal.intake.importing import Intake, Tally
from portal.intake.reading import lines
from portal.storage import migrations
from portal.storage.database import open_database
from portal.storage.offences import Offences
from portal.storage.rotation import rotate


@click.command()
@click.argument("revision", default="head")
def migrate(revision: str) -> None:
    """Bring the database to this version's schema."""

    async def work() -> str | None:
        database = open_database(settings_of())
        try:
            await migrations.migrate(database, revision)
            return await migrations.current(database)
        except CommandError as wrong:
            raise click.ClickException(str(wrong)) from wrong
        finally:
            await database.close()

    click.echo(f"The database is at {run(work()) or 'nothing'}.")


@click.group()
def reference() -> None:
    """Reference data that an operator loads."""


@reference.command("load-offences")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_obj
def load_offences(clock: Clock, file: Path) -> None:
    """Load the published list of CJS offence codes, in the place of the one before."""
    try:
        entries = [Offence.from_entry(entry) for entry in json.loads(file.read_text(encoding="utf-8"))]
    except (ValueError, KeyError, TypeError) as wrong:
        raise click.ClickException(f"{file.name} is not the published list: {wrong}") from wrong
    if not entries:
        raise click.ClickException(f"{file.name} is not the published list: nothing is in it")

    async def work() -> int:
        async with operator_work(settings_of(), clock) as unit:
            return await unit.offences.replace(entries)

    click.echo(f"{run(work())} offences loaded.")


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_obj
def import_cases(clock: Clock, file: Path) -> None:
    """Take in case files, one JSON object a line.  Refused lines are named; the others go in."""
    tally = run(_import(clock, file))
    click.echo(
        f"{tally.new} new, {tally.changed} changed, {tally.unchanged} unchanged, {tally.refused} refused"
    )
    if tally.refused:
        sys.exit(1)


async def _import(clock: Clock, file: Path) -> Tally:
    settings = settings_of()
    console = Console(stderr=True)
    bar = Progress(
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,
    )
    async with records(settings) as database:
        async with database.changing() as session:
            offences = await Offences(session).all()
        if not offences:
            raise click.ClickException(
                "no offences are loaded: run portal reference load-offences FILE first"
            )
        intake = Intake(database, offences, load_regimes(settings.regimes_file), clock)
        with file.open("rb") as stream, bar:
            done = bar.add_task("", total=os.fstat(stream.fileno()).st_size)
            return await intake.take(
                lines(stream),
                refuse=lambda refusal: click.echo(str(refusal), err=True),
                advance=lambda count: bar.advance(done, count),
            )


@click.command()
@click.argument("reference")
@click.option("--force", help="The PNC code, where two forces have a case of this reference.")
@click.pass_obj
def timeline(clock: Clock, reference: str, force: str | None) -> None:
    """Tell the story of a case from its audit events."""

    async def work() -> list[Event]:
        async with operator_work(settings_of(), clock) as unit:
            case = await the_case(unit, reference, force)
            return list(await unit.audit.of_case(case.id))

    for event in run(work()):
        moment = event.at.astimezone(LONDON).strftime("%Y-%m-%d %H:%M:%S")
        details = " ".join(f"{name}={value}" for name, value in sorted(event.details.items()))
        click.echo(f"{moment}  {event.actor:<9} {event.deed:<26} {details}".rstrip())


@click.group()
def keys() -> None:
    """The keys that personal data is sealed with."""


@keys.command("rotate")
def rotate_keys() -> None:
    """Seal everything anew with PORTAL_SECRET_KEY, while the portal runs.

    Put the old secret into PORTAL_SECRET_KEYS_RETIRED first; take it out when this has ended.
    """

    async def work() -> int:
        async with records(settings_of()) as database:
            return await rotate(database)

    click.echo(f"{run(work())} rows sealed anew.")
