"""How one person is written to, as staff see it and may change it."""

from datetime import date, timedelta
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect

from portal.clock import LONDON
from portal.domain.contact_rules import ContactRules
from portal.domain.messages import Channel
from portal.errors import NotFound
from portal.services.contact_rules import change, use_again
from portal.staff.desk import colleague_of, desk_page
from portal.storage import cases, contact_rules
from portal.storage.cases import CaseFacts
from portal.storage.unit_of_work import Look, StaffWork
from portal.web.forms import Form
from portal.web.i18n import gettext_of
from portal.web.pages import see
from portal.web.site import Visit
from portal.web.transactions import Looking, StaffWorking

LONGEST_PAUSE = timedelta(days=366)
YES, NO = "yes", "no"


class ContactForm(Form):
    """What staff know of a person, beside what the person chose."""

    until: date | None = None

    @classmethod
    def of(cls, rules: ContactRules, today: date) -> "ContactForm":
        """As things stand."""
        until = rules.paused_until if rules.paused_until and rules.paused_until > today else None
        fields = {
            "custody": YES if rules.in_custody else NO,
            "discreet": YES if rules.is_discreet else NO,
            "pause": YES if until else NO,
        }
        if until:
            parts = {"day": until.day, "month": until.month, "year": until.year}
            fields |= {f"until-{part}": str(number) for part, number in parts.items()}
        return cls(fields)

    def check(self, request: Visit, today: date) -> None:
        """Read it, and put what is wrong into errors."""
        _ = gettext_of(request)
        self.choice("custody", of=_yes, missing=_("Select yes if the person is in custody"))
        self.choice("discreet", of=_yes, missing=_("Select yes if somebody else may see the phone"))
        is_pausing = self.choice(
            "pause", of=_yes, missing=_("Select yes if reminders should stop for a while")
        )
        if is_pausing:
            self.until = self.day("until", missing=_("Enter the day on which reminders start again"))
            if self.until and not today < self.until <= today + LONGEST_PAUSE:
                self.errors["until"] = _("The day must be in the future, and within a year")

    def change(self, rules: ContactRules) -> None:
        """Keep what it says."""
        rules.in_custody = self.fields["custody"] == YES
        rules.is_discreet = self.fields["discreet"] == YES
        rules.pause(until=self.until)


def _yes(given: str) -> bool:
    return (NO, YES).index(given) == 1


@get("/cases/{case_id:uuid}/contact", name="staff.contact_rules")
async def show(request: Visit, look: Looking, case_id: FromPath[UUID]) -> Response[bytes]:
    """What the person chose, what is stopped, and the form."""
    case = await cases.facts(look.connection, look.keys, colleague_of(request).force, case_id)
    look.saw("contact_rules.shown", case_id=case.id, record_id=case.offender_id)
    rules = await contact_rules.of_offender(look.connection, case.offender_id)
    return await _page(request, look, case, ContactForm.of(rules, _today(look)))


@post("/cases/{case_id:uuid}/contact", name="staff.contact_rules.change", status_code=200)
async def save(
    request: Visit, work: StaffWorking, case_id: FromPath[UUID], data: URLEncodedBody[dict[str, str]]
) -> Response[bytes] | Redirect:
    """Keep what staff know; what waits to be sent moves with it."""
    case = await cases.facts(work.session, work.keys, colleague_of(request).force, case_id)
    form = ContactForm(data)
    form.check(request, _today(work))
    if form.errors:
        return await _page(request, work, case, form)
    await change(work, case.offender_id, form.change, case_id=case.id)
    return see(f"/staff/cases/{case.id}")


@post("/cases/{case_id:uuid}/contact/again", name="staff.contact_rules.use_again", status_code=303)
async def again(
    request: Visit, work: StaffWorking, case_id: FromPath[UUID], data: URLEncodedBody[dict[str, str]]
) -> Redirect:
    """The number or the address is right after all."""
    case = await work.cases.of_force(colleague_of(request).force, case_id)
    if data.get("channel") not in set(Channel):
        raise NotFound("no such way to reach somebody")
    await use_again(work, case.offender_id, Channel(data["channel"]), case_id=case.id)
    return see(f"/staff/cases/{case.id}/contact")


async def _page(
    request: Visit, records: Look | StaffWork, case: CaseFacts, form: ContactForm
) -> Response[bytes]:
    asked = records.connection if isinstance(records, Look) else records.session
    return await desk_page(
        request,
        records,
        "staff/contact_rules/show.html",
        form=form,
        case=case,
        rules=await contact_rules.of_offender(asked, case.offender_id),
        stopped=await contact_rules.stopped_of_offender(asked, case.offender_id),
        today=_today(records),
    )


def _today(records: Look | StaffWork) -> date:
    return records.now.astimezone(LONDON).date()


handlers = (show, save, again)
