"""Answering a text: at most once each, and never so often that two machines could write to each other."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from portal.domain.cases import Case
from portal.domain.messages import Message, Purpose
from portal.domain.offenders import Offender
from portal.domain.replies import Reply
from portal.errors import TooMany
from portal.storage import limits
from portal.storage.limits import Limit
from portal.storage.mapping import phone
from portal.storage.unit_of_work import UnitOfWork

A_DAY = timedelta(days=1)
ANSWERS_A_DAY = Limit("answers a day", 10, A_DAY)
PASSED_ON_A_DAY = Limit("passed on a day", 1, A_DAY)


@dataclass(frozen=True)
class Answer:
    """What is answered, to which of the person's records, and what it speaks of."""

    purpose: Purpose
    offender: Offender
    case: Case
    about_id: UUID | None = None


async def post(work: UnitOfWork, reply: Reply, answer: Answer) -> bool:
    """Post it, unless the number got as many answers as a day allows, or asked too long ago.

    Returns:
        Whether it was posted.
    """
    send_before = reply.sent_at + answer.purpose.life
    if work.now >= send_before or not await _may_post(work, reply, answer.purpose):
        return False
    return await work.outbox.post(
        Message(
            offender_id=answer.offender.id,
            case_id=answer.case.id if answer.case.is_open else None,
            about_id=answer.about_id or answer.case.id,
            purpose=answer.purpose,
            language=answer.offender.language,
            key=f"answer:{reply.id}",
            personalisation="{}",
            posted_at=work.now,
            due_at=work.now,
            send_before=send_before,
        )
    )


async def _may_post(work: UnitOfWork, reply: Reply, purpose: Purpose) -> bool:
    """Count it.  The number is counted by its blind index: the table of counts gives no number away."""
    number = work.keys.index(*phone(f"+{reply.number}")).hex()
    try:
        if purpose is Purpose.ANSWER_PASSED_ON:
            await limits.count(work.session, PASSED_ON_A_DAY, number, now=work.now)
        await limits.count(work.session, ANSWERS_A_DAY, number, now=work.now)
    except TooMany:
        return False
    return True
