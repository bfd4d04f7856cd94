"""A sandbox with one service, and somebody who calls it."""

from collections.abc import AsyncIterator, Callable

import pytest
from litestar import Litestar

from portal.clock import StoppedClock
from portal.notify_sandbox.app import create_sandbox
from portal.notify_sandbox.config import SandboxConfig
from tests.integration.notify_sandbox.sandboxes import Sender, a_config, client_of

Opener = Callable[[SandboxConfig], Sender]


@pytest.fixture
async def open_sandbox(clock: StoppedClock) -> AsyncIterator[Opener]:
    """Opens a sandbox, and gives somebody with the first key of its first service."""
    opened: list[tuple[Sender, Litestar]] = []

    def open_one(config: SandboxConfig) -> Sender:
        app = create_sandbox(config, clock=clock)
        service = config.services[0]
        sender = Sender(client_of(app), service, service.keys[0], clock)
        opened.append((sender, app))
        return sender

    yield open_one
    for sender, app in opened:
        await sender.client.aclose()
        app.state.sandbox.state.close()


@pytest.fixture
def sender(open_sandbox: Opener) -> Sender:
    return open_sandbox(a_config())
