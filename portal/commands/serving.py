"""Commands that keep running: serve, worker, notify-sandbox."""

import logging
import sys
from collections.abc import Callable
from dataclasses import replace

import click
from granian.constants import Interfaces
from granian.server.embed import Server
from litestar.types import ASGIApp

from portal.app import SURFACES, create_app
from portal.clock import Clock
from portal.commands.joining import courier_of, records, run, settings_of
from portal.domain.deliveries import CourierIsAway, CourierStopped
from portal.notify.wordings import sandbox_id, wordings
from portal.notify_sandbox.app import create_sandbox
from portal.notify_sandbox.config import Callback, Channel, SandboxConfig, SandboxTemplate
from portal.settings import Settings
from portal.worker import Worker, stop_on_signals

LOOPBACK = "127.0.0.1"


def log_to_stdout() -> None:
    """One line an event, nothing personal in it; the libraries speak up only when something is wrong."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stdout, format="%(message)s", force=True)
    logging.getLogger("portal").setLevel(logging.INFO)


async def answer(app: ASGIApp, host: str, port: int, *, ready: Callable[[], None] = lambda: None) -> None:
    """Serve until SIGTERM or Ctrl-C."""
    server = Server(app, host, port, interface=Interfaces.ASGI, log_enabled=False, log_access=False)
    stop_on_signals(server.stop)
    ready()
    await server.serve()


@click.command()
@click.option("--host", default=LOOPBACK, show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option(
    "--surface",
    "surfaces",
    multiple=True,
    type=click.Choice(sorted(SURFACES)),
    help="Serve only this surface; may be repeated. All of them when left out.",
)
@click.pass_obj
def serve(clock: Clock, host: str, port: int, surfaces: tuple[str, ...]) -> None:
    """Serve the portal's pages."""
    settings = settings_of()
    log_to_stdout()

    async def work() -> None:
        async with records(settings):
            app = create_app(settings, surfaces=surfaces or tuple(SURFACES), clock=clock)
        said = f"The portal answers at http://{host}:{port}"
        await answer(app, host, port, ready=lambda: click.echo(said))

    run(work())


@click.command()
@click.option("--once", is_flag=True, help="Send what is due now, and end.")
@click.pass_obj
def worker(clock: Clock, *, once: bool) -> None:
    """Send messages, and keep the records tidy."""
    settings = settings_of()
    log_to_stdout()

    async def work() -> None:
        async with records(settings) as database:
            working = Worker(database, courier_of(settings), clock)
            stop_on_signals(working.stop)
            click.echo("The worker works")
            await (working.empty() if once else working.run())

    try:
        run(work())
    except CourierStopped as stopped:
        raise click.ClickException(
            f"Notify refuses everything ({stopped}): see to the key and the clock"
        ) from None
    except CourierIsAway as away:
        raise click.ClickException(f"Notify does not answer ({away}): nothing is lost") from None


@click.command("notify-sandbox")
@click.option("--port", default=8001, show_default=True, type=click.IntRange(1, 65535))
@click.option("--unlimited", is_flag=True, help="Hold no limits of a minute or a day, for measuring.")
def notify_sandbox(port: int, *, unlimited: bool) -> None:
    """Serve a stand-in for GOV.UK Notify, with an outbox to look at.  For development and tests."""
    settings = settings_of()
    if settings.is_production:
        raise click.ClickException("the sandbox does not run in production")
    log_to_stdout()
    config = replace(sandbox_config(settings), limited=not unlimited)

    async def work() -> None:
        said = f"The sandbox answers at http://{LOOPBACK}:{port}, its outbox too"
        await answer(create_sandbox(config, clock=Clock()), LOOPBACK, port, ready=lambda: click.echo(said))

    run(work())


def sandbox_config(settings: Settings) -> SandboxConfig:
    """A sandbox that knows our wordings, and reports to our own pages for receipts and received texts."""
    token = settings.notify_callback_token
    pages = f"{settings.base_url}/api/notify"
    receipts, replies = (
        Callback(f"{pages}/{page}", token) if token else None for page in ("receipts", "received-texts")
    )
    templates = (
        SandboxTemplate(
            id=sandbox_id(wording),
            type=Channel(wording.channel.value),
            name=wording.name,
            body=wording.body,
            subject=wording.subject,
        )
        for wording in wordings()
    )
    settings.var.mkdir(parents=True, exist_ok=True)
    config = SandboxConfig.for_development(templates, receipts=receipts, replies=replies)
    services = tuple(replace(service, prefixes_texts=False) for service in config.services)
    return replace(config, services=services, state_file=settings.var / "notify-sandbox.db")
