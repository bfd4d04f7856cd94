"""Notify's table of refusals, and a service for each thing that can be wrong with a service."""

# ruff: noqa: RUF001 Notify's own words have curly apostrophes and dashes

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from portal.clock import Clock
from portal.notify_sandbox.config import ApiKey, Channel, KeyType, Permission, SandboxConfig, SandboxService
from tests.integration.notify_sandbox.sandboxes import (
    EMAIL,
    OLD,
    PHONE,
    TEMPLATES,
    TEXT,
    VALUES,
    a_key,
    a_service,
)

VALIDATION, BAD = "ValidationError", "BadRequestError"
RATE, DAY = "RateLimitError", "TooManyRequestsError"
NOBODY = str(UUID(int=9))
FOREIGN_TEMPLATE, HOLLOW = UUID(int=4), UUID(int=5)
HOME = frozenset({Permission.TEXTS, Permission.EMAILS})
HOLLOW_TEXT = replace(TEMPLATES[0], id=HOLLOW, body="((name))")
FOREIGN_TEXT = replace(TEMPLATES[0], id=FOREIGN_TEMPLATE)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)

KEYS = {key_type: a_key(key_type) for key_type in KeyType}
USUAL = a_service(keys=(*KEYS.values(),), templates=(*TEMPLATES, HOLLOW_TEXT), permissions=HOME)


def _another(**changes: Any) -> SandboxService:
    given: dict[str, Any] = {"id": uuid4(), "keys": (a_key(),)}
    return replace(USUAL, **given | changes)


SERVICES = {
    "usual": USUAL,
    "on trial": _another(keys=(a_key(KeyType.LIVE),), trial=True),
    "archived": _another(archived=True),
    "keyless": _another(keys=()),
    "mute": _another(permissions=frozenset()),
    "throttled": _another(requests_a_minute=0),
    "spent": _another(keys=(a_key(KeyType.LIVE),), texts_a_day=0, emails_a_day=0),
    "abroad": _another(
        keys=(a_key(KeyType.LIVE),),
        permissions=HOME | {Permission.INTERNATIONAL_TEXTS},
        international_texts_a_day=0,
    ),
    "another": _another(templates=(FOREIGN_TEXT,)),
    "revoked": _another(keys=(a_key(revoked_at=Clock().now() - timedelta(days=1)),)),
    "forgotten": _another(keys=(a_key(revoked_at=LONG_AGO), a_key())),
}
CONFIG = SandboxConfig(tuple(SERVICES.values()), receipt_after=0.02, sending_after=0.01)

SMS = {"phone_number": PHONE, "template_id": str(TEXT), "personalisation": VALUES}
MAIL = {"email_address": "ann@mail.example", "template_id": str(EMAIL), "personalisation": VALUES}


@dataclass(frozen=True)
class Row:
    """One row of the table of errors: what is sent, and how it is refused."""

    what: str
    error: str
    message: str
    status: int = 400
    changes: Any = None
    """To the usual message: a field that becomes ``...`` is left out.  A list is sent in its place."""
    service: str = "usual"
    key: KeyType | None = None
    channel: str = Channel.SMS
    fault: str = ""

    @property
    def body(self) -> Any:
        """What is posted."""
        if isinstance(self.changes, list):
            return self.changes
        body = (MAIL if self.channel == Channel.EMAIL else SMS) | (self.changes or {})
        return {name: value for name, value in body.items() if value is not ...}

    @property
    def key_text(self) -> str:
        """The key that is shown, as Notify writes keys."""
        service = SERVICES[self.service]
        key: ApiKey = KEYS[self.key] if self.key else service.keys[0]
        return f"{key.name}-{service.id}-{key.secret}"


KEY = Row("", "", "").key_text
"""A key with which nothing is wrong."""

