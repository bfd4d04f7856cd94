"""Writing to many people at once: whom, what exactly, and what became of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from urllib.parse import urlencode
from uuid import UUID, uuid4

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect

from portal.clock import LONDON
from portal.domain.appointments import STANDING
from portal.domain.arms import Arm
from portal.domain.messages import MessageState, Purpose
from portal.domain.reminders import OPEN
from portal.domain.runs import BY_STAFF, GROUPS, Choice
from portal.errors import NotFound
from portal.services.runs import begin, check
from portal.staff.desk import colleague_of, desk_page
from portal.staff.places import a_moment, mark_of, place_of
from portal.storage import appointments, cases, conditions, runs
from portal.storage.cases import PAGE, CaseFacts
from portal.storage.unit_of_work import Look, StaffWork
from portal.web.forms import Form
from portal.web.i18n import gettext_of
from portal.web.pages import see
from portal.web.site import Visit, site_of
from portal.web.transactions import Looking, StaffWorking

AS_USUAL = "usual"
A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Progress:
    """How many of a run's messages are how far."""

    queued: int
    sent: int
    delivered: int
    failed: int
    held: int

    @classmethod
    def of(cls, counts: Mapping[MessageState, int]) -> "Progress":
        """From the counts of each state."""
        of = MessageState

        def total(*states: MessageState) -> int:
            return sum(counts.get(state, 0) for state in states)

        return cls(
            total(of.QUEUED, of.CLAIMED),
            total(of.ACCEPTED),
            total(of.DELIVERED),
            total(of.FAILED, of.PARKED),
            total(of.HELD, of.EXPIRED, of.WITHDRAWN),
        )


@get("/runs", name="staff.runs")
async def index(request: Visit, look: Looking, after: FromQuery[str] = "") -> Response[bytes]:
    """What the force sent to many, the newest first."""
    force = colleague_of(request).force
    found = await runs.listed(look.connection, look.keys, force, before=place_of(after, a_moment))
    look.saw("runs.listed", force=force)
    shown = found[:PAGE]
    return await desk_page(
        request,
        look,
        "staff/runs/index.html",
        runs=shown,
        following=mark_of(shown[-1].begun_at, shown[-1].id) if len(found) > PAGE else "",
        is_first=not after,
    )


@get("/runs/{run_id:uuid}", name="staff.run")
async def show(
    request: Visit, look: Looking, run_id: FromPath[UUID], after: FromQuery[UUID | None] = None
) -> Response[bytes]:
    """How far a run is, and each of its messages."""
    run = await runs.shown(look.connection, look.keys, colleague_of(request).force, run_id)
    found = await runs.results(look.connection, look.keys, run, now=look.now, after=after)
    look.saw("run.shown", record_id=run.id)
    return await desk_page(
        request,
        look,
        "staff/runs/show.html",
        run=run,
        progress=Progress.of(await runs.counts(look.connection, run)),
        results=found[:PAGE],
        following=found[PAGE - 1].message.id if len(found) > PAGE else "",
        is_first=after is None,
    )


@get("/messages/new", name="staff.messages.new")
async def new(request: Visit, look: Looking, case: FromQuery[UUID | None] = None) -> Response[bytes]:
    """Whom to write to, and about what."""
    return await _new_page(request, look, case, Form({"arm": AS_USUAL}))


@post("/messages/new", name="staff.messages.choose", status_code=HTTPStatus.OK)
async def choose(
    request: Visit, work: StaffWorking, data: URLEncodedBody[dict[str, str]]
) -> Response[bytes] | Redirect:
    """On to what would happen."""
    _, form = gettext_of(request), Form(data)
    case_id = _case_id(data.get("case", ""))
    if data.get("to") not in (BY_STAFF if case_id else GROUPS):
        form.errors["to"] = _("Select what to send")
    if form.errors:
        return await _new_page(request, work, case_id, form)
    asked = {name: data[name] for name in ("to", "arm", "case") if data.get(name)}
    return see(f"/staff/messages/check?{urlencode(asked)}")


