"""HEAD asks for what GET would say, without the body: scanners of links ask so before they open one."""

from http import HTTPMethod

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

ALLOW = b"allow"


class Heads:
    """Wraps the application: to it a HEAD is a GET, so the two cannot differ."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with everything but the body; where GET is allowed, say that HEAD is too."""
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        is_head = scope["method"] == HTTPMethod.HEAD

        async def cut(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = message.get("headers", ())
                message["headers"] = [(name, _with_head(name, value)) for name, value in headers]
            elif is_head and message["type"] == "http.response.body":
                message["body"] = b""
            await send(message)

        if is_head:
            scope["method"] = HTTPMethod.GET.value
        try:
            await self.app(scope, receive, cut)
        finally:
            if is_head:
                scope["method"] = HTTPMethod.HEAD.value


def _with_head(name: bytes, value: bytes) -> bytes:
    methods = value.split(b", ")
    if name.lower() != ALLOW or b"GET" not in methods or b"HEAD" in methods:
        return value
    return b", ".join((*methods, b"HEAD"))
