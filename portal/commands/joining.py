"""What every command needs: the settings, the records, and a courier."""

from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import click
import uvloop

from portal.clock import Clock
from portal.domain.arms import arms_of
from portal.domain.audit import Actor
from portal.domain.cases import Case
from portal.domain.messages import NotifyService
from portal.domain.reminders import ReminderRules
from portal.notify.client import SETTINGS, Notify
from portal.notify.template_ids import TemplateIds, template_ids
from portal.notify_sandbox.keys import DEVELOPMENT_KEY, NEUTRAL_DEVELOPMENT_KEY, is_sandbox_key
from portal.settings import Settings, read_settings
from portal.storage import migrations
from portal.storage.database import Database, open_database
from portal.storage.rotation import can_open
from portal.storage.unit_of_work import Who, WholeWork, unit_of_work

T = TypeVar("T")


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a command's asynchronous part."""
    return uvloop.run(work)


def settings_of() -> Settings:
    """The settings, checked; the sandbox's key never gets into production."""
    settings = read_settings()
    for service, key in notify_keys(settings).items():
        if settings.is_production and is_sandbox_key(key):
            raise click.ClickException(f"{SETTINGS[service]}: this is the sandbox's key, which is public")
    for force in settings.forces.values():
        ReminderRules.of(force)
        arms_of(force)
    return settings


def notify_keys(settings: Settings) -> dict[NotifyService, str]:
    """The key of each service that we can send by; the sandbox's where none is set."""
    if settings.uses_sandbox:
        return {NotifyService.PLAIN: DEVELOPMENT_KEY, NotifyService.NEUTRAL: NEUTRAL_DEVELOPMENT_KEY}
    given = {
        NotifyService.PLAIN: settings.notify_api_key,
        NotifyService.NEUTRAL: settings.notify_neutral_api_key,
    }
    return {service: key for service, key in given.items() if key}


def templates_of(settings: Settings) -> TemplateIds:
    """The templates of the services that we can send by."""
    return template_ids(settings.notify_templates, services=notify_keys(settings))


def courier_of(settings: Settings) -> Notify:
    """Notify, or the sandbox where no key is set."""
    return Notify(
        notify_keys(settings),
        address=settings.notify_base_url,
        templates=templates_of(settings),
        base_url=settings.base_url,
        drafts=lambda force: settings.of_force(force).drafts,
    )


@asynccontextmanager
async def records(settings: Settings) -> AsyncIterator[Database]:
    """The database, at the schema that this code needs.

    Raises:
        click.ClickException: if it is not: nothing is served or changed on a half schema.
    """
    database = open_database(settings)
    try:
        at = await migrations.current(database)
        if at != migrations.head():
            raise click.ClickException("the database is not at this version's schema: run portal migrate")
        if not await can_open(database):
            raise click.ClickException(
                "PORTAL_SECRET_KEY is not what the records were sealed with: set the right one,"
                " or put that one into PORTAL_SECRET_KEYS_RETIRED"
            )
        yield database
    finally:
        await database.close()


@asynccontextmanager
async def operator_work(settings: Settings, clock: Clock) -> AsyncIterator[WholeWork]:
    """A unit of work of whoever runs a command."""
    async with (
        records(settings) as database,
        unit_of_work(database, WholeWork, now=clock.now(), who=Who(Actor.OPERATOR)) as work,
    ):
        yield work


async def the_case(work: WholeWork, reference: str, force: str | None) -> Case:
    """The one case of a reference.

    Raises:
        click.ClickException: if there is none, or several forces have one.
    """
    found = await work.cases.with_reference(reference, force)
    if not found:
        raise click.ClickException("no case has this reference")
    if len(found) > 1:
        forces = ", ".join(sorted(case.force for case in found))
        raise click.ClickException(f"several forces have this reference ({forces}): add --force")
    return found[0]
