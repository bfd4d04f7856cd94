"""Planning is a comparison: the reminders that should exist against those that do.

So whatever changes (a new date, a met condition, an import) withdraws, moves or adds just what
it must, in its own transaction, and planning twice adds nothing.
"""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from portal.clock import LONDON
from portal.domain.conditions import Condition
from portal.domain.messages import Message, MessageState
from portal.domain.offenders import Offender
from portal.domain.reminders import Reminder, ReminderRules, plan
from portal.storage.unit_of_work import UnitOfWork

CAME_TO_NOTHING = frozenset({MessageState.HELD, MessageState.EXPIRED, MessageState.WITHDRAWN})


async def plan_reminders(work: UnitOfWork, offender: Offender) -> None:
    """Make the outbox hold just the reminders that this person should still get."""
    known = await work.outbox.reminders_of(offender.id)
    rules = await work.contact_rules.of_offender(offender.id)
    wanted = plan(
        await work.appointments.all_of_offender(offender.id),
        await work.cases.conditions_of_offender(offender.id),
        now=work.now,
        done={message.replaces for message in known if _stands_for_good(message, work.now)},
        taken={_day(message) for message in known if _takes_its_day(message, work.now)},
        rules=ReminderRules.of(work.of_force(offender.force)),
        window=rules.times.window,
    )
    ours = {
        message.key: message for message in known if message.is_planned and not _is_going(message, work.now)
    }
    _compare(work, offender, wanted, ours)


def _is_going(message: Message, now: datetime) -> bool:
    """Whether it was due already and only waits for Notify: whether it is still true is asked as it goes."""
    return message.state is MessageState.QUEUED and message.due_at <= now < message.send_before


def _stands_for_good(message: Message, now: datetime) -> bool:
    """Whether nothing is left to plan of the reminder that it is, or that it was sent in place of."""
    if message.is_planned:
        return not message.is_changeable or _is_going(message, now)
    return message.state not in CAME_TO_NOTHING


def _takes_its_day(message: Message, now: datetime) -> bool:
    """Whether the person gets it, or got it, on a day that is then taken."""
    if message.state is MessageState.QUEUED:
        return message.is_by_hand or _is_going(message, now)
    return message.state not in CAME_TO_NOTHING


def _day(message: Message) -> date:
    return (message.sent_at or message.due_at).astimezone(LONDON).date()


def plan_first_reminders(work: UnitOfWork, offender: Offender, conditions: Iterable[Condition]) -> None:
    """The same for somebody of whom nothing was known yet, without looking."""
    rules = ReminderRules.of(work.of_force(offender.force))
    _compare(work, offender, plan([], conditions, now=work.now, rules=rules), {})


def _compare(
    work: UnitOfWork, offender: Offender, wanted: Iterable[Reminder], known: dict[str, Message]
) -> None:
    for reminder in wanted:
        message = known.pop(reminder.key, None)
        if message is None:
            work.outbox.add(_message(offender.id, offender.language, reminder, work))
        else:
            message.plan(due_at=reminder.due_at, send_before=reminder.send_before)
    for message in known.values():
        if message.state is MessageState.QUEUED:
            message.withdraw(at=work.now)


def _message(offender_id: UUID, language: str, reminder: Reminder, work: UnitOfWork) -> Message:
    return Message(
        offender_id=offender_id,
        case_id=reminder.case_id,
        about_id=reminder.about_id,
        purpose=reminder.purpose,
        language=language,
        key=reminder.key,
        personalisation="{}",
        posted_at=work.now,
        due_at=reminder.due_at,
        send_before=reminder.send_before,
    )
