"""What the portal leaves to staff: the list, and one task with what it came of."""

from http import HTTPStatus
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from portal.domain.tasks import TaskKind
from portal.services.tasks import finish
from portal.staff.desk import colleague_of, desk_page
from portal.staff.places import a_moment, mark_of, place_of
from portal.storage import tasks
from portal.storage.cases import PAGE
from portal.web.pages import see
from portal.web.site import Visit
from portal.web.transactions import Looking, StaffWorking


@get("/tasks", name="staff.tasks")
async def index(
    request: Visit, look: Looking, kind: FromQuery[str] = "", after: FromQuery[str] = ""
) -> Response[bytes]:
    """What is to do, the oldest first; of one kind, if one is asked for."""
    force = colleague_of(request).force
    chosen = TaskKind(kind) if kind in set(TaskKind) else None
    place = place_of(after, a_moment)
    found = await tasks.listed(look.connection, look.keys, force, kind=chosen, after=place)
    look.saw("tasks.listed", force=force)
    shown = found[:PAGE]
    return await desk_page(
        request,
        look,
        "staff/tasks/index.html",
        tasks=shown,
        kind=chosen or "",
        counts=await tasks.counts(look.connection, force),
        following=mark_of(shown[-1].made_at, shown[-1].id) if len(found) > PAGE else "",
        is_first=not after,
    )


@get("/tasks/{task_id:uuid}", name="staff.task")
async def show(request: Visit, look: Looking, task_id: FromPath[UUID]) -> Response[bytes]:
    """One task; what the person wrote is shown here alone."""
    force = colleague_of(request).force
    found = await tasks.shown(look.connection, look.keys, force, task_id)
    look.saw(
        "reply.shown" if found.wrote else "task.shown",
        force=force,
        case_id=found.task.case_id,
        record_id=task_id,
    )
    return await desk_page(
        request, look, "staff/tasks/show.html", task=found.task, wrote=found.wrote, purpose=found.purpose
    )


@post("/tasks/{task_id:uuid}/done", name="staff.task.finish", status_code=HTTPStatus.SEE_OTHER)
async def done(request: Visit, work: StaffWorking, task_id: FromPath[UUID]) -> Redirect:
    """It is done."""
    await finish(work, task_id, force=colleague_of(request).force)
    return see("/staff/tasks")


handlers = (index, show, done)
