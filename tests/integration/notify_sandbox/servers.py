"""Real servers on loopback: a sandbox to call, and a service for it to call back."""

import asyncio
import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from granian.constants import Interfaces
from granian.server.embed import Server
from litestar.types import ASGIApp

REDIRECT = 307
A_WHILE = 10
"""Seconds after which what should have happened has not."""


def a_free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def a_server(app: ASGIApp, port: int) -> Server:
    return Server(
        app,
        address="127.0.0.1",
        port=port,
        interface=Interfaces.ASGI,
        log_enabled=False,
        websockets=False,
    )


@contextmanager
def served(app: ASGIApp) -> Iterator[str]:
    """Serve an application from a thread, and give its address."""
    port, loop = a_free_port(), asyncio.new_event_loop()
    servers: list[Server] = []

    async def serve() -> None:
        servers.append(a_server(app, port))
        await servers[0].serve()

    thread = Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    try:
        until(lambda: is_open(port))
        yield f"http://127.0.0.1:{port}"
    finally:
        loop.call_soon_threadsafe(servers[0].stop)
        thread.join(A_WHILE)
        loop.close()


def is_open(port: int) -> bool:
    with socket.socket() as knock:
        return knock.connect_ex(("127.0.0.1", port)) == 0


def until(happened: Any) -> None:
    """Wait for something to become true."""
    give_up = time.monotonic() + A_WHILE
    while not happened():
        assert time.monotonic() < give_up, "it did not happen"
        time.sleep(0.02)


@dataclass
class Received:
    """One call that came in."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]
    raw: bytes


@dataclass
class Receiver:
    """A service that is called back.  It gives the answers it is told to, and then 200."""

    url: str = ""
    calls: list[Received] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    slowness: float = 0


@contextmanager
def a_receiver() -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.calls.append(Received(self.path, dict(self.headers), json.loads(raw), raw))
            time.sleep(receiver.slowness)
            answer = receiver.answers.pop(0) if receiver.answers else 200
            self.send_response(answer)
            if answer == REDIRECT:
                self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 the name is http.server's
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver.url = f"http://127.0.0.1:{server.server_port}/receipts"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
