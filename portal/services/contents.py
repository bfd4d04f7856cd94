"""What a message says of its appointment, its condition or its case, as things stand when it is sent."""

import json
from uuid import UUID

from portal.domain.appointments import STANDING
from portal.domain.links import LINK_LIFE, Link
from portal.domain.messages import Message, Purpose
from portal.domain.reminders import OPEN
from portal.storage.keys import new_token, token_hash
from portal.storage.unit_of_work import UnitOfWork

NOTHING_YET = "{}"
LEADS_TO_PAGES = frozenset({Purpose.ANSWER_LEFT, Purpose.ANSWER_CHANGE, Purpose.ANSWER_STOPPED})
"""Answers with a link."""
GIVES_A_NUMBER = frozenset({Purpose.ANSWER_HELP, Purpose.ANSWER_CHANGE, Purpose.ANSWER_PASSED_ON})
"""Answers with the officer's phone number."""


async def write(work: UnitOfWork, message: Message) -> bool:
    """Put into the message what its wording needs, and a link of its own, before it is handed over.

    A second try says the same as the first: what was written stays.

    Returns:
        False when there is nothing to say any more: the appointment is off, or the condition met.
    """
    if message.purpose.is_answer:
        return await _answer(work, message)
    if message.about_id is None or message.case_id is None:
        return True
    of = _of_condition if message.purpose is Purpose.CONDITION_DUE else _of_appointment
    facts = await of(work, message.offender_id, message.about_id)
    if facts is None:
        return False
    if "token" not in json.loads(message.personalisation):
        case = await work.cases.of_offender(message.offender_id, message.case_id)
        token = _link(work, message)
        message.personalisation = json.dumps({**facts, "phone": case.officer_phone, "token": token})
    return True


async def _answer(work: UnitOfWork, message: Message) -> bool:
    """The same for an answer to a text, which says no more than its own wording needs."""
    facts: dict[str, str] | None = {}
    about, case_id = message.about_id, message.case_id or message.about_id
    if about and message.purpose is Purpose.ANSWER_NEXT:
        facts = await _of_appointment(work, message.offender_id, about)
    elif about and message.purpose is Purpose.ANSWER_LEFT:
        facts = await _of_condition(work, message.offender_id, about)
    if facts is None or case_id is None:
        return False
    if message.personalisation == NOTHING_YET:
        case = await work.cases.of_offender(message.offender_id, case_id)
        if message.purpose in GIVES_A_NUMBER:
            facts["phone"] = case.officer_phone
        if message.purpose is Purpose.ANSWER_HELP:
            facts["officer"] = case.officer_name
        if message.purpose in LEADS_TO_PAGES:
            facts["token"] = _link(work, message)
        message.personalisation = json.dumps(facts)
    return True


async def _of_appointment(work: UnitOfWork, offender_id: UUID, appointment_id: UUID) -> dict[str, str] | None:
    appointment = await work.appointments.of_offender(offender_id, appointment_id)
    if appointment.state not in STANDING:
        return None
    return {"starts_at": appointment.starts_at.isoformat(), "place": appointment.place}


async def _of_condition(work: UnitOfWork, offender_id: UUID, condition_id: UUID) -> dict[str, str] | None:
    condition = await work.cases.condition_of_offender(offender_id, condition_id)
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
