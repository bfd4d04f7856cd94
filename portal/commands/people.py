"""Commands about people: add staff, give an appointment."""

from datetime import UTC, date, datetime, time, timedelta

import click
import segno

from portal.clock import LONDON, Clock
from portal.commands.joining import operator_work, run, settings_of, the_case
from portal.domain.appointments import Appointment, AppointmentKind
from portal.domain.forces import FORCES
from portal.domain.staff import Role
from portal.errors import RuleBroken
from portal.services import appointments as giving
from portal.services import staff as accounts


@click.group()
def staff() -> None:
    """Staff accounts."""


@staff.command("add")
@click.argument("email")
@click.option("--name", required=True)
@click.option("--force", required=True, type=click.Choice(sorted(FORCES)), metavar="CODE")
@click.option("--role", type=click.Choice([role.value for role in Role]), default=Role.OFFICER.value)
@click.password_option(help="Asked for when left out; 12 to 128 characters.")
@click.pass_obj
def add(clock: Clock, email: str, name: str, force: str, role: str, password: str) -> None:
    """Add a member of staff, and print what their authenticator app needs, once."""

    async def work() -> accounts.Added:
        async with operator_work(settings_of(), clock) as unit:
            return await accounts.add(
                unit, force=force, name=name, email=email, role=Role(role), password=password
            )

    try:
        added = run(work())
    except RuleBroken as broken:
        raise click.ClickException(str(broken)) from broken
    click.echo(
        f"Added {email}. Put this into the authenticator app; it is not shown again:\n{added.totp_uri}"
    )
    segno.make(added.totp_uri).terminal(compact=True)


@click.group()
def appointments() -> None:
    """Appointments."""


@appointments.command("give")
@click.argument("reference")
@click.option("--force", help="The PNC code, where two forces have a case of this reference.")
@click.option("--starts", required=True, help="London time, like 2026-12-08T14:00.")
@click.option("--minutes", default=60, type=click.IntRange(5, 600), show_default=True)
@click.option("--place", required=True)
@click.option("--bring", default="")
@click.option(
    "--kind",
    type=click.Choice([kind.value for kind in AppointmentKind]),
    default=AppointmentKind.ASSESSMENT.value,
)
@click.pass_obj
def give(
    clock: Clock,
    reference: str,
    force: str | None,
    starts: str,
    minutes: int,
    place: str,
    bring: str,
    kind: str,
) -> None:
    """Give the person of a case an appointment."""
    starts_at = _moment(starts)

    async def work() -> Appointment:
        async with operator_work(settings_of(), clock) as unit:
            case = await the_case(unit, reference, force)
            appointment = Appointment(
                case_id=case.id,
                offender_id=case.offender_id,
                kind=AppointmentKind(kind),
                starts_at=starts_at,
                ends_at=starts_at + timedelta(minutes=minutes),
                booked_at=unit.now,
                place=place,
                bring=bring,
            )
            return await giving.give(unit, appointment, force=case.force)

    click.echo(f"Appointment {run(work()).id} given.")


def _moment(written: str) -> datetime:
    """The moment that an operator wrote: by the clocks of London, or with an offset of its own.

    Raises:
        click.BadParameter: if it is no moment, or if the clocks show it never or twice.
    """
    try:
        day, _, hour = written.partition("T")
        moment = datetime.combine(date.fromisoformat(day), time.fromisoformat(hour))
        first, second = (
            moment.replace(tzinfo=moment.tzinfo or LONDON, fold=fold).astimezone(UTC) for fold in (0, 1)
        )
    except (ValueError, OverflowError) as wrong:
        raise click.BadParameter("write it like 2026-12-08T14:00", param_hint="--starts") from wrong
    if first > second:
        raise click.BadParameter("that hour does not exist: the clocks go forward", param_hint="--starts")
    if first < second:
        raise click.BadParameter(
            "that hour comes twice: write +01:00 behind it for the first, +00:00 for the second",
            param_hint="--starts",
        )
    return first
