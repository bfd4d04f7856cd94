"""Accepting a message: every check in Notify's order, then the row that records it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID, uuid4

from portal.notify_sandbox import callbacks, documents, phones, recipients, simulation, texts, wording
from portal.notify_sandbox.config import (
    PERMISSION_FOR,
    Channel,
    KeyType,
    Permission,
    SandboxService,
    SandboxTemplate,
)
from portal.notify_sandbox.errors import ApiError, bad_request
from portal.notify_sandbox.phones import Phone
from portal.notify_sandbox.records import Notification, stamp
from portal.notify_sandbox.sandbox import Sandbox
from portal.notify_sandbox.sanitising import sanitise
from portal.notify_sandbox.schemas import send_schema
from portal.notify_sandbox.tokens import Caller

INTERNATIONAL = "international_sms"
CHANNELS_IN_WORDS = {Channel.SMS: "text messages", Channel.EMAIL: "emails"}
RECIPIENT_FIELD = {Channel.SMS: "phone_number", Channel.EMAIL: "email_address"}


@dataclass(frozen=True)
class Accepted:
    """A message that is on its way, and what the sender is told of it besides."""

    notification: Notification
    sanitised: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class _Request:
    """A request whose form is right."""

    caller: Caller
    channel: Channel
    body: Mapping[str, Any]
    now: datetime

    @cached_property
    def service(self) -> SandboxService:
        return self.caller.service

    @cached_property
    def recipient(self) -> str:
        return recipients.trim(self.body[RECIPIENT_FIELD[self.channel]])

    @cached_property
    def comparable(self) -> str:
        return recipients.comparable(self.channel, self.recipient)

    @cached_property
    def phone(self) -> Phone | None:
        return phones.parse(self.recipient) if self.channel is Channel.SMS else None


def accept(sandbox: Sandbox, caller: Caller, channel: Channel, raw_body: bytes, *, now: datetime) -> Accepted:
    """Check a request to send something, and keep it.  It has paid its token by now.

    Raises:
        ApiError: for the first check that it fails.
    """
    if sandbox.config.limited:
        _check_day(sandbox, caller, channel, now)
    body = parsed(raw_body)
    send_schema(channel, now=now).check(body)
    request = _Request(caller, channel, body, now)
    if PERMISSION_FOR[channel] not in caller.service.permissions:
        raise bad_request(f"Service is not allowed to send {CHANNELS_IN_WORDS[channel]}")
    template = _template(request)
    sanitised, values = sanitise(body)
    message = _filled(template, values)
    files = _files(request)
    _check_sender(request)
    _check_recipient(request)
    _check_number(sandbox, request)
    if files:
        values |= wording.by_key(_links(request, files))
        message = wording.fill(template, values)
    _check_length(message, channel)
    return Accepted(_keep(sandbox, request, template, values, message), sanitised)


def parsed(raw_body: bytes) -> Any:  # noqa: ANN401 it may be anything yet
    """What a request says.

    Raises:
        ApiError: if it is no JSON.
    """
    try:
        return json.loads(raw_body) or {}
    except ValueError as error:
        raise bad_request("Invalid JSON supplied in POST data") from error


def _check_day(sandbox: Sandbox, caller: Caller, channel: Channel, now: datetime) -> None:
    if caller.key.type is not KeyType.TEST:
        limit = caller.service.limit_a_day(channel)
        _check_count(sandbox, caller.service, channel.value, limit, now)


def _check_count(sandbox: Sandbox, service: SandboxService, channel: str, limit: int, now: datetime) -> None:
    accepted = sandbox.state.accepted_on(stamp(now)[:10], service_id=str(service.id), channel=channel)
    if accepted + 1 > limit:
        raise ApiError(429, "TooManyRequestsError", f"Exceeded send limits ({channel}: {limit}) for today")


def _template(request: _Request) -> SandboxTemplate:
    template = request.service.template(UUID(request.body["template_id"]))
    if template is None:
        raise bad_request("Template not found")
    if template.type is not request.channel:
        raise bad_request(f"{template.type} template is not suitable for {request.channel} notification")
    if template.archived:
        raise bad_request("Template has been deleted")
    return template


def _filled(template: SandboxTemplate, values: wording.Values) -> wording.Message:
    if missing := wording.missing(template, values):
        raise bad_request(f"Missing personalisation: {', '.join(missing)}")
    message = wording.fill(template, values)
    if not message.body.strip():
        raise bad_request("Your message is empty.")
    return message


def _files(request: _Request) -> Mapping[str, documents.Document]:
    """The values that are files, where files may be sent."""
    values = request.body.get("personalisation", {})
    found = {name: value for name, value in values.items() if documents.is_document(value)}
    if found and request.channel is Channel.SMS:
        raise bad_request("Can only send a file by email")
    if found and not request.service.sends_files:
        raise bad_request(
            "Send files by email has not been set up - add contact details for your service at "
            f"https://www.notifications.service.gov.uk/services/{request.service.id}"
            "/service-settings/send-files-by-email"
        )
    return found


def _links(request: _Request, files: Mapping[str, documents.Document]) -> dict[str, object]:
    return {name: documents.uploaded(file, service_id=request.service.id) for name, file in files.items()}


def _check_sender(request: _Request) -> None:
    for field, known in {
        "sms_sender_id": request.service.sms_senders,
        "email_reply_to_id": request.service.reply_to,
    }.items():
        chosen = request.body.get(field)
        if chosen is not None and UUID(chosen) not in known:
            raise bad_request(
                f"{field} {chosen} does not exist in database for service id {request.service.id}"
            )


def _sender(request: _Request) -> str:
    service, chosen = request.service, request.body.get("sms_sender_id")
    if request.channel is Channel.EMAIL:
        return service.email_from
    return service.sms_senders[UUID(chosen)] if chosen else service.sms_sender


def _check_recipient(request: _Request) -> None:
    service, key_type = request.service, request.caller.key.type
    restricted = key_type is KeyType.TEAM or (service.trial and key_type is KeyType.LIVE)
    guests = {recipients.any_comparable(guest) for guest in service.guests}
    if not restricted or request.comparable in guests:
        return
    if key_type is KeyType.TEAM:
        raise bad_request("Can’t send to this recipient using a team-only API key")  # noqa: RUF001
    raise bad_request(
        "Can’t send to this recipient when service is in trial mode – see "  # noqa: RUF001
        "https://www.notifications.service.gov.uk/trial-mode"
    )


def _check_number(sandbox: Sandbox, request: _Request) -> None:
    phone, service = request.phone, request.service
    if phone is None:
        return
    if phone.foreign and Permission.INTERNATIONAL_TEXTS not in service.permissions:
        raise bad_request("Cannot send to international mobile numbers")
    if phone.landline and Permission.TEXTS_TO_LANDLINES not in service.permissions:
        raise ApiError(400, "InvalidPhoneError", phones.NOT_A_UK_MOBILE)
    counted = sandbox.config.limited and request.caller.key.type is not KeyType.TEST
    if phone.foreign and counted:
        _check_count(sandbox, service, INTERNATIONAL, service.international_texts_a_day, request.now)


def _check_length(message: wording.Message, channel: Channel) -> None:
    if channel is Channel.SMS:
        length, longest, kind, unit = len(message.body), texts.LONGEST_TEXT, "Text messages", "characters"
    else:
        length, longest, kind, unit = len(message.body.encode()), wording.LONGEST_EMAIL, "Emails", "bytes"
    if length > longest:
        raise bad_request(
            f"Your message is too long. {kind} cannot be longer than {longest} {unit}. "
            f"Your message is {length} {unit}{' long' if channel is Channel.SMS else ''}."
        )


def _keep(
    sandbox: Sandbox,
    request: _Request,
    template: SandboxTemplate,
    values: wording.Values,
    message: wording.Message,
) -> Notification:
    notification = _recorded(sandbox, request, template, values, message)
    if "\0" in (notification.reference or ""):
        raise ApiError(500, "ValueError", "Internal server error")
    if not simulation.vanishes(request.channel, request.comparable):
        calls = callbacks.receipts(request.service, notification, twice=sandbox.config.receipts_twice)
        sandbox.state.keep(notification, calls, counted_as=_counted_as(request))
    return notification


def _counted_as(request: _Request) -> list[str]:
    if request.caller.key.type is KeyType.TEST:
        return []
    foreign = request.phone is not None and request.phone.foreign
    return [request.channel.value, *([INTERNATIONAL] if foreign else [])]


def _recorded(
    sandbox: Sandbox,
    request: _Request,
    template: SandboxTemplate,
    values: wording.Values,
    message: wording.Message,
) -> Notification:
    phone, service, now = request.phone, request.service, request.now
    plan = simulation.plan(sandbox.config, request.recipient, phone, now=now)
    sent = message.body
    if phone is not None and service.prefixes_texts:
        sent = wording.sent_text(template, values, prefix=service.name)
    return Notification(
        id=str(uuid4()),
        service_id=str(service.id),
        key_type=request.caller.key.type.value,
        type=request.channel.value,
        sender=_sender(request),
        recipient=request.recipient,
        comparable=request.comparable,
        reference=request.body.get("reference"),
        template_id=str(template.id),
        template_version=template.version,
        template_name=template.name,
        subject=message.subject,
        body=message.body,
        sent_text=sent,
        unsubscribe_url=request.body.get("one_click_unsubscribe_url"),
        created_at=stamp(now),
        sent_at=stamp(plan.sent_at),
        completed_at=stamp(plan.completed_at),
        handed_over=plan.handed_over,
        outcome=plan.outcome,
        fragments=0 if phone is None else texts.fragments(sent),
        multiplier=0.0 if phone is None else phone.rate_multiplier,
    )
