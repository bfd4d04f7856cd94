"""Staff write to many people at once: first they see exactly what would happen, then it does."""

import asyncio
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from portal.clock import LONDON
from portal.domain.arms import Arm
from portal.domain.audit import Event, LoggedAs
from portal.domain.deliveries import Content
from portal.domain.ids import ids_that_lie_together
from portal.domain.links import LINK_LIFE, Link
from portal.domain.messages import Channel, Message, NotifyService, Purpose
from portal.domain.recipients import LeftOut
from portal.domain.runs import Choice, Run, RunMessage, key_by_hand
from portal.domain.texts import Preview
from portal.languages import spoken
from portal.services.recipients import Recipient, Recipients, find
from portal.storage.keys import KeyRing, new_token, token_hash
from portal.storage.unit_of_work import Look, StaffWork

MOST_READ = 500
"""So many messages of a kind are read to tell what all of them cost."""
LIKE_A_TOKEN = "x" * 22
"""As long as that of a link, which is made when the message is sent."""


class Previews(Protocol):
    """Who knows the words of messages."""

    def preview(self, content: Content) -> Preview:
        """What the person will read, and what it costs."""

    def arms(self, purpose: Purpose, force: str) -> Collection[Arm]:
        """The wordings of such a message that a force can choose among."""


@dataclass(frozen=True, slots=True)
class Example:
    """What one of many people will read who read the like of it."""

    language: str
    channel: Channel
    arm: Arm
    is_discreet: bool
    people: int
    preview: Preview


@dataclass(frozen=True)
class Check:
    """What would happen."""

    recipients: Recipients
    examples: Sequence[Example]
    cost: Decimal
    """Of all, in pounds."""
    is_about: bool
    """Whether the cost is reckoned from the first of very many."""


async def check(look: Look, previews: Previews, force: str, choice: Choice) -> Check:
    """What would happen if staff went on: who gets what, who does not, and what it costs."""
    recipients = await find(look.connection, force, choice, now=look.now)
    examples, cost = await asyncio.to_thread(_reckon, recipients.chosen, previews, force, choice, look.keys)
    return Check(recipients, examples, cost, any(example.people > MOST_READ for example in examples))


def _reckon(
    chosen: Sequence[Recipient], previews: Previews, force: str, choice: Choice, keys: KeyRing
) -> tuple[Sequence[Example], Decimal]:
    """Read the messages one by one, since names and places are not equally long."""
    kinds: dict[tuple[str, Channel, Arm, bool], list[Recipient]] = {}
    for each in chosen:
        kinds.setdefault(_kind(each, choice), []).append(each)
    examples, cost = [], Decimal(0)
    for (language, channel, arm, is_discreet), people in kinds.items():
        read = [previews.preview(_content(each, force, choice, keys)) for each in people[:MOST_READ]]
        cost += sum((preview.cost for preview in read), Decimal(0)) * len(people) / len(read)
        examples.append(Example(language, channel, arm, is_discreet, len(people), read[0]))
    return sorted(examples, key=lambda example: -example.people), cost


def _kind(each: Recipient, choice: Choice) -> tuple[str, Channel, Arm, bool]:
    """What tells apart those who read the same words."""
    rules = each.candidate.rules
    arm = choice.arm or rules.arm or Arm.PLAN
    return spoken(each.candidate.language).code, each.channel or Channel.SMS, arm, rules.is_discreet


def _content(each: Recipient, force: str, choice: Choice, keys: KeyRing) -> Content:
    candidate = each.candidate
    _, channel, arm, is_discreet = _kind(each, choice)
    facts = {"phone": candidate.phone(keys), "token": LIKE_A_TOKEN}
    if candidate.starts_at:
        facts |= {"starts_at": candidate.starts_at.isoformat(), "place": candidate.where(keys)}
    if candidate.due_on:
        facts["due_on"] = candidate.due_on.isoformat()
    return Content(
        choice.purpose,
        json.dumps(facts),
        channel,
        candidate.language,
        candidate.called(keys),
        force,
        NotifyService.NEUTRAL if is_discreet else NotifyService.PLAIN,
        arm,
    )


