"""The command line: ``portal COMMAND``.  Every command has --help."""

import sys

import click
from sqlalchemy.exc import DBAPIError

from portal.clock import Clock
from portal.commands import demo, notify, people, records, serving
from portal.errors import PortalError


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.pass_context
def portal(context: click.Context) -> None:
    """Amends: the portal for out-of-court resolutions."""
    context.obj = context.obj or Clock()


for command in (
    records.migrate,
    records.reference,
    records.import_cases,
    records.timeline,
    records.keys,
    people.staff,
    people.appointments,
    serving.serve,
    serving.worker,
    serving.notify_sandbox,
    notify.notify,
    demo.demo,
):
    portal.add_command(command)


def main(clock: Clock | None = None) -> None:
    """Run a command; what can be foreseen ends in a sentence and exit code 1, not in a traceback."""
    try:
        portal(obj=clock, prog_name="portal")
    except (PortalError, OSError) as wrong:
        click.echo(f"Error: {wrong}", err=True)
        sys.exit(1)
    except DBAPIError as wrong:
        click.echo(f"Error: the database does not take this: {type(wrong.orig).__name__}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
