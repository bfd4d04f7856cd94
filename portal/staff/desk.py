"""What is around every page of staff: the ways through it, and what they have to know wherever they are."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Response

from portal.domain.brakes import Brake, Reach
from portal.storage import desk
from portal.storage.desk import MOST_COUNTED
from portal.storage.unit_of_work import Look, StaffWork
from portal.web.forms import NOTHING, Form
from portal.web.i18n import gettext_of
from portal.web.pages import Navigation, page
from portal.web.signing_in import Colleague
from portal.web.site import Visit

A_REASON = 2
"""A brake's reason is Notify's status and error name."""


@dataclass(frozen=True, slots=True)
class Notices:
    """What stands above a page."""

    brake: Brake | None
    """The one that stops most."""
    run_id: UUID | None
    """A run of theirs that is over, of which they are told now."""

    def __bool__(self) -> bool:
        return self.brake is not None or self.run_id is not None

    @property
    def reach(self) -> Reach | None:
        """How much does not go out."""
        return self.brake.reach if self.brake else None

    @property
    def error(self) -> str:
        """What Notify calls the reason."""
        words = self.brake.reason.split(maxsplit=1) if self.brake else []
        return words[1] if len(words) == A_REASON else ""


def colleague_of(request: Visit) -> Colleague:
    """Who looks, as their account stands at this request."""
    colleague: Colleague = request.auth
    return colleague


async def desk_page(
    request: Visit,
    records: Look | StaffWork,
    name: str,
    *,
    form: Form = NOTHING,
    **context: Any,  # noqa: ANN401 - whatever the template shows
) -> Response[bytes]:
    """Answer with a page of staff's, with all that is around it.

    Only a page that was asked for tells of a run that is over: a form that comes back has its own news.
    """
    me = colleague_of(request)
    asked = records.connection if isinstance(records, Look) else records.session
    count = await desk.open_tasks(asked, me.force)
    brakes = sorted(
        await desk.brakes_on(asked, now=records.now), key=lambda brake: list(Reach).index(brake.reach)
    )
    run_id = None
    if isinstance(records, Look):
        run_id = await desk.run_to_tell_of(records.connection, me.force, me.id, now=records.now)
        if run_id is not None:
            records.tell_of(run_id)
    notices = Notices(next(iter(brakes), None), run_id)
    navigation = _navigation(request, count)
    return page(request, name, form=form, navigation=navigation, notices=notices, **context)


def _navigation(request: Visit, count: int) -> Navigation:
    _, path = gettext_of(request), request.scope["path"]
    written = f"{MOST_COUNTED - 1}+" if count >= MOST_COUNTED else str(count)
    tasks = _("Tasks (%(count)s)") % {"count": written} if count else _("Tasks")
    is_message = path.startswith(("/staff/runs", "/staff/messages"))
    return (
        (_("Cases"), "/staff/cases", path.startswith("/staff/cases")),
        (tasks, "/staff/tasks", path.startswith("/staff/tasks")),
        (_("Messages"), "/staff/runs", is_message),
    )
