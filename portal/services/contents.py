"""What a message says of its appointment, its condition or its case, as things stand when it is sent."""

import json
from typing import TypeAlias

from portal.domain.appointments import STANDING, Appointment, AppointmentState
from portal.domain.conditions import Condition
from portal.domain.links import LINK_LIFE, Link
from portal.domain.messages import Message, Purpose
from portal.domain.reminders import OPEN
from portal.services.circumstances import OF_CONDITIONS, Circumstances
from portal.storage.keys import new_token, token_hash
from portal.storage.unit_of_work import UnitOfWork

Facts: TypeAlias = dict[str, str]
SPEAKS_OF = {
    Purpose.APPOINTMENT_BOOKED: STANDING,
    Purpose.APPOINTMENT_IN_A_WEEK: STANDING,
    Purpose.APPOINTMENT_TOMORROW: STANDING,
    Purpose.APPOINTMENT_MISSED: frozenset({AppointmentState.MISSED}),
    Purpose.ANSWER_NEXT: STANDING,
}
"""Which appointments each message about one is true of."""
NOTHING_YET = "{}"
LEADS_TO_PAGES = frozenset({Purpose.ANSWER_LEFT, Purpose.ANSWER_CHANGE, Purpose.ANSWER_STOPPED})
"""Answers with a link."""
GIVES_A_NUMBER = frozenset({Purpose.ANSWER_HELP, Purpose.ANSWER_CHANGE, Purpose.ANSWER_PASSED_ON})
"""Answers with the officer's phone number."""


def write(known: Circumstances, message: Message) -> bool:
    """Put into the message what its wording needs, and a link of its own, before it is handed over.

    A second try says the same as the first: what was written stays.

    Returns:
        False when there is nothing to say any more: the appointment is off, or the condition met.
    """
    if not (_answer if message.purpose.is_answer else _tell)(known, message):
        return False
    says = json.loads(message.personalisation)
    if known.rules[message.offender_id].is_discreet and not says.keys() & {"token", "code"}:
        message.personalisation = json.dumps({**says, "token": _link(known.work, message)})
    return True


def _tell(known: Circumstances, message: Message) -> bool:
    facts = _facts(known, message)
    if facts is None:
        return False
    case = known.case_of(message)
    if case and can_be_written_anew(message) and "token" not in json.loads(message.personalisation):
        token = _link(known.work, message)
        message.personalisation = json.dumps({**facts, "phone": case.officer_phone, "token": token})
    return True


def _answer(known: Circumstances, message: Message) -> bool:
    """An answer to a text says no more than its own wording needs."""
    facts: Facts | None = {}
    if message.purpose in (Purpose.ANSWER_NEXT, Purpose.ANSWER_LEFT):
        facts = _facts(known, message)
    case = known.answered_of(message)
    if facts is None or case is None:
        return False
    if message.personalisation == NOTHING_YET:
        if message.purpose in GIVES_A_NUMBER:
            facts["phone"] = case.officer_phone
        if message.purpose is Purpose.ANSWER_HELP:
            facts["officer"] = case.officer_name
        if message.purpose in LEADS_TO_PAGES:
            facts["token"] = _link(known.work, message)
        message.personalisation = json.dumps(facts)
    return True


def can_be_written_anew(message: Message) -> bool:
    """Whether all that it says can be found again: once Notify has a message, we forget what it said."""
    return message.purpose is Purpose.INVITATION or _is_about_something(message)


def _is_about_something(message: Message) -> bool:
    purposes = {*SPEAKS_OF, *OF_CONDITIONS}
    return message.about_id is not None and message.case_id is not None and message.purpose in purposes


def _facts(known: Circumstances, message: Message) -> Facts | None:
    if message.about_id is None or not _is_about_something(message):
        return {}
    if message.purpose in OF_CONDITIONS:
        return _of_condition(known.conditions.get(message.about_id), message)
    return _of_appointment(known.appointments.get(message.about_id), message)


def _of_appointment(appointment: Appointment | None, message: Message) -> Facts | None:
    if appointment is None or appointment.offender_id != message.offender_id:
        return None
    if appointment.state not in SPEAKS_OF[message.purpose]:
        return None
    return {"starts_at": appointment.starts_at.isoformat(), "place": appointment.place}


def _of_condition(condition: Condition | None, message: Message) -> Facts | None:
    if condition is None or condition.case_id != message.case_id:
        return None
    if condition.is_withdrawn or condition.progress not in OPEN:
        return None
    return {"due_on": condition.due_on.isoformat()}


def _link(work: UnitOfWork, message: Message) -> str:
    token = new_token()
    work.links.add(
        Link(
            offender_id=message.offender_id,
            token_hash=token_hash(token),
            made_at=work.now,
            expires_at=work.now + LINK_LIFE,
            message_id=message.id,
        )
    )
    return token
