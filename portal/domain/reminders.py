"""Which reminders a person should get, and when: a pure function of what is known now.

The hours rest on evidence: one reminder on the evening before cut missed appointments by 29% in
a trial, and two days before alone did nothing.  They are a force's to change.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Self
from uuid import UUID

from portal.clock import LONDON
from portal.domain.appointments import STANDING, Appointment, AppointmentState
from portal.domain.conditions import Condition, EvidenceKind, Progress
from portal.domain.messages import Purpose
from portal.domain.windows import QUIET_FROM, QUIET_TO, WAKING, Window
from portal.errors import Misconfigured
from portal.settings import ForceSettings

A_DAY = timedelta(days=1)
MOST_DAYS = 60
DAYS_TO_ASK = 2
"""After a missed appointment: later the question would only puzzle."""
OPEN = frozenset({Progress.NOT_STARTED, Progress.IN_PROGRESS})
"""Something is left for the person to do."""


@dataclass(frozen=True)
class ReminderRules:
    """A force's hours, of London, and days."""

    evening_before: time = time(18)
    week_before: time = time(10)
    booked_ahead: timedelta = timedelta(days=10)
    """A week's notice only for what was booked at least this long before."""
    missed: time = time(18)
    due_days: tuple[int, ...] = (14, 7, 2)
    due_hour: time = time(10)
    due_today: time = time(9)

    @classmethod
    def of(cls, force: ForceSettings) -> Self:
        """Those of one force.

        Raises:
            Misconfigured: if they would wake people, or make no sense.
        """
        hours = (force.evening_before, force.week_before, force.due_hour, force.due_today)
        if not all(QUIET_TO <= hour < QUIET_FROM for hour in hours):
            raise Misconfigured("PORTAL_FORCES_FILE: reminders go between 08:00 and 21:00")
        days = force.due_days
        if list(days) != sorted(set(days), reverse=True) or not all(0 < day <= MOST_DAYS for day in days):
            raise Misconfigured("PORTAL_FORCES_FILE: due_days before, the most first: [14, 7, 2]")
        evening, week, due, today = hours
        return cls(evening_before=evening, week_before=week, due_days=days, due_hour=due, due_today=today)


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
    may_be_late: bool = False
    """Whether it slides too when it was wished for after its hour."""

    def on(self, day: date, window: Window) -> Reminder:
        """The reminder, when it goes on this day."""
        return Reminder(
            self.key,
            self.purpose,
            self.case_id,
            self.about_id,
            datetime.combine(day, window.fit(self.hour), LONDON),
            datetime.combine(day, QUIET_FROM, LONDON),
        )


def plan(
    appointments: Iterable[Appointment],
    conditions: Iterable[Condition],
    *,
    now: datetime,
    done: Collection[str] = (),
    taken: Collection[date] = (),
    rules: ReminderRules = OUR_RULES,
    window: Window = WAKING,
) -> list[Reminder]:
    """The reminders that one person should still get.

    The evening before an appointment always; of all else at most one a day, the nearest first:
    what finds its day taken slides on, and is left out where it would come too late to be of use.
    Each goes at the force's hour, or as near to it as the hours that the person chose allow.

    Args:
        appointments: theirs, in any state; those that do not stand get no reminder, those missed a question.
        conditions: theirs, of open cases; those met, and those watched by report, get none.
        now: only what lies after it is planned.
        done: keys of reminders that were sent, or can no longer be changed.
        taken: days of London on which a reminder was sent.
        rules: the force's hours and days.
        window: the hours that the person chose.
    """
    wishes = [*_of_appointments(appointments, rules), *_of_conditions(conditions, rules)]
    days = set(taken)
    planned = []
    for wish in sorted(wishes, key=lambda wish: (not wish.is_urgent, wish.last_day, wish.day, wish.key)):
        reminder = None if wish.key in done else _placed(wish, days, now=now, window=window)
        if reminder is not None:
            days.add(reminder.due_at.date())
            planned.append(reminder)
    return sorted(planned, key=lambda reminder: (reminder.due_at, reminder.key))


def _placed(wish: _Wish, taken: Collection[date], *, now: datetime, window: Window) -> Reminder | None:
    """The reminder on the first day that it can have, if there is one."""
    for ahead in range((wish.last_day - wish.day).days + 1):
        day = wish.day + ahead * A_DAY
        if day in taken and not wish.is_urgent:
            continue
        reminder = wish.on(day, window)
        if reminder.due_at > now:
            return reminder
        if not wish.may_be_late:
            return None
    return None


def _of_appointments(appointments: Iterable[Appointment], rules: ReminderRules) -> Iterator[_Wish]:
    for appointment in appointments:
        day = appointment.starts_at.astimezone(LONDON).date()
        if appointment.state is AppointmentState.MISSED:
            yield _missed(appointment, day, rules)
        elif appointment.state in STANDING:
            yield from _ahead(appointment, day, rules)


def _missed(appointment: Appointment, day: date, rules: ReminderRules) -> _Wish:
    """Tell us why, or book again: the same evening, or the next where that is over."""
    return _Wish(
        f"missed:{appointment.id}:{day}",
        Purpose.APPOINTMENT_MISSED,
        appointment.case_id,
        appointment.id,
        day,
        rules.missed,
        day + DAYS_TO_ASK * A_DAY,
        may_be_late=True,
    )


def _ahead(appointment: Appointment, day: date, rules: ReminderRules) -> Iterator[_Wish]:
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
