"""``GET /v2/notifications`` and what was texted back: look at what was sent and received."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath

from portal.notify_sandbox import texts
from portal.notify_sandbox.config import Channel
from portal.notify_sandbox.errors import as_json, bad_request, no_result
from portal.notify_sandbox.records import (
    REPLIES_ARE_KEPT_FOR,
    Filters,
    Notification,
    ReceivedText,
    retained_since,
)
from portal.notify_sandbox.sandbox import Caller, Conversation, Sandbox, TheSandbox, address_of
from portal.notify_sandbox.schemas import BY_ID_SCHEMA, LIST_SCHEMA, RECEIVED_TEXTS_SCHEMA

PAGE = 250
_LISTS = {"status", "template_type"}
_STANDS_FOR = {
    "failed": (
        "technical-failure",
        "temporary-failure",
        "permanent-failure",
        "validation-failed",
        "virus-scan-failed",
        "returned-letter",
    ),
    "accepted": ("created", "sending"),
    "received": ("delivered",),
}
_OF_LETTERS = ("line_1", "line_2", "line_3", "line_4", "line_5", "line_6", "postcode", "postage")


@get("/v2/notifications/{notification_id:str}")
async def one(
    request: Conversation, caller: Caller, sandbox: TheSandbox, notification_id: FromPath[str]
) -> Response[bytes]:
    found = _find(sandbox, caller, notification_id)
    return as_json(_shown(found, sandbox.now(), address_of(request)))


@get("/v2/notifications/{notification_id:str}/pdf")
async def letter(caller: Caller, sandbox: TheSandbox, notification_id: FromPath[str]) -> Response[bytes]:
    """There are no letters here, so there is never one to see."""
    _find(sandbox, caller, notification_id)
    raise bad_request("Notification is not a letter")


@get("/v2/notifications")
async def many(request: Conversation, caller: Caller, sandbox: TheSandbox) -> Response[bytes]:
    """A page of the caller's messages, newest first, of those sent with the same type of key."""
    query = _query(request)
    LIST_SCHEMA.check(query)
    filters = Filters(
        service_id=str(caller.service.id),
        key_type=caller.key.type.value,
        statuses=_spelt_out(query.get("status", [])),
        types=query.get("template_type", []),
        reference=query.get("reference"),
        older_than=str(UUID(query["older_than"])) if "older_than" in query else None,
        since=retained_since(sandbox.clock.now(), days=caller.service.retention_days),
    )
    now, address = sandbox.now(), address_of(request)
    found = sandbox.state.notifications(filters, now=now, limit=PAGE)
    shown = [_shown(notification, now, address) for notification in found]
    links = _links(f"{address}/v2/notifications", query, found)
    return as_json({"notifications": shown, "links": links})


@get("/v2/received-text-messages")
async def received_texts(request: Conversation, caller: Caller, sandbox: TheSandbox) -> Response[bytes]:
    """A page of what was texted to the caller, newest first."""
    query = _query(request)
    RECEIVED_TEXTS_SCHEMA.check(query)
    found = sandbox.state.received_texts(
        str(caller.service.id),
        older_than=str(UUID(query["older_than"])) if "older_than" in query else None,
        since=retained_since(sandbox.clock.now(), days=REPLIES_ARE_KEPT_FOR),
        limit=PAGE,
    )
    shown = [
        {
            "id": text.id,
            "created_at": text.created_at,
            "service_id": text.service_id,
            "notify_number": text.notify_number,
            "user_number": text.user_number,
            "content": text.content,
        }
        for text in found
    ]
    links = _links(f"{address_of(request)}/v2/received-text-messages", query, found)
    return as_json({"received_text_messages": shown, "links": links})


def _find(sandbox: Sandbox, caller: Caller, notification_id: str) -> Notification:
    BY_ID_SCHEMA.check({"notification_id": notification_id})
    found = sandbox.state.notification(
        str(UUID(notification_id)),
        service_id=str(caller.service.id),
        since=retained_since(sandbox.clock.now(), days=caller.service.retention_days),
    )
    if found is None:
        raise no_result()
    return found


def _query(request: Conversation) -> dict[str, Any]:
    """The query: what may be repeated as lists, of the rest the first."""
    params = request.query_params
    every = {name: params.getall(name) for name in params}
    return {name: values if name in _LISTS else values[0] for name, values in every.items()}


def _spelt_out(statuses: list[str]) -> list[str]:
    return [meant for status in statuses for meant in _STANDS_FOR.get(status, (status,))]


def _links(
    address: str, query: Mapping[str, Any], found: list[Notification] | list[ReceivedText]
) -> dict[str, str]:
    """Links to this page and, unless it is empty, to the next, even where that will be empty."""
    links = {"current": _link(address, query)}
    if found:
        links["next"] = _link(address, {**query, "older_than": found[-1].id})
    return links


def _link(address: str, query: Mapping[str, Any]) -> str:
    return f"{address}?{urlencode(query, doseq=True)}" if query else address


def _shown(notification: Notification, now: str, address: str) -> dict[str, object]:
    is_text = notification.type == Channel.SMS
    template_id, version = notification.template_id, notification.template_version
    return {
        "id": notification.id,
        "reference": notification.reference,
        "type": notification.type,
        "status": notification.status_at(now),
        "phone_number": notification.recipient if is_text else None,
        "email_address": None if is_text else notification.recipient,
        **dict.fromkeys(_OF_LETTERS),
        "body": notification.body,
        "subject": notification.subject,
        "template": {
            "id": template_id,
            "version": version,
            "uri": f"{address}/v2/template/{template_id}/version/{version}",
        },
        "created_at": notification.created_at,
        "sent_at": notification.sent_at if notification.sent_at <= now else None,
        "completed_at": notification.completed_at if notification.completed_at <= now else None,
        "scheduled_for": None,
        "created_by_name": None,
        "one_click_unsubscribe_url": notification.unsubscribe_url,
        **_cost(notification, now),
    }


def _cost(notification: Notification, now: str) -> dict[str, object]:
    if notification.type == Channel.EMAIL:
        return {"is_cost_data_ready": True, "cost_in_pounds": 0.0, "cost_details": {}}
    if notification.sent_at > now:
        return {"is_cost_data_ready": False, "cost_in_pounds": None, "cost_details": {}}
    return {
        "is_cost_data_ready": True,
        "cost_in_pounds": round(notification.fragments * notification.multiplier * texts.RATE, 6),
        "cost_details": {
            "billable_sms_fragments": notification.fragments,
            "international_rate_multiplier": notification.multiplier,
            "sms_rate": texts.RATE,
        },
    }
