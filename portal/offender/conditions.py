"""The home page: what is next, what there is to do and by when, and whom to ask."""

import re
from collections.abc import Sequence
from http import HTTPStatus
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect

from portal.services import readings
from portal.storage import appointments, cases, conditions
from portal.storage.conditions import SeenCondition
from portal.web.pages import page, see
from portal.web.site import Visit
from portal.web.transactions import Looking, OffenderWorking


@get("/", name="offender.conditions")
async def show(request: Visit, look: Looking) -> Response[bytes]:
    """Everything that the person has to know, on one page."""
    me = look.who.person
    mine = await cases.of_offender(look.connection, look.keys, me)
    for case in mine:
        look.saw("conditions.shown", case_id=case.id, record_id=me)
    todo = await conditions.of_offender(look.connection, look.keys, me)
    return page(
        request,
        "offender/conditions/show.html",
        cases=mine,
        conditions=_by_case(todo),
        appointments=await appointments.upcoming(look.connection, look.keys, me, now=look.now),
        now=look.now,
    )


@post("/cases/{case_id:uuid}/read", name="offender.conditions.read", status_code=HTTPStatus.SEE_OTHER)
async def read(
    work: OffenderWorking, case_id: FromPath[UUID], data: URLEncodedBody[dict[str, str]]
) -> Redirect:
    """They say "I have read these", of the version that the page showed."""
    version = re.fullmatch("[0-9]{1,9}", data.get("version", ""))
    await readings.record(
        work, case_id, offender_id=work.who.person, version=int(version[0]) if version else 0
    )
    return see("/")


def _by_case(todo: Sequence[SeenCondition]) -> dict[UUID, list[SeenCondition]]:
    grouped: dict[UUID, list[SeenCondition]] = {}
    for condition in todo:
        grouped.setdefault(condition.case_id, []).append(condition)
    return grouped


handlers = (show, read)
