"""Security headers on every answer, whoever gives it: pages, redirects, assets and errors alike."""

from typing import Any

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'{style}; img-src 'self'; connect-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
)
FIXED = {
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
    b"x-frame-options": b"DENY",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"permissions-policy": b"camera=(), geolocation=(), microphone=(), browsing-topics=()",
    b"strict-transport-security": b"max-age=31536000; includeSubDomains",
}
PLAIN_POLICY = POLICY.format(style="").encode()
NO_STORE = b"no-store"


class SecurityHeaders:
    """Wraps the whole application, so that nothing is sent without them."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add what the answer does not say itself."""
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *_missing(scope, message)]
            await send(message)

        await self.app(scope, receive, guarded)


def _missing(scope: Scope, message: Any) -> list[tuple[bytes, bytes]]:  # noqa: ANN401 - an ASGI message
    given = {name.lower() for name, _ in message.get("headers", ())}
    style = scope.get("state", {}).get("style_source")
    policy = POLICY.format(style=f" {style}").encode() if style else PLAIN_POLICY
    added = [(b"content-security-policy", policy), *FIXED.items()]
    if b"cache-control" not in given:
        added.append((b"cache-control", NO_STORE))
    return [(name, value) for name, value in added if name not in given]
