"""``POST /v2/notifications/…``: send one message."""

from collections.abc import Mapping

from litestar import Response, post
from litestar.params import FromPath

from portal.notify_sandbox.accepting import Accepted, accept, parsed
from portal.notify_sandbox.config import Channel, KeyType
from portal.notify_sandbox.errors import ApiError, as_json, bad_request
from portal.notify_sandbox.sandbox import Caller, Conversation, TheSandbox, address_of


@post("/v2/notifications/{channel:str}", status_code=201)
async def send(
    request: Conversation, caller: Caller, sandbox: TheSandbox, channel: FromPath[str]
) -> Response[bytes]:
    """Accept a message, or say what is wrong with it."""
    now, raw_body = sandbox.clock.now(), await request.body()
    if sandbox.config.limited:
        sandbox.rate_limit.take(caller.service, caller.key.type, now=now)
    if channel == "letter":
        parsed(raw_body)
        raise _no_letters(caller)
    if channel not in set(Channel):
        raise ApiError(500, "KeyError", "Internal server error")
    accepted = accept(sandbox, caller, Channel(channel), raw_body, now=now)
    if sandbox.config.receipts_before_answer:
        await sandbox.callbacks.make_due()
    return as_json(_answer(accepted, address_of(request)), 201)


def _no_letters(caller: Caller) -> ApiError:
    """Letters are posted on paper, which a sandbox has not: no service here may send them."""
    if caller.key.type is KeyType.TEAM:
        return bad_request("Cannot send letters with a team api key", status=403)
    if caller.service.trial and caller.key.type is KeyType.LIVE:
        return bad_request("Cannot send letters when service is in trial mode", status=403)
    return bad_request("Service is not allowed to send letters")


def _answer(accepted: Accepted, address: str) -> Mapping[str, object]:
    sent = accepted.notification
    content: dict[str, object] = {"body": sent.body}
    answer: dict[str, object] = {
        "id": sent.id,
        "reference": sent.reference,
        "scheduled_for": None,
        "content": content,
        "template": {
            "id": sent.template_id,
            "version": sent.template_version,
            "uri": f"{address}/services/{sent.service_id}/templates/{sent.template_id}",
        },
        "uri": f"{address}/v2/notifications/{sent.id}",
    }
    if sent.type == Channel.SMS:
        content["from_number"] = sent.sender
    else:
        content["subject"] = sent.subject
        content["from_email"] = sent.sender
        content["one_click_unsubscribe_url"] = sent.unsubscribe_url
        answer["sanitised_content"] = accepted.sanitised
    return answer
