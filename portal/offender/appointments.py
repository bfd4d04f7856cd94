"""One appointment, and saying that one will come."""

from http import HTTPStatus
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from portal.services import appointments as services
from portal.storage import appointments, cases
from portal.web.pages import page, see
from portal.web.site import Visit
from portal.web.transactions import Looking, OffenderWorking


@get("/appointments/{appointment_id:uuid}", name="offender.appointment")
async def show(request: Visit, look: Looking, appointment_id: FromPath[UUID]) -> Response[bytes]:
    """When and where, and what the person answered."""
    me = look.who.person
    appointment = await appointments.shown_to_offender(look.connection, look.keys, me, appointment_id)
    mine = await cases.of_offender(look.connection, look.keys, me)
    look.saw("appointment.shown", case_id=appointment.case_id, record_id=appointment.id)
    return page(
        request,
        "offender/appointments/show.html",
        appointment=appointment,
        case=next((case for case in mine if case.id == appointment.case_id), None),
        has_begun=look.now >= appointment.starts_at,
    )


@post(
    "/appointments/{appointment_id:uuid}/confirm",
    name="offender.appointment.confirm",
    status_code=HTTPStatus.SEE_OTHER,
)
async def confirm(work: OffenderWorking, appointment_id: FromPath[UUID]) -> Redirect:
    """They say that they will come.  A second tap changes nothing and shows the same."""
    await services.confirm(work, appointment_id, offender_id=work.who.person)
    return see(f"/appointments/{appointment_id}")


handlers = (show, confirm)
