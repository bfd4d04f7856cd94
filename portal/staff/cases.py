"""The list of the force's cases, and one case with its timeline."""

from datetime import date
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath, FromQuery

from portal.clock import LONDON
from portal.staff.desk import colleague_of, desk_page
from portal.staff.places import mark_of, place_of
from portal.storage import appointments, cases, conditions, contact_rules, messages
from portal.storage.audit import AuditEvents
from portal.storage.cases import PAGE
from portal.web.site import Visit
from portal.web.transactions import Looking

A_FEW = 5
"""Messages on the page of their case; the others have a page of their own."""


@get("/cases", name="staff.cases")
async def index(request: Visit, look: Looking, after: FromQuery[str] = "") -> Response[bytes]:
    """The cases of the force, those that end first at the top."""
    force = colleague_of(request).force
    found = await cases.listed(look.connection, look.keys, force, after=place_of(after, date.fromisoformat))
    look.saw("cases.listed")
    shown = found[:PAGE]
    return await desk_page(
        request,
        look,
        "staff/cases/index.html",
        cases=shown,
        count=await cases.count_of_force(look.connection, force),
        following=mark_of(shown[-1].complete_by, shown[-1].id) if len(found) > PAGE else None,
        is_first=not after,
    )


@get("/cases/{case_id:uuid}", name="staff.case")
async def show(request: Visit, look: Looking, case_id: FromPath[UUID]) -> Response[bytes]:
    """One case: its facts, its conditions and appointments, and all that happened."""
    facts = await cases.facts(look.connection, look.keys, colleague_of(request).force, case_id)
    look.saw("case.shown", case_id=facts.id, record_id=facts.offender_id)
    sent = await messages.of_case(look.connection, facts.id, now=look.now, most=A_FEW)
    return await desk_page(
        request,
        look,
        "staff/cases/show.html",
        case=facts,
        conditions=await conditions.of_case(look.connection, look.keys, facts.id),
        appointments=await appointments.of_case(look.connection, look.keys, facts.id),
        rules=await contact_rules.of_offender(look.connection, facts.offender_id),
        stopped=await contact_rules.stopped_of_offender(look.connection, facts.offender_id),
        today=look.now.astimezone(LONDON).date(),
        messages=sent[:A_FEW],
        more_messages=len(sent) > A_FEW,
        events=await AuditEvents(look.connection).of_case(facts.id, newest_first=True),
    )


handlers = (index, show)
