"""What is to be handed over of each message, or why not: as things stand now, not as when it was posted."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import DBAPIError

from portal.clock import LONDON
from portal.domain import brakes
from portal.domain.arms import Arm, arms_of
from portal.domain.contact_rules import ContactRules
from portal.domain.deliveries import Delayed, Hindered, Letter, NotSent, NotYet, TooLate
from portal.domain.messages import Held, Message, NotifyService
from portal.domain.offenders import Offender
from portal.domain.windows import WAKING
from portal.services import contents
from portal.services.arms import arm_of
from portal.services.circumstances import Circumstances, look_up
from portal.services.couriers import Courier
from portal.storage.mapping import contact
from portal.storage.unit_of_work import WholeWork

log = logging.getLogger("portal.sending")


@dataclass(frozen=True)
class Written:
    """One message that a worker has in hand."""

    message: Message
    claimed_at: datetime
    letter: Letter | NotSent | Delayed
    wording: str = ""
    look_in: NotifyService | None = None
    """The service that may have it already, and is asked before it goes again."""

    @property
    def brake_names(self) -> tuple[str, ...]:
        """The brakes that would stop it."""
        if not isinstance(self.letter, Letter):
            return (brakes.of_service(self.look_in),) if self.look_in else ()
        return _brake_names(self.letter, self.wording)


async def write_all(work: WholeWork, messages: Sequence[Message], courier: Courier) -> list[Written]:
    """Write the messages of a batch.  One that cannot be written holds up no other."""
    known = await look_up(work, messages)
    return [await _write(known, message, courier) for message in messages]


async def _write(known: Circumstances, message: Message, courier: Courier) -> Written:
    claimed_at = message.claimed_at or known.work.now
    look_in = message.service if message.may_have_gone else None
    if look_in and (brake := known.brake_on([brakes.of_service(look_in)])):
        return Written(message, claimed_at, NotYet(brake.until))
    try:
        letter = await _letter(known, message)
        if not isinstance(letter, Letter):
            return Written(message, claimed_at, letter, look_in=look_in)
        wording = courier.wording_of(letter)
        if brake := known.brake_on(_brake_names(letter, wording)):
            return Written(message, claimed_at, NotYet(brake.until))
        if not contents.write(known, message):
            return Written(message, claimed_at, Hindered(Held.NOT_NEEDED), look_in=look_in)
        if message.asked_at is None:
            note(known.work, message, letter, wording)
        return Written(message, claimed_at, letter, wording, look_in)
    except DBAPIError:
        raise
    except Exception as fault:  # noqa: BLE001 - what is wrong with one message must not stop the others
        name = type(fault).__name__
        log.error("a message cannot be written: %s", name)  # noqa: TRY400 - values stay out of logs
        unknown = message.asked_at is not None
        return Written(message, claimed_at, Delayed(name, may_have_arrived=unknown, needs_mending=True))


def note(work: WholeWork, message: Message, letter: Letter, wording: str) -> None:
    """Keep with the message how it goes, and where."""
    message.channel, message.service, message.wording = letter.channel, letter.service, wording
    message.arm = letter.arm if _is_in_a_trial(message, letter.service) else None
    message.contact_index = work.keys.index(*contact(letter.channel, letter.to))


def _brake_names(letter: Letter, wording: str) -> tuple[str, ...]:
    return (
        brakes.of_service(letter.service),
        brakes.of_channel(letter.service, letter.channel),
        brakes.of_wording(wording),
    )


async def _letter(known: Circumstances, message: Message) -> Letter | NotSent:
    """What to hand over, if the hour, the case, the person and their contacts allow it."""
    now, rules = known.work.now, known.rules[message.offender_id]
    hindrance = _of_the_hour(message, rules, now)
    if hindrance:
        return hindrance
    if message.case_id is not None and known.case_of(message) is None:
        return Hindered(Held.CASE_FINISHED)
    reason = rules.hindrance(message.purpose, on=now.astimezone(LONDON).date())
    if reason is not None:
        return Hindered(reason)
    offender = known.offenders[message.offender_id]
    only = message.channel if message.instead_of else None
    chosen = known.reach.choose(offender, rules, only=only)
    if isinstance(chosen, Held):
        return Hindered(chosen)
    message.language = offender.language
    service = NotifyService.NEUTRAL if rules.is_discreet else NotifyService.PLAIN
    arm = await _arm(known, message, offender, service)
    return Letter(message, *chosen, offender.called, offender.force, service, arm)


def _of_the_hour(message: Message, rules: ContactRules, now: datetime) -> NotSent | None:
    """Never too late, never at night, and only in the part of the day that the person chose."""
    if now >= message.send_before:
        return TooLate()
    if message.purpose.answers_the_person:
        return None
    opens = max(WAKING.next_open(now), rules.times.window.next_open(now))
    if opens <= now:
        return None
    return NotYet(opens) if opens < message.send_before else TooLate()


async def _arm(known: Circumstances, message: Message, offender: Offender, service: NotifyService) -> Arm:
    if message.is_by_hand and message.arm is not None:
        return message.arm
    if not _is_in_a_trial(message, service):
        return Arm.PLAN
    work, rules = known.work, known.rules[offender.id]
    if rules.arm is None and len(arms_of(work.of_force(offender.force))) > 1:
        rules = await work.contact_rules.of_offender(offender.id, to_change=True)
    return await arm_of(work, rules, force=offender.force)


def _is_in_a_trial(message: Message, service: NotifyService) -> bool:
    return message.purpose.has_arms and service is NotifyService.PLAIN