ROWS = [
    Row("no field", VALIDATION, "phone_number is a required property", changes={"phone_number": ...}),
    Row(
        "an unknown field",
        VALIDATION,
        "Additional properties are not allowed (foo was unexpected)",
        changes={"foo": 1},
    ),
    Row(
        "unknown fields",
        VALIDATION,
        "Additional properties are not allowed (bar, foo were unexpected)",
        changes={"foo": 1, "bar": 1},
    ),
    Row("no UUID", VALIDATION, "template_id is not a valid UUID", changes={"template_id": "x"}),
    Row("no object", VALIDATION, "[1] is not of type object", changes=[1]),
    Row(
        "no values",
        VALIDATION,
        "personalisation x is not of type object",
        changes={"personalisation": "x"},
    ),
    Row("null", VALIDATION, "reference None is not of type string", changes={"reference": None}),
    Row(
        "long reference",
        VALIDATION,
        f"reference {'r' * 1001} is too long",
        changes={"reference": "r" * 1001},
    ),
    Row(
        "letters in a number",
        VALIDATION,
        "phone_number Must not contain letters or symbols",
        changes={"phone_number": "0770090012x"},
    ),
    Row(
        "short number",
        VALIDATION,
        "phone_number Not enough digits",
        changes={"phone_number": "999"},
    ),
    Row(
        "long number",
        VALIDATION,
        "phone_number Too many digits",
        changes={"phone_number": "+44 7700 9001234"},
    ),
    Row(
        "impossible number",
        VALIDATION,
        "phone_number Number is not valid – double check the phone number you entered",
        changes={"phone_number": "06123 456789"},
    ),
    Row(
        "no country",
        VALIDATION,
        "phone_number Not a valid country prefix",
        changes={"phone_number": "+881612345678"},
    ),
    Row(
        "no address",
        VALIDATION,
        "email_address Not a valid email address",
        channel=Channel.EMAIL,
        changes={"email_address": "ann"},
    ),
    Row(
        "no https",
        VALIDATION,
        "one_click_unsubscribe_url is not a valid https url",
        channel=Channel.EMAIL,
        changes={"one_click_unsubscribe_url": "http://a.example"},
    ),
    Row(
        "the past",
        VALIDATION,
        "scheduled_for datetime can not be in the past",
        changes={"scheduled_for": "2026-01-01T00:00:00"},
    ),
    Row(
        "a landline",
        "InvalidPhoneError",
        "Not a UK mobile number",
        changes={"phone_number": "020 7946 0000"},
    ),
    Row(
        "abroad",
        BAD,
        "Cannot send to international mobile numbers",
        changes={"phone_number": "077009000012"},
    ),
    Row("nothing filled in", BAD, "Missing personalisation: name, date", changes={"personalisation": {}}),
    Row("no template", BAD, "Template not found", changes={"template_id": NOBODY}),
    Row("another's template", BAD, "Template not found", changes={"template_id": str(FOREIGN_TEMPLATE)}),
    Row("archived template", BAD, "Template has been deleted", changes={"template_id": str(OLD)}),
    Row(
        "template of an email",
        BAD,
        "email template is not suitable for sms notification",
        changes={"template_id": str(EMAIL)},
    ),
    Row(
        "template of a text",
        BAD,
        "sms template is not suitable for email notification",
        channel=Channel.EMAIL,
        changes={"template_id": str(TEXT)},
    ),
    Row(
        "nothing said",
        BAD,
        "Your message is empty.",
        changes={"template_id": str(HOLLOW), "personalisation": {"name": " "}},
    ),
    Row(
        "a long text",
        BAD,
        "Your message is too long. Text messages cannot be longer than 918 characters. "
        "Your message is 919 characters long.",
        changes={"template_id": str(HOLLOW), "personalisation": {"name": "a" * 919}},
    ),
    Row(
        "a long email",
        BAD,
        "Your message is too long. Emails cannot be longer than 2000000 bytes. "
        "Your message is 2000018 bytes.",
        channel=Channel.EMAIL,
        changes={"personalisation": VALUES | {"name": "é" * 1_000_000}},
    ),
    Row(
        "a file in a text",
        BAD,
        "Can only send a file by email",
        changes={"personalisation": VALUES | {"file": {"file": "eA=="}}},
    ),
    Row(
        "a file by nobody",
        BAD,
        "Send files by email has not been set up - add contact details for your service at "
        f"https://www.notifications.service.gov.uk/services/{USUAL.id}/service-settings/send-files-by-email",
        channel=Channel.EMAIL,
        changes={"personalisation": VALUES | {"file": {"file": "eA=="}}},
    ),
    Row("a stranger", BAD, "Can’t send to this recipient using a team-only API key", key=KeyType.TEAM),
    Row(
        "on trial",
        BAD,
        "Can’t send to this recipient when service is in trial mode – see "
        "https://www.notifications.service.gov.uk/trial-mode",
        service="on trial",
    ),
    Row("no texts", BAD, "Service is not allowed to send text messages", service="mute"),
    Row("no emails", BAD, "Service is not allowed to send emails", service="mute", channel=Channel.EMAIL),
    Row("no letters", BAD, "Service is not allowed to send letters", channel="letter"),
    Row(
        "letters of a team",
        BAD,
        "Cannot send letters with a team api key",
        403,
        key=KeyType.TEAM,
        channel="letter",
    ),
    Row(
        "letters on trial",
        BAD,
        "Cannot send letters when service is in trial mode",
        403,
        service="on trial",
        channel="letter",
    ),
    Row(
        "no sender",
        BAD,
        f"sms_sender_id {NOBODY} does not exist in database for service id {USUAL.id}",
        changes={"sms_sender_id": NOBODY},
    ),
    Row(
        "no reply-to",
        BAD,
        f"email_reply_to_id {NOBODY} does not exist in database for service id {USUAL.id}",
        channel=Channel.EMAIL,
        changes={"email_reply_to_id": NOBODY},
    ),
    Row(
        "too fast",
        RATE,
        "Exceeded rate limit for key type TEST of 0 requests per 60 seconds",
        429,
        service="throttled",
    ),
    Row("too many texts", DAY, "Exceeded send limits (sms: 0) for today", 429, service="spent"),
    Row(
        "too many emails",
        DAY,
        "Exceeded send limits (email: 0) for today",
        429,
        service="spent",
        channel=Channel.EMAIL,
    ),
    Row(
        "too many abroad",
        DAY,
        "Exceeded send limits (international_sms: 0) for today",
        429,
        service="abroad",
        changes={"phone_number": "077009000012"},
    ),
    Row("a channel of no one", "KeyError", "Internal server error", 500, channel="foo"),
    Row("a NUL", "ValueError", "Internal server error", 500, changes={"reference": "a\0b"}),
    Row("a database away", "OperationalError", "Internal server error", 500, fault="500"),
    Row("too slow", "SoftEventletTimeout", "Timeout serving request", 504, fault="504"),
    Row(
        "a storm",
        RATE,
        "Exceeded rate limit for key type LIVE of 3000 requests per 60 seconds",
        429,
        fault="429",
    ),
]
