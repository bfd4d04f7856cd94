"""Everybody whom staff may want to write to at once, with all that decides whether they may.

One statement for all of them: whether a number is stopped or somebody else's too is asked of the
indexes beside each row.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    ColumnElement,
    Label,
    Row,
    Select,
    Subquery,
    cast,
    exists,
    func,
    literal,
    null,
    or_,
    select,
)
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from portal.clock import LONDON
from portal.domain.appointments import STANDING, AppointmentState
from portal.domain.audit import Actor
from portal.domain.cases import CaseState
from portal.domain.conditions import EvidenceKind, Progress
from portal.domain.contact_rules import ContactRules
from portal.domain.messages import BY_HAND, REMINDERS, Channel, MessageState, Purpose
from portal.domain.offenders import called
from portal.domain.recipients import Way
from portal.domain.reminders import OPEN
from portal.domain.runs import DUE_WITHIN, Choice
from portal.storage.keys import KeyRing, place
from portal.storage.message_tables import contact_rules, messages, stopped_contacts
from portal.storage.tables import appointments, audit_events, cases, conditions, offenders, victims

A_DAY = timedelta(days=1)
COUNTED = frozenset({*REMINDERS, Purpose.INVITATION})
"""Of these a person gets one a day at most."""
UNDER_WAY = (MessageState.QUEUED, MessageState.CLAIMED, MessageState.ACCEPTED, MessageState.DELIVERED)
UNSETTLED = frozenset({*OPEN, Progress.WAITING})
_REACHED = (MessageState.ACCEPTED, MessageState.DELIVERED)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody whom the message would be for, and what it would be about."""

    offender_id: UUID
    case_id: UUID
    about_id: UUID | None
    language: str
    ways: Sequence[Way]
    rules: ContactRules
    is_open: bool
    is_needed: bool
    starts_at: datetime | None
    due_on: date | None
    row: Row[*tuple[Any, ...]]
    """With what is still sealed."""

    def name(self, keys: KeyRing) -> str:
        """Both names, for staff."""
        return f"{self._opened(keys, 'first_names')} {self._opened(keys, 'last_name')}".strip()

    def called(self, keys: KeyRing) -> str:
        """How a message greets them."""
        return called(self._opened(keys, "first_names"), self._opened(keys, "last_name"))

    def phone(self, keys: KeyRing) -> str:
        """Their officer's."""
        return keys.open(self.row.officer_phone, place("cases", "officer_phone", self.case_id))

    def where(self, keys: KeyRing) -> str:
        """The place of the appointment; nothing, if it is about none."""
        if self.row.place is None or self.about_id is None:
            return ""
        return keys.open(self.row.place, place("appointments", "place", self.about_id))

    def _opened(self, keys: KeyRing, name: str) -> str:
        return keys.open(getattr(self.row, name), place("offenders", name, self.offender_id))


@dataclass(frozen=True, slots=True)
class OfTheDay:
    """A reminder that somebody got or will get."""

    id: UUID
    key: str
    purpose: Purpose
    about_id: UUID | None
    state: MessageState
    is_planned: bool
    at: datetime
    """When it was sent, or is due."""


_THEIRS = cases.alias("theirs")


def _none(column: Column[Any]) -> Label[Any]:
    """Nothing, where another selection has this column."""
    return cast(null(), column.type).label(column.name)


def _appointments(choice: Choice, *, now: datetime) -> Select[Any]:
    tomorrow = now.astimezone(LONDON).date() + A_DAY
    begins, ends = (datetime.combine(tomorrow + A_DAY * days, time(), LONDON) for days in (0, 1))
    query = select(
        appointments.c.case_id,
        appointments.c.id.label("about_id"),
        appointments.c.starts_at,
        appointments.c.place,
        _none(conditions.c.due_on),
        appointments.c.state.in_(STANDING).label("is_needed"),
    ).where(appointments.c.starts_at > now)
    if choice.purpose is Purpose.APPOINTMENT_TOMORROW:
        query = query.where(appointments.c.starts_at >= begins, appointments.c.starts_at < ends)
    else:
        query = query.where(appointments.c.starts_at >= ends)
    unsaid = (AppointmentState.OFFERED, AppointmentState.BOOKED)
    return query.where(appointments.c.state.in_(STANDING if choice.case_id else unsaid))


def _conditions(choice: Choice, *, now: datetime) -> Select[Any]:
    today = now.astimezone(LONDON).date()
    query = select(
        conditions.c.case_id,
        conditions.c.id.label("about_id"),
        _none(appointments.c.starts_at),
        _none(appointments.c.place),
        conditions.c.due_on,
        conditions.c.progress.in_(OPEN).label("is_needed"),
    ).where(
        conditions.c.due_on >= today,
        conditions.c.is_withdrawn.is_(False),
        conditions.c.evidence != EvidenceKind.NONE,
        conditions.c.progress.in_(UNSETTLED),
    )
    return query if choice.case_id else query.where(conditions.c.due_on <= today + A_DAY * DUE_WITHIN)