async def _new_page(
    request: Visit, records: Look | StaffWork, case_id: UUID | None, form: Form
) -> Response[bytes]:
    asked, force = (
        records.connection if isinstance(records, Look) else records.session,
        colleague_of(request).force,
    )
    case = await cases.facts(asked, records.keys, force, case_id) if case_id else None
    if case and isinstance(records, Look):
        records.saw("case.shown", case_id=case.id, record_id=case.offender_id)
    purposes = GROUPS if case is None else await _concerning(records, case)
    arms = {arm for purpose in purposes for arm in site_of(request).previews.arms(purpose, force)}
    return await desk_page(
        request,
        records,
        "staff/runs/new.html",
        form=form,
        case=case,
        purposes=purposes,
        arms=[arm for arm in Arm if arm in arms] if len(arms) > 1 else [],
    )


async def _concerning(records: Look | StaffWork, case: CaseFacts) -> Sequence[Purpose]:
    """What makes sense to be sent about a case."""
    asked = records.connection if isinstance(records, Look) else records.session
    today = records.now.astimezone(LONDON).date()
    days = {
        each.starts_at.astimezone(LONDON).date() - today
        for each in await appointments.of_case(asked, records.keys, case.id)
        if each.state in STANDING and each.starts_at > records.now
    }
    is_due = any(
        each.progress in OPEN and each.due_on >= today
        for each in await conditions.of_case(asked, records.keys, case.id)
    )
    sense = {
        Purpose.APPOINTMENT_TOMORROW: A_DAY in days,
        Purpose.APPOINTMENT_IN_A_WEEK: any(ahead > A_DAY for ahead in days),
        Purpose.CONDITION_DUE: is_due,
        Purpose.INVITATION: True,
    }
    return [purpose for purpose, makes_sense in sense.items() if makes_sense]


@get("/messages/check", name="staff.messages.check")
async def confirm(
    request: Visit,
    look: Looking,
    to: FromQuery[str] = "",
    arm: FromQuery[str] = "",
    case: FromQuery[UUID | None] = None,
    part: FromQuery[int] = 1,
) -> Response[bytes] | Redirect:
    """Exactly what would happen; first something must be chosen."""
    if not to:
        return see("/staff/messages/new")
    force, choice = colleague_of(request).force, _choice(to, arm, case)
    facts = await cases.facts(look.connection, look.keys, force, case) if case else None
    checked = await check(look, site_of(request).previews, force, choice)
    look.saw("run.checked", force=force, case_id=case, record_id=facts.offender_id if facts else None)
    first = max(part - 1, 0) * PAGE
    left_out = checked.recipients.left_out[first : first + PAGE]
    return await desk_page(
        request,
        look,
        "staff/runs/check.html",
        choice=choice,
        case=facts,
        checked=checked,
        left_out=[(each.candidate.name(look.keys), each.candidate.case_id, each.reason) for each in left_out],
        part=part,
        parts=-(-len(checked.recipients.left_out) // PAGE),
        asked=urlencode({"to": to, "arm": arm} | ({"case": str(case)} if case else {})),
        run_id=uuid4(),
    )


@post("/runs", name="staff.runs.begin", status_code=HTTPStatus.SEE_OTHER)
async def send(request: Visit, work: StaffWorking, data: URLEncodedBody[dict[str, str]]) -> Redirect:
    """Send it.  The key of the form makes a double tap one run."""
    force, case_id = colleague_of(request).force, _case_id(data.get("case", ""))
    run_id = _uuid(data.get("key", ""))
    if case_id:
        await work.cases.of_force(force, case_id)
    choice = _choice(data.get("to", ""), data.get("arm", ""), case_id)
    run = await begin(work, run_id, force=force, choice=choice)
    return see(f"/staff/runs/{run.id}")


def _choice(to: str, arm: str, case_id: UUID | None) -> Choice:
    """What was chosen.

    Raises:
        NotFound: if that is nothing that staff can send.
    """
    if to not in (BY_STAFF if case_id else GROUPS):
        raise NotFound("nothing that staff send")
    purpose = Purpose(to)
    return Choice(purpose, Arm(arm) if purpose.has_arms and arm in set(Arm) else None, case_id)


def _case_id(written: str) -> UUID | None:
    return _uuid(written) if written else None


def _uuid(written: str) -> UUID:
    try:
        return UUID(written)
    except ValueError as wrong:
        raise NotFound("no such id") from wrong


handlers = (index, show, new, choose, confirm, send)
