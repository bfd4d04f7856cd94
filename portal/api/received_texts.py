"""Texts that people sent back, passed on by GOV.UK Notify (notify.md, section 12).

One that is answered with a 4xx is lost for good, so only a wrong token gets one.  What cannot be
read is not kept; when we cannot keep it, Notify hears a 5xx and comes again.
"""

from datetime import UTC, datetime
from http import HTTPStatus
from uuid import UUID

import msgspec
from litestar import Response, post
from litestar.exceptions import HTTPException

from portal.api.bearer import LARGEST, is_notify
from portal.domain.audit import Actor
from portal.domain.replies import Received
from portal.services import replies
from portal.storage.unit_of_work import Who, WholeWork, unit_of_work
from portal.web.site import Visit, site_of


class ReceivedText(msgspec.Struct):
    """What we read of it; all else is ignored."""

    id: UUID
    source_number: str
    message: str
    date_received: str | None = None


@post(
    "/notify/received-texts",
    name="api.received_texts",
    status_code=HTTPStatus.OK,
    request_max_body_size=LARGEST,
)
async def receive(request: Visit) -> Response[str]:
    """Keep one text, sealed; what it means is for the worker."""
    if not is_notify(request):
        return Response("", status_code=HTTPStatus.FORBIDDEN, media_type="text/plain")
    site, text = site_of(request), await _read(request)
    if text is not None:
        now, whose = site.clock.now(), Who(Actor.NOTIFY)
        received = Received(text.id, text.source_number, text.message, _moment(text.date_received) or now)
        async with unit_of_work(site.databases["api"], WholeWork, now=now, who=whose) as work:
            await replies.receive(work, received)
    return Response("", media_type="text/plain")


async def _read(request: Visit) -> ReceivedText | None:
    try:
        return msgspec.json.decode(await request.body(), type=ReceivedText)
    except (msgspec.MsgspecError, RecursionError):
        return None
    except HTTPException as refused:
        if refused.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            return None
        raise


def _moment(written: str | None) -> datetime | None:
    """A moment as Notify writes it, or None: a text counts whatever its date looks like."""
    try:
        moment = datetime.fromisoformat(written or "")
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


handlers = (receive,)
