"""What stands before the API: the faults, and a stricter eye for addresses than Litestar has."""

import asyncio
import contextlib
import json
import os
import socket
import struct
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from pathlib import Path

from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from portal.notify_sandbox.errors import error_body, no_such_address
from portal.notify_sandbox.faults import Faults, Kind

GATEWAY_PAGE = "<html><head><title>{0}</title></head><body><center><h1>{0}</h1></center></body></html>"
JSON, HTML = "application/json", "text/html"

_OPEN_FILES = Path("/dev/fd")
_WITHOUT_GOODBYE = struct.pack("ii", 1, 0)
"""Linger on, for no seconds: closing then resets the connection."""


class FrontDoor(ASGIMiddleware):
    """Lets a call in to the API, unless something is to go wrong with it."""

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
        if fault.kind is Kind.HANG:
            await _hang(fault.seconds, answer, receive, send)
        elif fault.kind is Kind.RESET:
            _reset(scope)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(_client_leaves(receive), 1)
            await _cut_off(send)
        elif fault.kind is Kind.CUT_OFF:
            await _cut_off(send)
        else:
            await _answer(send, *_ANSWERS[fault.kind])


def _ends_in_a_slash(scope: Scope) -> bool:
    path = scope.get("raw_path") or b""
    return path.startswith(b"/v2/") and path.partition(b"?")[0].endswith(b"/")


async def _hang(seconds: float, answer: list[Message], receive: Receive, send: Send) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(_client_leaves(receive), seconds)
    if not answer:
        await _answer(send, *_page(504))
    for message in answer:
        await send(message)


async def _client_leaves(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _reset(scope: Scope) -> None:
    """End the caller's connection under the server's hands, which no ASGI message can ask for."""
    host, port = scope.get("client") or ("", 0)
    for connection in _connections_of((host, int(port))):  # the server gives the port as text
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _WITHOUT_GOODBYE)
        connection.shutdown(socket.SHUT_RD)


def _connections_of(client: tuple[str, int]) -> Iterator[socket.socket]:
    for file in _OPEN_FILES.iterdir():
        with contextlib.suppress(OSError):  # it may be closed by now, or listen to nobody
            if file.is_socket():
                with socket.socket(fileno=os.dup(int(file.name))) as connection:
                    if connection.getpeername() == client:
                        yield connection


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
    Kind.BAD_REQUEST: _page(400),
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
