"""The least that a page can cost here: as many bytes from Litestar under granian, and nothing else.

``python -m bench.yardsticks.fixed_bytes PORT SIZE``
"""

import sys

import uvloop
from granian.constants import Interfaces
from granian.server.embed import Server
from litestar import Litestar, Response, get


def an_application(size: int) -> Litestar:
    """Answers every visit with the same bytes."""
    body = b"x" * size

    @get("/", sync_to_thread=False)
    def show() -> Response[bytes]:
        return Response(body, media_type="text/html")

    return Litestar([show], openapi_config=None, logging_config=None)


if __name__ == "__main__":
    port, size = int(sys.argv[1]), int(sys.argv[2])
    server = Server(
        an_application(size),
        "127.0.0.1",
        port,
        interface=Interfaces.ASGI,
        log_enabled=False,
        log_access=False,
    )
    uvloop.run(server.serve())
