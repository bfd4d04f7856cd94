"""The outbox: what would have been sent, for people to read as if they had got it, and for tests to find."""

from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Response, get, post
from litestar.exceptions import HTTPException
from litestar.params import FromQuery, URLEncodedBody
from litestar.response import Redirect
from markupsafe import Markup

from portal.clock import LONDON
from portal.notify_sandbox import controls, correspondence, markdown, phones, recipients
from portal.notify_sandbox.config import Channel
from portal.notify_sandbox.correspondence import Recipient
from portal.notify_sandbox.errors import as_json
from portal.notify_sandbox.records import Filters, Notification, ReceivedText, as_moment
from portal.notify_sandbox.sandbox import Conversation, Sandbox, TheSandbox

PAGE, LARGEST_PAGE = 50, 1000
PAGES = Path(__file__).parent / "pages"
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(PAGES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["linked"] = lambda text: Markup(markdown.linked(text))  # noqa: S704 linked() escapes
    environment.filters["rendered"] = lambda text: Markup(markdown.to_html(text, under=2))  # noqa: S704 to_html() escapes
    environment.filters["london"] = lambda text: as_moment(text).astimezone(LONDON)
    environment.filters["dialled"] = phones.as_dialled
    environment.tests["received"] = lambda message: isinstance(message, ReceivedText)
    return environment


_PAGES = _environment()


@get(["/", "/outbox"], sync_to_thread=False)
def show(sandbox: TheSandbox, to: FromQuery[str] = "", page: FromQuery[int] = 1) -> Response[bytes]:
    """Every phone and mailbox, or what one of them holds."""
    page = max(1, page)
    return _recipient(sandbox, Recipient.written(to), page) if to.strip() else _everybody(sandbox, page)


def _everybody(sandbox: Sandbox, page: int) -> Response[bytes]:
    threads, has_more = correspondence.everybody(sandbox, page)
    return _page(
        "recipients.jinja",
        threads=threads,
        page=page,
        next=urlencode({"page": page + 1}) if has_more else "",
        services=sandbox.config.services,
    )


def _recipient(sandbox: Sandbox, recipient: Recipient, page: int) -> Response[bytes]:
    said, has_more = correspondence.with_one(sandbox, recipient, page)
    now = sandbox.now()
    return _page(
        "phone.jinja" if recipient.is_phone else "mailbox.jinja",
        recipient=recipient,
        said=said[::-1] if recipient.is_phone else said,
        page=page,
        next=urlencode({"to": recipient.comparable, "page": page + 1}) if has_more else "",
        services=correspondence.services_in(sandbox, said),
        status_of=lambda message: message.status_at(now),
    )


def _page(name: str, **context: object) -> Response[bytes]:
    page = _PAGES.get_template(name).render(context)
    return Response(page.encode(), media_type="text/html", headers=HEADERS)


@get("/outbox.json", sync_to_thread=False)
def show_as_json(
    sandbox: TheSandbox,
    to: FromQuery[str] = "",
    before: FromQuery[int | None] = None,
    limit: FromQuery[int] = PAGE,
) -> Response[bytes]:
    """The same as JSON.  ``next`` is the ``before`` of the next page, if there is one."""
    now = sandbox.now()
    size = max(1, min(limit, LARGEST_PAGE))
    found = sandbox.state.notifications(_filters(to, before), now=now, limit=size)
    shown = [_as_dict(message, now) for message in found]
    return as_json(
        {
            "messages": shown,
            "total": sandbox.state.count(_filters(to, None), now=now),
            "next": _older(sandbox, found, to),
        }
    )


@get("/outbox.css", sync_to_thread=False)
def style() -> Response[bytes]:
    return Response((PAGES / "outbox.css").read_bytes(), media_type="text/css")


@post("/outbox/replies", status_code=303, sync_to_thread=False)
def reply(
    request: Conversation, sandbox: TheSandbox, data: URLEncodedBody[dict[str, str]]
) -> Response[Any] | Redirect:
    """Let somebody text a service, from the form on a phone's page or on the page of all."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        raise HTTPException("This form is answered only from its own page.", status_code=403)
    sender = data.get("sender", "").strip()
    if sender:
        service = UUID(data["service"]) if data.get("service") else None
        controls.receive(
            sandbox, controls.Reply(sender=sender, message=data.get("message", ""), service=service)
        )
    back = f"/outbox?{urlencode({'to': data['to']})}#reply" if data.get("to") else "/outbox#received"
    return Redirect(back, status_code=303)


def _filters(to: str, before: int | None) -> Filters:
    return Filters(comparable=recipients.any_comparable(to) if to.strip() else None, before=before)


def _older(sandbox: Sandbox, found: list[Notification], to: str) -> int | None:
    """The ``before`` of the next page, or None if that would be empty."""
    if not found:
        return None
    rest = sandbox.state.notifications(_filters(to, found[-1].seq), now=sandbox.now(), limit=1)
    return found[-1].seq if rest else None


def _as_dict(message: Notification, now: str) -> dict[str, object]:
    return {
        "id": message.id,
        "service_id": message.service_id,
        "key_type": message.key_type,
        "type": message.type,
        "to": message.recipient,
        "reference": message.reference,
        "template": {
            "id": message.template_id,
            "version": message.template_version,
            "name": message.template_name,
        },
        "subject": message.subject,
        "body": message.body,
        "sent_text": message.sent_text,
        "links": markdown.links_in(message.body),
        "status": message.status_at(now),
        "created_at": message.created_at,
        "fragments": message.fragments if message.type == Channel.SMS else None,
    }
