"""Delivery receipts of GOV.UK Notify (notify.md, section 12).

Notify drops a receipt for good when it is answered with a 4xx, so only a wrong token gets one.
"""

from http import HTTPStatus
from uuid import UUID

import msgspec
from litestar import Response, post

from portal.api.bearer import LARGEST, is_notify
from portal.domain.audit import Actor
from portal.services import receipts
from portal.storage.unit_of_work import Who, WholeWork, unit_of_work
from portal.web.site import Visit, site_of


class Receipt(msgspec.Struct):
    """What we read of a receipt; all else is ignored."""

    id: UUID
    status: str
    reference: str | None = None


@post("/notify/receipts", name="api.receipts", status_code=HTTPStatus.OK, request_max_body_size=LARGEST)
async def receive(request: Visit) -> Response[str]:
    """News of one message."""
    if not is_notify(request):
        return Response("", status_code=HTTPStatus.FORBIDDEN, media_type="text/plain")
    try:
        receipt = msgspec.json.decode(await request.body(), type=Receipt)
    except (msgspec.MsgspecError, RecursionError):
        return Response("", media_type="text/plain")
    site, whose = site_of(request), Who(Actor.NOTIFY)
    async with unit_of_work(site.databases["api"], WholeWork, now=site.clock.now(), who=whose) as work:
        await receipts.receive(
            work, receipt.id, reference=_reference(receipt.reference), status=receipt.status[:40]
        )
    return Response("", media_type="text/plain")


def _reference(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


handlers = (receive,)
