"""What a request may hold.  Whatever is wrong with it is told all at once, in Notify's words."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from urllib.parse import urlsplit
from uuid import UUID

from portal.notify_sandbox import documents, phones, recipients
from portal.notify_sandbox.config import Channel
from portal.notify_sandbox.errors import ApiError

LONGEST_REFERENCE = 1000
STATUSES = (
    "cancelled", "created", "sending", "sent", "delivered", "pending", "failed", "technical-failure",
    "temporary-failure", "permanent-failure", "pending-virus-check", "validation-failed", "virus-scan-failed",
    "returned-letter", "accepted", "received",
)  # fmt: skip
TYPES = ("sms", "email", "letter")

Check = Callable[[object], Iterable[str]]
"""Tells what is wrong with a value, in the words that follow the name of its field."""


@dataclass(frozen=True)
class Schema:
    """The fields of a request, in the order in which they are checked."""

    fields: Mapping[str, Check]
    required: Sequence[str] = field(default=())
    may_hold_files: bool = False
    """Whether values to fill in may be files."""

    def check(self, body: object) -> None:
        """Refuse a body that breaks a rule.

        Raises:
            ApiError: with a message for each broken rule.
        """
        messages = dict.fromkeys(message.replace("'", "") for message in self._problems(body))
        if messages:
            raise ApiError(400, "ValidationError", *messages)

    def _problems(self, body: object) -> Iterable[str]:
        if not isinstance(body, dict):
            yield _not_of_type(body, "object")
            return
        for name, check in self.fields.items():
            if name in body:
                yield from (f"{name} {problem}" for problem in check(body[name]))
        if self.may_hold_files and isinstance(body.get("personalisation"), dict):
            yield from documents.problems(body["personalisation"])
        yield from (f"{name} is a required property" for name in self.required if name not in body)
        if extra := sorted(body.keys() - self.fields.keys()):
            were = "was" if len(extra) == 1 else "were"
            named = ", ".join(map(repr, extra))
            yield f"Additional properties are not allowed ({named} {were} unexpected)"


def send_schema(channel: Channel, *, now: datetime) -> Schema:
    """What may be posted to send something on a channel."""
    scheduled = partial(_within_a_day, now=now)
    if channel is Channel.SMS:
        return Schema(
            {
                "reference": _reference,
                "phone_number": _phone_number,
                "template_id": a_uuid,
                "personalisation": an_object,
                "scheduled_for": scheduled,
                "sms_sender_id": a_uuid,
            },
            ("phone_number", "template_id"),
            may_hold_files=True,
        )
    return Schema(
        {
            "reference": _reference,
            "email_address": _email_address,
            "template_id": a_uuid,
            "personalisation": an_object,
            "scheduled_for": scheduled,
            "email_reply_to_id": a_uuid,
            "one_click_unsubscribe_url": _https_url,
            "sanitise_content_for": _names_or_nothing,
        },
        ("email_address", "template_id"),
        may_hold_files=True,
    )


def a_uuid(value: object) -> Iterable[str]:
    try:
        UUID(value)  # type: ignore[arg-type]
    except (ValueError, TypeError, AttributeError):
        yield "is not a valid UUID"


def an_object(value: object) -> Iterable[str]:
    if not isinstance(value, dict):
        yield _not_of_type(value, "object")


def text(value: object) -> Iterable[str]:
    if not isinstance(value, str):
        yield _not_of_type(value, "string")


def each_one_of(*choices: str) -> Check:
    """A check that every one of several values is among the choices."""

    def check(values: object) -> Iterable[str]:
        for value in values if isinstance(values, list) else [values]:
            if value not in choices:
                yield f"{value!r} is not one of {list(choices)!r}"

    return check


LIST_SCHEMA = Schema(
    {
        "reference": text,
        "status": each_one_of(*STATUSES),
        "template_type": each_one_of(*TYPES),
        "include_jobs": each_one_of("true", "True"),
        "older_than": a_uuid,
    }
)
BY_ID_SCHEMA = Schema({"notification_id": a_uuid})
TEMPLATE_SCHEMA = Schema({"id": a_uuid})
TEMPLATES_SCHEMA = Schema({"type": each_one_of(*TYPES)})
PREVIEW_SCHEMA = Schema({"id": a_uuid, "personalisation": an_object})
RECEIVED_TEXTS_SCHEMA = Schema({"older_than": a_uuid})


def _not_of_type(value: object, *types: str) -> str:
    return f"{value!r} is not of type {', '.join(types)}"


def _reference(value: object) -> Iterable[str]:
    yield from text(value)
    if isinstance(value, str) and len(value) > LONGEST_REFERENCE:
        yield f"{value!r} is too long"


def _phone_number(value: object) -> Iterable[str]:
    yield from text(value)
    if isinstance(value, str):
        try:
            phones.parse(value)
        except phones.BadNumber as error:
            yield str(error)


def _email_address(value: object) -> Iterable[str]:
    yield from text(value)
    if isinstance(value, str):
        try:
            recipients.check_address(value)
        except recipients.BadAddress as error:
            yield str(error)


def _https_url(value: object) -> Iterable[str]:
    if not isinstance(value, str) or any(map(str.isspace, value)) or not value.startswith("https"):
        yield "is not a valid https url"
        return
    try:
        parts = urlsplit(value)
    except ValueError:
        yield "is not a valid https url"
        return
    if parts.scheme != "https" or not parts.netloc:
        yield "is not a valid https url"


def _names_or_nothing(value: object) -> Iterable[str]:
    if value is None:
        return
    if not isinstance(value, list):
        yield _not_of_type(value, "array", "null")
        return
    for name in value:
        yield from text(name)


def _within_a_day(value: object, *, now: datetime) -> Iterable[str]:
    if value is None:
        return
    if not isinstance(value, str):
        yield _not_of_type(value, "string", "null")
        return
    try:
        moment = datetime.fromisoformat(value).replace(tzinfo=UTC)
    except ValueError:
        yield (
            "datetime format is invalid. It must be a valid ISO8601 date time format, "
            "https://en.wikipedia.org/wiki/ISO_8601"
        )
        return
    if moment < now:
        yield "datetime can not be in the past"
    elif moment > now + timedelta(hours=24):
        yield "datetime can only be 24 hours in the future"
