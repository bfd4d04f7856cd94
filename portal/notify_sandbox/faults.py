"""Trouble on request: the next so many calls of the API fail in the way that a test asks for."""

import asyncio
import contextlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from http import HTTPStatus

import msgspec
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from portal.notify_sandbox.errors import error_body, no_such_address

GATEWAY_PAGE = "<html><head><title>{0}</title></head><body><center><h1>{0}</h1></center></body></html>"
JSON, HTML = "application/json", "text/html"


class Kind(StrEnum):
    """A way to fail."""

    ERROR = "500"
    BAD_GATEWAY = "502"
    UNAVAILABLE = "503"
    TIMEOUT = "504"
    THROTTLED = "429"
    NOT_FOUND = "404"
    NOT_JSON = "not-json"
    """A 200 that a machine cannot read."""
    HANG = "hang"
    """No answer for ``seconds``; then, if it was stored, the true one."""
    CUT_OFF = "cut-off"
    """The connection ends in the middle of the answer."""


class On(StrEnum):
    """Which calls fail."""

    SENDS = "sends"
    READS = "reads"
    ALL = "all"


class Fault(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """An order for trouble.  One that is ``stored`` does the work first, and then fails to say so."""

    kind: Kind
    count: int = 1
    stored: bool = False
    on: On = On.SENDS
    seconds: float = 40.0

    def strikes(self, scope: Scope) -> bool:
        """Whether this is one of the calls that fail."""
        path: str = scope["path"]
        sends = scope.get("method") == "POST" and path.startswith("/v2/notifications/")
        return path.startswith("/v2/") and (self.on is On.ALL or sends is (self.on is On.SENDS))


@dataclass
class Faults:
    """The trouble that is still to come, in the order in which it was asked for."""

    coming: list[Fault] = field(default_factory=list)

    def take(self, scope: Scope) -> Fault | None:
        """The fault that strikes this call, used up by one."""
        fault = next((fault for fault in self.coming if fault.strikes(scope)), None)
        if fault is not None:
            fault.count -= 1
            self.coming = [fault for fault in self.coming if fault.count > 0]
        return fault


class FrontDoor(ASGIMiddleware):
    """What stands before the API: the faults, and a stricter eye for addresses than Litestar has."""

    scopes = (ScopeType.HTTP,)

    def __init__(self, faults: Faults) -> None:
        self.faults = faults

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        if _ends_in_a_slash(scope):
            await _answer(send, 404, JSON, json.dumps(no_such_address()))
            return
        fault = self.faults.take(scope)
        if fault is None:
            await next_app(scope, receive, send)
            return
        answer: list[Message] = []
        if fault.stored:

            async def hold_back(message: Message) -> None:
                answer.append(message)

            await next_app(scope, receive, hold_back)
        await _fail(fault, answer, receive, send)


def _ends_in_a_slash(scope: Scope) -> bool:
    path = scope.get("raw_path") or b""
    return path.startswith(b"/v2/") and path.partition(b"?")[0].endswith(b"/")


async def _fail(fault: Fault, answer: list[Message], receive: Receive, send: Send) -> None:
    if fault.kind is Kind.HANG:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(_client_leaves(receive), fault.seconds)
        if not answer:
            await _answer(send, *_page(504))
        for message in answer:
            await send(message)
    elif fault.kind is Kind.CUT_OFF:
        await _cut_off(send)
    else:
        await _answer(send, *_ANSWERS[fault.kind])


async def _client_leaves(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _answer(send: Send, status: int, kind: str, body: str) -> None:
    await _begin(send, status, kind, len(body.encode()))
    await send({"type": "http.response.body", "body": body.encode(), "more_body": False})


async def _cut_off(send: Send) -> None:
    """Promise more than comes, so that the server must drop the connection."""
    await _begin(send, 201, JSON, 500)
    await send({"type": "http.response.body", "body": b'{"id": "', "more_body": True})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _begin(send: Send, status: int, kind: str, length: int) -> None:
    headers = [(b"content-type", kind.encode()), (b"content-length", str(length).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})


def _page(status: int) -> tuple[int, str, str]:
    return status, HTML, GATEWAY_PAGE.format(f"{status} {HTTPStatus(status).phrase}")


def _error(status: int, name: str, message: str) -> tuple[int, str, str]:
    return status, JSON, json.dumps(error_body(status, name, message))


_ANSWERS: Mapping[Kind, tuple[int, str, str]] = {
    Kind.ERROR: _error(500, "OperationalError", "Internal server error"),
    Kind.BAD_GATEWAY: _page(502),
    Kind.UNAVAILABLE: _page(503),
    Kind.TIMEOUT: _error(504, "SoftEventletTimeout", "Timeout serving request"),
    Kind.THROTTLED: _error(
        429, "RateLimitError", "Exceeded rate limit for key type LIVE of 3000 requests per 60 seconds"
    ),
    Kind.NOT_FOUND: (404, JSON, json.dumps(no_such_address())),
    Kind.NOT_JSON: _page(200),
}
