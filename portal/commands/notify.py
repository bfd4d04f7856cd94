"""Commands about GOV.UK Notify."""

import json
import sys
from typing import Any

import click

from portal.commands.arms import arms
from portal.commands.joining import courier_of, notify_keys, settings_of, templates_of
from portal.domain.deliveries import CourierIsAway, CourierStopped
from portal.domain.messages import NotifyService
from portal.languages import LANGUAGES
from portal.notify.checking import Check, Finding, order
from portal.notify.client import SETTINGS, Notify
from portal.notify.template_ids import SETTING
from portal.notify.wordings import wordings


@click.group()
def notify() -> None:
    """GOV.UK Notify."""


notify.add_command(arms)


@notify.command("check")
def check() -> None:
    """Compare every wording with Notify's templates, and say what to mend."""
    settings = settings_of()
    courier, ids = courier_of(settings), templates_of(settings)
    check = Check(ids, settings.base_url, settings.sms_price)
    found = [Finding(name, f"no wording has this name: see {SETTING}") for name in ids.unknown]
    for service in notify_keys(settings):
        found += _found(courier, check, service)
    if NotifyService.NEUTRAL not in notify_keys(settings):
        click.echo(f"Nothing neutral can be sent: {SETTINGS[NotifyService.NEUTRAL]} is not set.")
    for finding in found:
        click.echo(finding, err=finding.is_wrong)
    if any(finding.is_wrong for finding in found):
        sys.exit(1)
    click.echo("Every wording has its template in Notify.")


def _found(courier: Notify, check: Check, service: NotifyService) -> list[Finding]:
    try:
        templates = courier.templates(service)
    except CourierStopped as stopped:
        refused = f"Notify refuses the key or the clock ({stopped}): see {SETTINGS[service]}"
        raise click.ClickException(refused) from None
    except CourierIsAway as away:
        raise click.ClickException(f"Notify does not answer ({away})") from None
    return [finding for wording in wordings(service) for finding in check.findings(wording, templates)]


@notify.command("push-list")
@click.option(
    "--service",
    type=click.Choice([each.value for each in NotifyService]),
    help="Only what this service sends.",
)
@click.option("--language", type=click.Choice([*LANGUAGES]), help="Only what is in this language.")
@click.option("--json", "as_json", is_flag=True, help="For a program to read.")
def push_list(service: str | None, language: str | None, *, as_json: bool) -> None:
    """Print every template that has to be created in Notify, to copy from."""
    services = [NotifyService(service)] if service else []
    orders = [order(wording) for wording in wordings(*services) if language in (None, wording.language)]
    if as_json:
        click.echo(json.dumps(orders, ensure_ascii=False, indent=2))
        return
    for each in orders:
        click.echo(_to_copy(each))


def _to_copy(order: dict[str, Any]) -> str:
    """A template as it is typed in."""
    head = {
        "Name": order["name"],
        "Service": order["service"],
        "Type": {"sms": "text message", "email": "email"}[order["type"]],
        "Placeholders": ", ".join(order["placeholders"]),
        **({"Subject": order["subject"]} if order["subject"] else {}),
    }
    lines = [f"{title}: {said}" for title, said in head.items()]
    return "\n".join(["-" * 72, *lines, "", order["body"], ""])