def _invitations(choice: Choice, *, now: datetime) -> Select[Any]:
    """Whoever signs in is shown their cases, and that is written down."""
    query = select(
        cases.c.id.label("case_id"),
        _none(appointments.c.id).label("about_id"),
        _none(appointments.c.starts_at),
        _none(appointments.c.place),
        _none(conditions.c.due_on),
        literal(1).label("is_needed"),
    )
    if choice.case_id:
        return query
    was_invited = exists().where(
        messages.c.offender_id == cases.c.offender_id,
        messages.c.purpose == Purpose.INVITATION,
        messages.c.state.in_(_REACHED),
    )
    came = exists().where(
        _THEIRS.c.offender_id == cases.c.offender_id,
        audit_events.c.case_id == _THEIRS.c.id,
        audit_events.c.actor == Actor.OFFENDER,
    )
    return query.where(cases.c.state == CaseState.OPEN, was_invited, ~came)


_SELECTIONS = {
    Purpose.APPOINTMENT_TOMORROW: _appointments,
    Purpose.APPOINTMENT_IN_A_WEEK: _appointments,
    Purpose.CONDITION_DUE: _conditions,
    Purpose.INVITATION: _invitations,
}


def _selection(choice: Choice, force: str, *, now: datetime) -> Subquery:
    chosen = _SELECTIONS[choice.purpose](choice, now=now).subquery("chosen")
    query = (
        select(chosen, cases.c.offender_id, cases.c.state, cases.c.officer_phone)
        .join(cases, cases.c.id == chosen.c.case_id)
        .where(cases.c.force == force)
    )
    return (query.where(cases.c.id == choice.case_id) if choice.case_id else query).subquery("selected")


_OTHERS = offenders.alias("others")


def _is_shared(index: str) -> ColumnElement[bool]:
    of_another = exists().where(
        _OTHERS.c[index] == offenders.c[index], _OTHERS.c.identity_index != offenders.c.identity_index
    )
    return or_(of_another, exists().where(victims.c[index] == offenders.c[index]))


def _is_stopped(index: str) -> ColumnElement[bool]:
    return exists().where(stopped_contacts.c.contact_index == offenders.c[index])


_WAYS = {Channel.SMS: "mobile", Channel.EMAIL: "email"}
_FLAGS = [
    column
    for way in _WAYS.values()
    for column in (
        offenders.c[way].is_not(None).label(f"has_{way}"),
        _is_stopped(f"{way}_index").label(f"{way}_is_stopped"),
        _is_shared(f"{way}_index").label(f"{way}_is_shared"),
    )
]
_RULES = ("channel", "is_discreet", "times", "paused_until", "in_custody", "opted_out", "arm")


async def candidates(
    records: AsyncConnection | AsyncSession, force: str, choice: Choice, *, now: datetime
) -> Sequence[Candidate]:
    """Everybody of the force whom the choice names, what is soonest first; a person may be named twice."""
    selected = _selection(choice, force, now=now)
    query = (
        select(
            selected,
            *(offenders.c.first_names, offenders.c.last_name, offenders.c.language),
            *_FLAGS,
            contact_rules.c.id.label("rules_id"),
            *(contact_rules.c[name] for name in _RULES),
        )
        .join(offenders, offenders.c.id == selected.c.offender_id)
        .outerjoin(contact_rules, contact_rules.c.id == offenders.c.id)
        .order_by(selected.c.starts_at, selected.c.due_on, selected.c.case_id)
    )
    return [_candidate(row) for row in await records.execute(query)]


def _candidate(row: Row[*tuple[Any, ...]]) -> Candidate:
    given = {name: getattr(row, name) for name in _RULES} if row.rules_id else {}
    ways = [
        Way(channel, bool(getattr(row, f"{way}_is_stopped")), bool(getattr(row, f"{way}_is_shared")))
        for channel, way in _WAYS.items()
        if getattr(row, f"has_{way}")
    ]
    return Candidate(
        *(row.offender_id, row.case_id, row.about_id, row.language, ways),
        ContactRules(id=row.offender_id, **given),
        *(row.state is CaseState.OPEN, bool(row.is_needed), row.starts_at, row.due_on, row),
    )


async def reminders_of_the_day(
    records: AsyncConnection | AsyncSession, force: str, choice: Choice, *, now: datetime
) -> dict[UUID, list[OfTheDay]]:
    """For each of them, what they got today and what is still to come."""
    midnight = datetime.combine(now.astimezone(LONDON).date(), time(), LONDON)
    selected = _selection(choice, force, now=now)
    at = func.coalesce(messages.c.sent_at, messages.c.due_at, type_=messages.c.due_at.type)
    query = select(
        *(messages.c.offender_id, messages.c.id, messages.c.key, messages.c.purpose),
        *(messages.c.about_id, messages.c.state, messages.c.instead_of, at.label("at")),
    ).where(
        messages.c.offender_id.in_(select(selected.c.offender_id)),
        messages.c.purpose.in_(sorted(COUNTED)),
        messages.c.state.in_(UNDER_WAY),
        or_(messages.c.state == MessageState.QUEUED, at >= midnight),
    )
    found: dict[UUID, list[OfTheDay]] = {}
    for row in await records.execute(query):
        is_planned = not row.key.startswith(f"{BY_HAND}:") and row.instead_of is None
        found.setdefault(row.offender_id, []).append(
            OfTheDay(row.id, row.key, row.purpose, row.about_id, row.state, is_planned, row.at)
        )
    return found
