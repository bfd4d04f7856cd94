"""One running sandbox: what it is set up with, and what it remembers."""

from dataclasses import dataclass, field
from typing import Any, TypeAlias

from litestar import Request
from litestar.di import NamedDependency
from litestar.params import SkipValidation

from portal.clock import Clock
from portal.notify_sandbox import tokens
from portal.notify_sandbox.callbacks import Callbacks
from portal.notify_sandbox.config import SandboxConfig
from portal.notify_sandbox.faults import Faults
from portal.notify_sandbox.limits import RateLimit
from portal.notify_sandbox.records import stamp
from portal.notify_sandbox.state import State


@dataclass
class Sandbox:
    """Everything that a request may need."""

    config: SandboxConfig
    state: State
    clock: Clock
    callbacks: Callbacks
    faults: Faults
    rate_limit: RateLimit = field(default_factory=RateLimit)

    def live_by(self, config: SandboxConfig) -> None:
        """Go on in another way, with the same memory."""
        self.config = self.callbacks.config = config

    def now(self) -> str:
        """This moment, as Notify writes it."""
        return stamp(self.clock.now())


Conversation: TypeAlias = Request[Any, Any, Any]
TheSandbox: TypeAlias = NamedDependency[SkipValidation[Sandbox]]
Caller: TypeAlias = NamedDependency[SkipValidation[tokens.Caller]]
"""A handler that asks for ``caller: Caller`` is closed to whoever shows no good token."""


async def provide_caller(request: Conversation, sandbox: TheSandbox) -> tokens.Caller:
    header = request.headers.get("Authorization")
    return tokens.authenticate(header, sandbox.config, now=sandbox.clock.now())


def address_of(request: Conversation) -> str:
    """The address that the caller knows this sandbox by, without a slash at its end."""
    return str(request.base_url).rstrip("/")
