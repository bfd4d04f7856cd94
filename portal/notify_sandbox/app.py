"""The sandbox as an application of its own.  Serve it on loopback, at the root of its port."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator

from litestar import Litestar
from litestar.di import Provide

from portal.clock import Clock
from portal.notify_sandbox import controls, outbox, reading, sending, templates
from portal.notify_sandbox.callbacks import Callbacks
from portal.notify_sandbox.config import SandboxConfig
from portal.notify_sandbox.errors import ERRORS
from portal.notify_sandbox.faults import Faults
from portal.notify_sandbox.front_door import FrontDoor
from portal.notify_sandbox.sandbox import Sandbox, provide_caller
from portal.notify_sandbox.state import State

HANDLERS = [
    sending.send,
    reading.one,
    reading.letter,
    reading.many,
    reading.received_texts,
    templates.latest,
    templates.one_version,
    templates.every,
    templates.preview,
    controls.change_modes,
    controls.show_modes,
    controls.add_fault,
    controls.show_faults,
    controls.clear_faults,
    controls.add_reply,
    controls.show_callbacks,
    outbox.show,
    outbox.show_as_json,
    outbox.style,
    outbox.reply,
]


def create_sandbox(config: SandboxConfig, *, clock: Clock | None = None) -> Litestar:
    """Build a sandbox.  Callbacks go out only while it is served; it remembers without that."""
    clock = clock or Clock()
    state = State(config.state_file)
    sandbox = Sandbox(config, state, clock, Callbacks(config, state, clock), Faults())

    @contextlib.asynccontextmanager
    async def calling_back(_: Litestar) -> AsyncGenerator[None, None]:
        calls = asyncio.create_task(sandbox.callbacks.run())
        try:
            yield
        finally:
            calls.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await calls
            state.close()

    app = Litestar(
        route_handlers=HANDLERS,
        dependencies={
            "sandbox": Provide(lambda: sandbox, sync_to_thread=False),
            "caller": Provide(provide_caller),
        },
        exception_handlers=ERRORS,
        middleware=[FrontDoor(sandbox.faults)],
        lifespan=[calling_back],
        openapi_config=None,
        logging_config=None,
    )
    app.state.sandbox = sandbox
    return app
