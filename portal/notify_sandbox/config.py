"""What a sandbox is set up with: its services, their keys and templates, and how fast it lives."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any, Self
from uuid import UUID

from portal.notify_sandbox.keys import DEVELOPMENT_KEY, NEUTRAL_DEVELOPMENT_KEY, parts_of


class Channel(StrEnum):
    """A way to reach somebody that the sandbox can act out."""

    SMS = "sms"
    EMAIL = "email"


class KeyType(StrEnum):
    """What a key may do.  Notify's own code calls a live key ``normal``."""

    TEST = "test"
    TEAM = "team"
    LIVE = "live"


class Permission(StrEnum):
    """What a service may do."""

    TEXTS = "text messages"
    EMAILS = "emails"
    INTERNATIONAL_TEXTS = "international text messages"
    TEXTS_TO_LANDLINES = "text messages to UK landlines"


PERMISSION_FOR = {Channel.SMS: Permission.TEXTS, Channel.EMAIL: Permission.EMAILS}
TRIAL_LIMIT = 50


@dataclass(frozen=True)
class ApiKey:
    """A key of a service.  Its secret signs every request."""

    name: str
    secret: str
    type: KeyType = KeyType.TEST
    revoked_at: datetime | None = None


@dataclass(frozen=True)
class Callback:
    """Where Notify reports to, and the bearer token it shows there."""

    url: str
    token: str


@dataclass(frozen=True)
class SandboxTemplate:
    """One version of a template.  The newest version is the one that is sent."""

    id: UUID
    type: Channel
    name: str
    body: str
    subject: str | None = None
    version: int = 1
    archived: bool = False
    created_at: datetime = datetime(2026, 1, 1, 9, tzinfo=UTC)

    @classmethod
    def of(cls, described: Mapping[str, Any]) -> Self:
        """The template that a mapping with the same names describes."""
        return cls(**{**described, "id": UUID(str(described["id"])), "type": Channel(described["type"])})


def load_templates(path: Path) -> tuple[SandboxTemplate, ...]:
    """The templates in a JSON file: a list of objects with an id, a type, a name and a body."""
    return tuple(SandboxTemplate.of(described) for described in json.loads(path.read_text("utf-8")))


@dataclass(frozen=True)
class SandboxService:
    """A service of Notify, with everything its settings pages would hold."""

    id: UUID
    name: str
    keys: tuple[ApiKey, ...] = ()
    templates: tuple[SandboxTemplate, ...] = ()
    receipts: Callback | None = None
    replies: Callback | None = None
    archived: bool = False
    trial: bool = False
    guests: frozenset[str] = frozenset()
    """Phone numbers and addresses of the team and its guest list."""
    permissions: frozenset[Permission] = frozenset(
        {Permission.TEXTS, Permission.EMAILS, Permission.INTERNATIONAL_TEXTS}
    )
    sends_files: bool = False
    """Whether it has given the contact details that files by email need."""
    prefixes_texts: bool = True
    sms_sender: str = "GOVUK"
    sms_senders: Mapping[UUID, str] = field(default_factory=dict)
    email_from: str = "sandbox@notify.example"
    reply_to: Mapping[UUID, str] = field(default_factory=dict)
    inbound_number: str = "07700900500"
    retention_days: int = 7
    """Whole days, from a midnight in London, after which its messages are forgotten."""
    requests_a_minute: int = 3000
    texts_a_day: int = 250_000
    emails_a_day: int = 250_000
    international_texts_a_day: int = 100

    def template(self, id: UUID, version: int | None = None) -> SandboxTemplate | None:  # noqa: A002
        """That version of the template, or its newest; None if there is none."""
        versions = self._versions.get(id, {})
        return versions.get(version or max(versions, default=0))

    @cached_property
    def _versions(self) -> Mapping[UUID, Mapping[int, SandboxTemplate]]:
        versions: dict[UUID, dict[int, SandboxTemplate]] = {}
        for each in self.templates:
            versions.setdefault(each.id, {})[each.version] = each
        return versions

    def latest_templates(self) -> list[SandboxTemplate]:
        """The newest version of every template, in order of their names."""
        latest = {each.id: each for each in sorted(self.templates, key=lambda each: each.version)}
        return sorted(latest.values(), key=lambda each: each.name)

    def limit_a_day(self, channel: Channel) -> int:
        """How many of a channel's messages it may send in a day."""
        if self.trial:
            return TRIAL_LIMIT
        return self.texts_a_day if channel is Channel.SMS else self.emails_a_day

    @classmethod
    def with_key(cls, key: str, *, name: str, key_type: KeyType = KeyType.TEST) -> Self:
        """A service that has one key, written as Notify shows it."""
        key_name, service_id, secret = parts_of(key)
        return cls(service_id, name, (ApiKey(key_name, str(secret), key_type),))


@dataclass(frozen=True)
class SandboxConfig:
    """How one sandbox is set up."""

    services: tuple[SandboxService, ...]
    state_file: Path | None = None
    """Where accepted messages are kept; in memory when there is none."""
    sending_after: float = 0.1
    """Seconds from accepting a message to handing it over."""
    receipt_after: float = 0.4
    """Seconds from accepting a message to knowing how it ended."""
    receipts_before_answer: bool = False
    """Whether the receipt arrives before the sender has its 201."""
    receipts_twice: bool = False
    receipts_out_of_order: bool = False
    """Whether of the callbacks that are due the newest is made first."""
    outcomes: Mapping[str, str] = field(default_factory=dict)
    """The last status of messages to certain recipients, besides Notify's own numbers: any form of the
    recipient, and a status, which may be one that is never final."""
    limited: bool = True
    """Whether the limits of a minute and of a day are held."""
    retry_scale: float = 1.0
    """Retries of a callback are 300 seconds apart, times this."""
    callback_timeout: float = 5.0

    @classmethod
    def for_development(
        cls,
        templates: Iterable[SandboxTemplate] = (),
        *,
        neutral_templates: Iterable[SandboxTemplate] | None = None,
        receipts: Callback | None = None,
        replies: Callback | None = None,
        key_type: KeyType = KeyType.TEST,
    ) -> Self:
        """A plainly named service and a neutral one, with the development keys and the same callbacks.

        Both have the same templates, unless the neutral one is given its own.
        """
        plain = replace(
            SandboxService.with_key(DEVELOPMENT_KEY, name="Amends", key_type=key_type),
            templates=tuple(templates),
            receipts=receipts,
            replies=replies,
            sms_sender="07700900500",
            email_from="amends@notify.example",
        )
        neutral = replace(
            SandboxService.with_key(NEUTRAL_DEVELOPMENT_KEY, name="Appointments", key_type=key_type),
            templates=plain.templates if neutral_templates is None else tuple(neutral_templates),
            receipts=receipts,
            replies=replies,
            inbound_number="07700900501",
            sms_sender="07700900501",
            email_from="appointments@notify.example",
        )
        return cls((plain, neutral))

    def service(self, id: UUID) -> SandboxService | None:  # noqa: A002
        """The service with that id, if there is one."""
        return next((each for each in self.services if each.id == id), None)
