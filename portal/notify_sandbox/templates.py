"""``/v2/template…``: the templates that a service has, and how they read when filled."""

import json
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from portal.notify_sandbox import markdown, tokens, wording
from portal.notify_sandbox.config import Channel, SandboxTemplate
from portal.notify_sandbox.errors import as_json, bad_request, no_result
from portal.notify_sandbox.records import stamp
from portal.notify_sandbox.sandbox import Caller, Conversation
from portal.notify_sandbox.schemas import PREVIEW_SCHEMA, TEMPLATE_SCHEMA, TEMPLATES_SCHEMA


@get("/v2/template/{template_id:str}")
async def latest(caller: Caller, template_id: FromPath[str]) -> Response[bytes]:
    return as_json(_shown(_find(caller, template_id)))


@get("/v2/template/{template_id:str}/version/{version:str}")
async def one_version(caller: Caller, template_id: FromPath[str], version: FromPath[str]) -> Response[bytes]:
    """A version of a template.  Number 0 is the newest; what is no number has no address."""
    if not (version.isascii() and version.isdecimal()):
        raise NotFoundException
    return as_json(_shown(_find(caller, template_id, int(version))))


@get("/v2/templates")
async def every(request: Conversation, caller: Caller) -> Response[bytes]:
    query = dict(request.query_params.items())
    TEMPLATES_SCHEMA.check(query)
    kept = [template for template in caller.service.latest_templates() if not template.archived]
    wanted = [template for template in kept if query.get("type", template.type) == template.type]
    return as_json({"templates": [_shown(template) for template in wanted]})


@post("/v2/template/{template_id:str}/preview", status_code=200)
async def preview(request: Conversation, caller: Caller, template_id: FromPath[str]) -> Response[bytes]:
    """How a template reads with these values."""
    body = {**_parsed(await request.body()), "id": template_id}
    PREVIEW_SCHEMA.check(body)
    template, values = _find(caller, template_id), wording.by_key(body.get("personalisation", {}))
    if missing := wording.missing(template, values):
        raise bad_request(f"Missing personalisation: {', '.join(missing)}")
    message = wording.fill(template, values)
    return as_json(
        {
            "id": str(template.id),
            "type": template.type,
            "version": template.version,
            "body": message.body,
            "html": markdown.to_html(message.body) if template.type is Channel.EMAIL else None,
            "subject": message.subject,
            "postage": None,
        }
    )


def _parsed(raw_body: bytes) -> dict[str, Any]:
    try:
        body = json.loads(raw_body or b"{}") or {}
    except ValueError as error:
        raise bad_request("Invalid JSON supplied in POST data") from error
    if not isinstance(body, dict):
        raise bad_request("Invalid JSON supplied in POST data")
    return body


def _find(caller: tokens.Caller, template_id: str, version: int = 0) -> SandboxTemplate:
    TEMPLATE_SCHEMA.check({"id": template_id})
    template = caller.service.template(UUID(template_id), version or None)
    if template is None:
        raise no_result()
    return template


def _shown(template: SandboxTemplate) -> dict[str, object]:
    created_at = stamp(template.created_at)
    return {
        "id": str(template.id),
        "type": template.type,
        "name": template.name,
        "created_at": created_at,
        "updated_at": None if template.version == 1 else created_at,
        "created_by": "sandbox@notify.example",
        "version": template.version,
        "body": template.body,
        "subject": template.subject if template.type is Channel.EMAIL else None,
        "postage": None,
        "letter_contact_block": None,
        "personalisation": {name: {"required": True} for name in wording.placeholders(template)},
    }
