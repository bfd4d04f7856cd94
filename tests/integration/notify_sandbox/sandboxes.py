"""A sandbox to test with: its services, keys and templates, and somebody who calls it."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

import httpx
import jwt
from litestar import Litestar

from portal.clock import Clock
from portal.notify_sandbox.config import (
    ApiKey,
    Channel,
    KeyType,
    SandboxConfig,
    SandboxService,
    SandboxTemplate,
)

TEXT, EMAIL, OLD = (UUID(int=number) for number in (1, 2, 3))
SERVICE, OTHER_SERVICE = UUID(int=101), UUID(int=102)
PHONE, ADDRESS = "07700900123", "ann@mail.example"

TEMPLATES = (
    SandboxTemplate(TEXT, Channel.SMS, "Reminder", "Hi ((name)), come on ((date))."),
    SandboxTemplate(EMAIL, Channel.EMAIL, "Invitation", "# Hello ((name))\n\nSee you.", "Come on ((date))"),
    SandboxTemplate(OLD, Channel.SMS, "Archived", "Hi", archived=True),
)
VALUES = {"name": "Ann", "date": "1 Dec"}


def a_key(key_type: KeyType = KeyType.TEST, **changes: Any) -> ApiKey:
    return ApiKey(**{"name": f"a {key_type} key", "secret": str(uuid4()), "type": key_type} | changes)


def a_service(**changes: Any) -> SandboxService:
    usual: dict[str, Any] = {"id": SERVICE, "name": "Amends", "keys": (a_key(),), "templates": TEMPLATES}
    return SandboxService(**usual | changes)


def a_config(*services: SandboxService, **changes: Any) -> SandboxConfig:
    return SandboxConfig(services or (a_service(),), **changes)


@dataclass
class Sender:
    """Calls the API of a sandbox with a key, and its other pages without."""

    client: httpx.AsyncClient
    service: SandboxService
    key: ApiKey
    clock: Clock

    def with_key(self, key: ApiKey) -> "Sender":
        return replace(self, key=key)

    def token(self, **claims: Any) -> str:
        usual = {"iss": str(self.service.id), "iat": int(self.clock.now().timestamp())}
        return jwt.encode(usual | claims, self.key.secret)

    async def call(self, method: str, path: str, **request: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token()}"}
        return await self.client.request(method, path, headers=headers, **request)

    async def get(self, path: str) -> httpx.Response:
        return await self.call("GET", path)

    async def post(self, path: str, json: object = None) -> httpx.Response:
        return await self.call("POST", path, json=json)

    async def text(self, **changes: Any) -> httpx.Response:
        usual = {"phone_number": PHONE, "template_id": str(TEXT), "personalisation": VALUES}
        return await self.post("/v2/notifications/sms", usual | changes)

    async def email(self, **changes: Any) -> httpx.Response:
        usual = {"email_address": ADDRESS, "template_id": str(EMAIL), "personalisation": VALUES}
        return await self.post("/v2/notifications/email", usual | changes)


def error_of(response: httpx.Response) -> tuple[int, str, str]:
    """The status, the name and the message of a refusal that gives one reason."""
    body = response.json()
    assert body["status_code"] == response.status_code
    [error] = body["errors"]
    return response.status_code, error["error"], error["message"]


def client_of(app: Litestar) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app)  # type: ignore[arg-type]  # Litestar types scopes more narrowly
    return httpx.AsyncClient(transport=transport, base_url="http://sandbox.test")