async def begin(work: StaffWork, run_id: UUID, *, force: str, choice: Choice) -> Run:
    """Post the messages.  Asked for again with the same id, as by a double tap, it is one run.

    Whoever cannot be written to is left out, and it is written down why.

    Raises:
        NotFound: if the id is another force's run, or somebody else's.
    """
    await work.runs.one_at_a_time(force)
    if known := await work.runs.begun_by(force, work.who.person, run_id):
        return known
    recipients = await _claimed(work, await find(work.session, force, choice, now=work.now))
    run = Run(
        id=run_id,
        force=force,
        staff_id=work.who.person,
        purpose=choice.purpose,
        begun_at=work.now,
        people=len(recipients.chosen),
        left_out=len(recipients.left_out),
    )
    with ids_that_lie_together():
        await _post(work, run, choice, recipients)
    return run


async def _post(work: StaffWork, run: Run, choice: Choice, recipients: Recipients) -> None:
    links: list[Link] = []
    messages = [_message(work, run, each, choice, links) for each in recipients.chosen]
    await work.links.add_all(links)
    await work.outbox.post_all(messages)
    await work.runs.keep(run, [RunMessage(run_id=run.id, message_id=message.id) for message in messages])
    await work.audit.add(*_events(work, run, messages, recipients))


async def _claimed(work: StaffWork, recipients: Recipients) -> Recipients:
    """Withdraw the reminders that these messages replace; who is just being sent one gets no other."""
    planned = {each.replaces.id: each for each in recipients.chosen if each.replaces}
    withdrawn = await work.outbox.withdraw_all(list(planned), at=work.now)
    late = {each.candidate.offender_id for id_, each in planned.items() if id_ not in withdrawn}
    return recipients.without(late, LeftOut.ALREADY_TODAY)


def _message(work: StaffWork, run: Run, each: Recipient, choice: Choice, links: list[Link]) -> Message:
    candidate = each.candidate
    facts: dict[str, str] = {}
    if choice.purpose is Purpose.INVITATION:
        token = new_token()
        links.append(_link(work, candidate.offender_id, token))
        facts = {"token": token, "phone": candidate.phone(work.keys)}
    return Message(
        offender_id=candidate.offender_id,
        case_id=candidate.case_id,
        about_id=candidate.about_id,
        purpose=choice.purpose,
        language=candidate.language,
        key=key_by_hand(run.id, each.replaces.key if each.replaces else _usual_key(each, choice.purpose)),
        personalisation=json.dumps(facts),
        posted_at=work.now,
        due_at=each.due_at,
        send_before=each.send_before,
        arm=choice.arm,
    )


def _usual_key(each: Recipient, purpose: Purpose) -> str:
    """The key that planning gives the reminder which this one stands for."""
    candidate = each.candidate
    if candidate.starts_at:
        word = "tomorrow" if purpose is Purpose.APPOINTMENT_TOMORROW else "week"
        return f"{word}:{candidate.about_id}:{candidate.starts_at.astimezone(LONDON).date()}"
    if candidate.due_on:
        ahead = (candidate.due_on - each.due_at.astimezone(LONDON).date()).days
        return f"due:{candidate.about_id}:{candidate.due_on}:{ahead}"
    return f"invitation:{candidate.case_id}"


def _link(work: StaffWork, offender_id: UUID, token: str) -> Link:
    return Link(
        offender_id=offender_id,
        token_hash=token_hash(token),
        made_at=work.now,
        expires_at=work.now + LINK_LIFE,
    )


def _events(
    work: StaffWork, run: Run, messages: Sequence[Message], recipients: Recipients
) -> Sequence[Event]:
    """What is written down: of the run the counts, of each person their case and what became of them."""
    purpose = run.purpose.value
    begun = work.event(
        "run.begun",
        LoggedAs.DISCLOSURE,
        force=run.force,
        record_id=run.id,
        purpose=purpose,
        people=run.people,
    )
    begun.details |= {f"left_out_{reason}": count for reason, count in recipients.reasons.items()}
    return [
        begun,
        *(
            work.event(
                "message.posted",
                LoggedAs.DISCLOSURE,
                force=run.force,
                case_id=message.case_id,
                record_id=message.id,
                purpose=purpose,
            )
            for message in messages
        ),
        *(
            work.event(
                "run.left_out",
                LoggedAs.CONSULTATION,
                force=run.force,
                case_id=each.candidate.case_id,
                record_id=run.id,
                purpose=purpose,
                reason=str(each.reason),
            )
            for each in recipients.left_out
        ),
    ]
