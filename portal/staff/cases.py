"""The list of the force's cases, and one case with its timeline."""

from datetime import date
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath, FromQuery

from portal.errors import NotFound
from portal.storage import appointments, cases, conditions
from portal.storage.audit import AuditEvents
from portal.storage.cases import PAGE, ListedCase
from portal.web.pages import page
from portal.web.signing_in import Colleague
from portal.web.site import Visit
from portal.web.transactions import Looking


@get("/cases", name="staff.cases")
async def index(request: Visit, look: Looking, after: FromQuery[str] = "") -> Response[bytes]:
    """The cases of the force, those that end first at the top."""
    force = _force(request)
    found = await cases.listed(look.connection, look.keys, force, after=_place(after))
    look.saw("cases.listed")
    shown = found[:PAGE]
    return page(
        request,
        "staff/cases/index.html",
        cases=shown,
        count=await cases.count_of_force(look.connection, force),
        following=_mark(shown[-1]) if len(found) > PAGE else None,
        is_first=not after,
    )


@get("/cases/{case_id:uuid}", name="staff.case")
async def show(request: Visit, look: Looking, case_id: FromPath[UUID]) -> Response[bytes]:
    """One case: its facts, its conditions and appointments, and all that happened."""
    facts = await cases.facts(look.connection, look.keys, _force(request), case_id)
    look.saw("case.shown", case_id=facts.id, record_id=facts.offender_id)
    return page(
        request,
        "staff/cases/show.html",
        case=facts,
        conditions=await conditions.of_case(look.connection, look.keys, facts.id),
        appointments=await appointments.of_case(look.connection, look.keys, facts.id),
        events=await AuditEvents(look.connection).of_case(facts.id, newest_first=True),
    )


def _force(request: Visit) -> str:
    colleague: Colleague = request.auth
    return colleague.force


def _mark(case: ListedCase) -> str:
    return f"{case.complete_by.isoformat()}_{case.id}"


def _place(mark: str) -> tuple[date, UUID] | None:
    """Where a page of the list begins.

    Raises:
        NotFound: if the mark is none of ours.
    """
    if not mark:
        return None
    day, _, case_id = mark.partition("_")
    try:
        return date.fromisoformat(day), UUID(case_id)
    except ValueError as wrong:
        raise NotFound("no such page of the list") from wrong


handlers = (index, show)
