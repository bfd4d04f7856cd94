"""``/sandbox/…``: what a test or a demonstration may ask of a sandbox and never of Notify."""

from dataclasses import asdict, replace
from typing import Annotated, Literal
from uuid import UUID, uuid4

import msgspec
from litestar import Response, delete, get, patch, post
from litestar.params import JSONBody
from msgspec import UNSET, UnsetType

from portal.notify_sandbox import callbacks, recipients
from portal.notify_sandbox.config import Channel, SandboxService
from portal.notify_sandbox.errors import as_json, bad_request
from portal.notify_sandbox.faults import Fault
from portal.notify_sandbox.records import ReceivedText
from portal.notify_sandbox.sandbox import Sandbox, TheSandbox


class Reply(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A text that somebody sends to a service; to the first one, if none is named."""

    sender: Annotated[str, msgspec.Meta(min_length=1)]
    message: str
    service: UUID | None = None


Outcome = Literal[
    "sending", "sent", "pending", "delivered", "permanent-failure", "temporary-failure", "technical-failure"
]
Seconds = Annotated[float, msgspec.Meta(ge=0)]


class Modes(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Ways to live that may change while a sandbox runs.  What is not given stays as it is."""

    limited: bool | UnsetType = UNSET
    sending_after: Seconds | UnsetType = UNSET
    receipt_after: Seconds | UnsetType = UNSET
    receipts_before_answer: bool | UnsetType = UNSET
    receipts_twice: bool | UnsetType = UNSET
    receipts_out_of_order: bool | UnsetType = UNSET
    outcomes: dict[str, Outcome] | UnsetType = UNSET
    retry_scale: Seconds | UnsetType = UNSET
    callback_timeout: Seconds | UnsetType = UNSET


@patch("/sandbox/modes")
async def change_modes(sandbox: TheSandbox, data: JSONBody[Modes]) -> Response[bytes]:
    sandbox.live_by(replace(sandbox.config, **msgspec.to_builtins(data)))
    return _modes(sandbox)


@get("/sandbox/modes")
async def show_modes(sandbox: TheSandbox) -> Response[bytes]:
    return _modes(sandbox)


@post("/sandbox/faults", status_code=201)
async def add_fault(sandbox: TheSandbox, data: JSONBody[Fault]) -> Response[bytes]:
    sandbox.faults.coming.append(data)
    return _faults(sandbox, 201)


@get("/sandbox/faults")
async def show_faults(sandbox: TheSandbox) -> Response[bytes]:
    return _faults(sandbox)


@delete("/sandbox/faults", status_code=200)
async def clear_faults(sandbox: TheSandbox) -> Response[bytes]:
    sandbox.faults.clear()
    return _faults(sandbox)


@post("/sandbox/received-texts", status_code=201)
async def add_reply(sandbox: TheSandbox, data: JSONBody[Reply]) -> Response[bytes]:
    return as_json({"id": receive(sandbox, data).id}, 201)


@get("/sandbox/callbacks")
async def show_callbacks(sandbox: TheSandbox) -> Response[bytes]:
    """Every callback, made or waiting, and how it went.  Tokens are left out."""
    calls = [asdict(call) for call in sandbox.state.calls()]
    return as_json({"callbacks": [call | {"token": None} for call in calls]})


def receive(sandbox: Sandbox, reply: Reply) -> ReceivedText:
    """Let a text come in, and pass it on to the service that it is for."""
    service = _service(sandbox, reply.service)
    text = ReceivedText(
        id=str(uuid4()),
        service_id=str(service.id),
        created_at=sandbox.now(),
        notify_number=service.inbound_number,
        user_number=recipients.comparable(Channel.SMS, reply.sender),
        content=reply.message,
    )
    sandbox.state.receive(text, callbacks.passing_on(service, text))
    return text


def _service(sandbox: Sandbox, service_id: UUID | None) -> SandboxService:
    if service_id is None:
        return sandbox.config.services[0]
    service = sandbox.config.service(service_id)
    if service is None:
        raise bad_request(f"There is no service {service_id} in this sandbox")
    return service


def _modes(sandbox: Sandbox) -> Response[bytes]:
    return as_json({name: getattr(sandbox.config, name) for name in Modes.__struct_fields__})


def _faults(sandbox: Sandbox, status: int = 200) -> Response[bytes]:
    return as_json({"faults": msgspec.to_builtins(sandbox.faults.coming)}, status)
