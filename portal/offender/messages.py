"""What we sent the person, and how they want to be written to."""

from collections.abc import Mapping
from datetime import date, timedelta
from http import HTTPStatus

from litestar import Response, get, post
from litestar.params import FromQuery
from litestar.response import Redirect

from portal.clock import LONDON
from portal.domain.contact_rules import ContactRules, Times, Topic
from portal.domain.messages import Channel
from portal.services.contact_rules import change
from portal.storage import contact_rules, messages, offenders
from portal.web.forms import Form
from portal.web.pages import page, see
from portal.web.site import Visit
from portal.web.transactions import Looking, OffenderWorking

EITHER = "either"
KEEP_PAUSE = "keep"
PAUSES = {"none": 0, "week": 7, "fortnight": 14, "month": 28}
"""Days for which reminders stop, from today."""


class ChoicesForm(Form):
    """By what, when, and of what the person wants to hear."""

    def __init__(self, fields: Mapping[str, str] | None = None, topics: frozenset[str] = frozenset()) -> None:
        super().__init__({**(fields or {}), "reminders": sorted(topics)})  # type: ignore[dict-item] # checkboxes are several
        self.topics = topics

    @classmethod
    def of(cls, rules: ContactRules, today: date) -> "ChoicesForm":
        """As the person chose before."""
        is_paused = rules.paused_until is not None and rules.paused_until > today
        chosen = {
            "channel": rules.channel or EITHER,
            "times": rules.times,
            "pause": KEEP_PAUSE if is_paused else "none",
            "discreet": "yes" if rules.is_discreet else "no",
        }
        return cls(chosen, frozenset(Topic) - rules.topics_declined)

    def choose(self, rules: ContactRules, today: date) -> None:
        """What they chose now; what was not on the form, or is no choice of ours, stays as it was."""
        channel = self.fields.get("channel")
        if channel == EITHER or channel in set(Channel):
            rules.channel = None if channel == EITHER else Channel(str(channel))
        if self.fields.get("times") in set(Times):
            rules.times = Times(self.fields["times"])
        days = PAUSES.get(self.fields.get("pause", ""))
        if days is not None:
            rules.pause(until=today + timedelta(days=days) if days else None)
        if self.fields.get("discreet") in {"yes", "no"}:
            rules.is_discreet = self.fields["discreet"] == "yes"
        rules.decline(frozenset(topic for topic in Topic if topic not in self.topics))


@get("/messages", name="offender.messages")
async def show(request: Visit, look: Looking, saved: FromQuery[str] = "") -> Response[bytes]:
    """What we sent, and whether it arrived."""
    me = look.who.person
    look.saw("messages.shown", record_id=me)
    return page(
        request,
        "offender/messages/show.html",
        messages=await messages.of_offender(look.connection, me),
        rules=await contact_rules.of_offender(look.connection, me),
        today=look.now.astimezone(LONDON).date(),
        is_saved=bool(saved),
    )


@get("/messages/choices", name="offender.messages.choices")
async def choices(request: Visit, look: Looking) -> Response[bytes]:
    """The form."""
    me, today = look.who.person, look.now.astimezone(LONDON).date()
    rules = await contact_rules.of_offender(look.connection, me)
    look.saw("messages.shown", record_id=me)
    has_phone, has_email = await offenders.reached_by(look.connection, me)
    return page(
        request,
        "offender/messages/choices.html",
        form=ChoicesForm.of(rules, today),
        has_both=has_phone and has_email,
        paused_until=rules.paused_until if rules.paused_until and rules.paused_until > today else None,
    )


@post("/messages/choices", name="offender.messages.choose", status_code=HTTPStatus.SEE_OTHER)
async def choose(request: Visit, work: OffenderWorking) -> Redirect:
    """Keep what they chose; what waits to be sent moves with it."""
    sent, today = await request.form(), work.now.astimezone(LONDON).date()
    topics = frozenset(map(str, sent.getall("reminders", [])))
    form = ChoicesForm({name: str(value) for name, value in sent.items()}, topics)
    await change(work, work.who.person, lambda rules: form.choose(rules, today))
    return see("/messages?saved=yes")


handlers = (show, choices, choose)
