"""One line of JSON a request: what kind of page, how it ended, how long it took.

Never a path with its values, a query, a header or a body: link tokens and personal data are in
those (security.md S3).
"""

import json
import logging
import secrets

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from portal.clock import Clock

log = logging.getLogger("portal.access")


class AccessLog:
    """Wraps the whole application."""

    def __init__(self, app: ASGIApp, clock: Clock) -> None:
        self.app, self.clock = app, clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, and tell of it."""
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        begun, status = self.clock.monotonic(), 500
        scope.setdefault("state", {})["request_id"] = request_id = secrets.token_hex(8)

        async def listening(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, listening)
        finally:
            line = {
                "at": self.clock.now().isoformat(timespec="milliseconds"),
                "method": scope.get("method"),
                "route": scope.get("path_template", ""),
                "status": status,
                "ms": round((self.clock.monotonic() - begun) * 1000, 1),
                "request": request_id,
            }
            log.info(json.dumps(line))
