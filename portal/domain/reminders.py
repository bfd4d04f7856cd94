"""Which reminders a person should get, and when: a pure function of what is known now.

The hours rest on evidence: one reminder on the evening before cut missed appointments by 29% in
a trial, and two days before alone did nothing.  They are a force's to change.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from portal.clock import LONDON
from portal.domain.appointments import STANDING, Appointment
from portal.domain.conditions import Condition, EvidenceKind, Progress
from portal.domain.messages import Purpose

A_DAY = timedelta(days=1)
OPEN = frozenset({Progress.NOT_STARTED, Progress.IN_PROGRESS})
"""Something is left for the person to do."""


@dataclass(frozen=True)
class ReminderRules:
    """A force's hours, of London, and days."""

    evening_before: time = time(18)
    week_before: time = time(10)
    booked_ahead: timedelta = timedelta(days=10)
    """A week's notice only for what was booked at least this long before."""
    due_days: tuple[int, ...] = (14, 7, 2)
    due_hour: time = time(10)
    due_today: time = time(9)
    day_ends: time = time(21)


OUR_RULES = ReminderRules()


@dataclass(frozen=True)
class Reminder:
    """A message that should exist."""

    key: str
    """The same for the same reminder, whenever it is planned."""
    purpose: Purpose
    case_id: UUID
    about_id: UUID
    due_at: datetime
    send_before: datetime


@dataclass(frozen=True)
class _Wish:
    """A reminder on its best day, and how far it may slide when that day is taken."""

    key: str
    purpose: Purpose
    case_id: UUID
    about_id: UUID
    day: date
    hour: time
    last_day: date
    is_urgent: bool = False

    def on(self, day: date, rules: ReminderRules) -> Reminder:
        """The reminder, when it goes on this day."""
        return Reminder(
            self.key,
            self.purpose,
            self.case_id,
            self.about_id,
            datetime.combine(day, self.hour, LONDON),
            datetime.combine(day, rules.day_ends, LONDON),
        )


def plan(
    appointments: Iterable[Appointment],
    conditions: Iterable[Condition],
    *,
    now: datetime,
    done: Collection[str] = (),
    taken: Collection[date] = (),
    rules: ReminderRules = OUR_RULES,
) -> list[Reminder]:
    """The reminders that one person should still get.

    The evening before an appointment always; of all else at most one a day, the nearest first:
    what finds its day taken slides on, and is left out where it would come too late to be of use.

    Args:
        appointments: theirs, in any state; those that do not stand get no reminder.
        conditions: theirs, of open cases; those met, and those watched by report, get none.
        now: only what lies after it is planned.
        done: keys of reminders that were sent, or can no longer be changed.
        taken: days of London on which a reminder was sent.
        rules: the force's hours and days.
    """
    wishes = [*_of_appointments(appointments, rules), *_of_conditions(conditions, rules)]
    days = set(taken)
    planned = []
    for wish in sorted(wishes, key=lambda wish: (not wish.is_urgent, wish.last_day, wish.day, wish.key)):
        if wish.key in done:
            continue
        day = wish.day
        while not wish.is_urgent and day in days and day < wish.last_day:
            day += A_DAY
        reminder = wish.on(day, rules)
        if reminder.due_at > now and (wish.is_urgent or day not in days):
            days.add(day)
            planned.append(reminder)
    return sorted(planned, key=lambda reminder: (reminder.due_at, reminder.key))


def _of_appointments(appointments: Iterable[Appointment], rules: ReminderRules) -> Iterator[_Wish]:
    for appointment in appointments:
        if appointment.state not in STANDING:
            continue
        day = appointment.starts_at.astimezone(LONDON).date()
        about = appointment.case_id, appointment.id
        yield _Wish(
            f"tomorrow:{appointment.id}:{day}",
            Purpose.APPOINTMENT_TOMORROW,
            *about,
            day - A_DAY,
            rules.evening_before,
            day - A_DAY,
            is_urgent=True,
        )
        if appointment.starts_at - appointment.booked_at >= rules.booked_ahead:
            yield _Wish(
                f"week:{appointment.id}:{day}",
                Purpose.APPOINTMENT_IN_A_WEEK,
                *about,
                day - 7 * A_DAY,
                rules.week_before,
                day - 3 * A_DAY,
            )


def _of_conditions(conditions: Iterable[Condition], rules: ReminderRules) -> Iterator[_Wish]:
    for condition in conditions:
        is_open = condition.progress in OPEN and not condition.is_withdrawn
        if not is_open or condition.evidence is EvidenceKind.NONE:
            continue
        about = condition.case_id, condition.id
        nearer = (*rules.due_days[1:], 0)
        for ahead, following in zip(rules.due_days, nearer, strict=True):
            yield _Wish(
                f"due:{condition.id}:{condition.due_on}:{ahead}",
                Purpose.CONDITION_DUE,
                *about,
                condition.due_on - ahead * A_DAY,
                rules.due_hour,
                condition.due_on - (following + 1) * A_DAY,
            )
        yield _Wish(
            f"due:{condition.id}:{condition.due_on}:0",
            Purpose.CONDITION_DUE,
            *about,
            condition.due_on,
            rules.due_today,
            condition.due_on,
        )
