"""A real sandbox of Notify, the real client that calls it, and what can be wrong between the two."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from portal.commands.serving import sandbox_config
from portal.domain.deliveries import Letter
from portal.domain.messages import Channel, NotifyService, Purpose
from portal.notify.client import Notify
from portal.notify.template_ids import template_ids
from portal.notify_sandbox.app import create_sandbox
from portal.notify_sandbox.config import ApiKey, KeyType, Permission, SandboxConfig, SandboxService
from portal.notify_sandbox.faults import Fault, Kind, On
from portal.notify_sandbox.keys import DEVELOPMENT_KEY
from portal.notify_sandbox.sandbox import Sandbox
from portal.settings import Settings
from tests.integration.notify_sandbox.servers import served
from tests.making import a_message, an_offender

BASE_URL = "https://portal.example"
FACTS = {
    Purpose.INVITATION: {"token": "tokentokentokentokenaa", "phone": "01632 960417"},
    Purpose.CODE: {"code": "482915"},
}
LONG_AGO = datetime(2026, 11, 20, tzinfo=UTC)
_numbers = count(300)


def a_number() -> str:
    """A mobile number of nobody's, and none that Notify treats in a way of its own."""
    return f"+447700900{300 + next(_numbers) % 600}"


def a_letter(to: str, *, purpose: Purpose = Purpose.CODE, **changes: Any) -> Letter:
    """A letter that only a courier will see."""
    channel = Channel.EMAIL if "@" in to else Channel.SMS
    given = {"purpose": purpose, "personalisation": json.dumps(FACTS.get(purpose, {}))}
    message = a_message(an_offender(), **given | changes)
    return Letter(message, channel, to, "Morwenna", "42")


@dataclass(frozen=True)
class PostOffice:
    """A sandbox that is served, and its services by what is peculiar about them."""

    url: str
    sandbox: Sandbox
    keys: Mapping[str, str]

    def courier(self, key: str = "", neutral: str = "", **changes: Any) -> Notify:
        """The portal's own client, with the key of one of the services, and no neutral one unless given."""
        usual: dict[str, Any] = {
            "address": self.url,
            "templates": template_ids(None),
            "base_url": BASE_URL,
            "drafts": bool,
        }
        keys = {NotifyService.PLAIN: self.keys.get(key, key) or DEVELOPMENT_KEY}
        if neutral:
            keys[NotifyService.NEUTRAL] = self.keys.get(neutral, neutral)
        return Notify(keys, **usual | changes)

    @cached_property
    def _reader(self) -> Notify:
        return self.courier()

    def taken(self, reference: UUID) -> list[dict[str, Any]]:
        """Every message that Notify has under a reference: a second is one too many."""
        answer = self._reader.client_of().get_all_notifications(reference=str(reference))
        found: list[dict[str, Any]] = answer["notifications"]
        return found

    def fails(
        self, kind: Kind, *, stored: bool = False, times: int = 1, on: On = On.SENDS, seconds: float = 20
    ) -> None:
        """The next so many calls go wrong."""
        self.sandbox.faults.coming.append(
            Fault(kind=kind, count=times, stored=stored, on=on, seconds=seconds)
        )

    def works_again(self) -> None:
        self.sandbox.faults.coming.clear()


@contextmanager
def a_post_office(settings: Settings) -> Iterator[PostOffice]:
    config = sandbox_config(settings)
    usual, neutral = config.services
    peculiar = {
        "neutral": a_service(neutral),
        "without texts": a_service(usual, permissions=frozenset({Permission.EMAILS})),
        "at home": a_service(usual, permissions=frozenset({Permission.TEXTS, Permission.EMAILS})),
        "full for the day": a_service(usual, key=a_key(KeyType.LIVE), texts_a_day=0),
        "throttled": a_service(usual, requests_a_minute=0),
        "on trial": a_service(usual, key=a_key(KeyType.LIVE), trial=True),
        "team only": a_service(usual, key=a_key(KeyType.TEAM)),
        "archived": a_service(usual, archived=True),
        "revoked": a_service(usual, key=a_key(revoked_at=LONG_AGO)),
        "without templates": a_service(usual, templates=()),
        "deleted": a_service(
            usual, templates=tuple(replace(template, archived=True) for template in usual.templates)
        ),
        "reworded": a_service(
            usual, templates=tuple(replace(each, body=f"Also: {each.body}") for each in usual.templates)
        ),
        "asking more": a_service(
            usual,
            templates=tuple(replace(each, body=f"{each.body} ((shoe_size))") for each in usual.templates),
        ),
    }
    keys = {name: key_text(service) for name, service in peculiar.items()}
    app = create_sandbox(
        SandboxConfig((*config.services, *peculiar.values()), receipt_after=0.05, sending_after=0.02)
    )
    with served(app) as url:
        yield PostOffice(url, app.state.sandbox, keys)


def a_key(key_type: KeyType = KeyType.TEST, **changes: Any) -> ApiKey:
    return ApiKey(name="peculiar", secret=str(uuid4()), type=key_type, **changes)


def a_service(usual: SandboxService, *, key: ApiKey | None = None, **changes: Any) -> SandboxService:
    return replace(usual, id=uuid4(), keys=(key or a_key(),), **changes)


def key_text(service: SandboxService) -> str:
    """The key of a service, as Notify shows it."""
    return f"{service.keys[0].name}-{service.id}-{service.keys[0].secret}"
