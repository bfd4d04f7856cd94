"""Commands about GOV.UK Notify."""

import sys

import click

from portal.commands.joining import courier_of, settings_of
from portal.domain.deliveries import CourierIsAway, CourierStopped
from portal.notify.client import Notify, NotThere
from portal.notify.wordings import Wording, wordings


@click.group()
def notify() -> None:
    """GOV.UK Notify."""


@notify.command("check")
def check() -> None:
    """Compare every wording with Notify's templates, and say what to mend."""
    courier = courier_of(settings_of())
    try:
        wrong = [problem for wording in wordings() for problem in _problems(courier, wording)]
    except CourierStopped as stopped:
        raise click.ClickException(f"Notify refuses the key or the clock ({stopped})") from None
    except CourierIsAway as away:
        raise click.ClickException(f"Notify does not answer ({away})") from None
    for problem in wrong:
        click.echo(problem, err=True)
    if wrong:
        sys.exit(1)
    click.echo("Every wording has its template in Notify.")


def _problems(courier: Notify, wording: Wording) -> list[str]:
    try:
        template = courier.template(wording)
    except NotThere:
        return [f"{wording.name}: Notify has no template of this id"]
    if template["type"] != wording.channel:
        return [f"{wording.name}: the template is of type {template['type']}"]
    wants = set(template["personalisation"])
    problems = []
    if surplus := sorted(wants - wording.placeholders):
        problems.append(f"{wording.name}: the template wants what we do not fill: {', '.join(surplus)}")
    if lacking := sorted(wording.placeholders - wants):
        problems.append(f"{wording.name}: the template does not show: {', '.join(lacking)}")
    return problems
