"""What was sent about a case, and what will be."""

from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath, FromQuery

from portal.staff.desk import colleague_of, desk_page
from portal.staff.places import a_moment, mark_of, place_of
from portal.storage import cases, messages
from portal.storage.cases import PAGE
from portal.web.site import Visit
from portal.web.transactions import Looking


@get("/cases/{case_id:uuid}/messages", name="staff.case.messages")
async def index(
    request: Visit, look: Looking, case_id: FromPath[UUID], after: FromQuery[str] = ""
) -> Response[bytes]:
    """Every message, the latest first."""
    case = await cases.facts(look.connection, look.keys, colleague_of(request).force, case_id)
    found = await messages.of_case(
        look.connection, case.id, now=look.now, most=PAGE, before=place_of(after, a_moment)
    )
    look.saw("messages.listed", case_id=case.id, record_id=case.offender_id)
    shown = found[:PAGE]
    return await desk_page(
        request,
        look,
        "staff/messages/index.html",
        case=case,
        messages=shown,
        following=mark_of(shown[-1].due_at, shown[-1].id) if len(found) > PAGE else "",
        is_first=not after,
    )


handlers = (index,)
