"""Records that put something on every page, and a session for everybody who looks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from portal.domain.appointments import AppointmentState
from portal.domain.audit import Actor as Doer
from portal.domain.cases import Case, CaseState
from portal.domain.conditions import Condition, ConditionKind, EvidenceKind, Progress
from portal.domain.messages import Channel, MessageState, Purpose
from portal.domain.offenders import Offender
from portal.domain.regimes import Regime
from portal.domain.staff import StaffMember
from portal.storage import sessions
from portal.storage.audit import AuditEvents
from portal.storage.database import Database
from portal.storage.keys import new_token
from portal.storage.sessions import Stage
from tests.making import (
    NOW,
    a_case,
    a_condition,
    a_link,
    a_message,
    a_reading,
    a_staff_member,
    an_appointment,
    an_event,
    an_offender,
    contact_rules_of,
)
from tests.walk.desk import fill_desk
from tests.walk.listing import Actor

FORCE, LARGE_FORCE, EMPTY_FORCE = "01", "60", "20"
MORE_THAN_A_PAGEFUL = 30
TOLD: tuple[tuple[str, Doer, dict[str, str | int]], ...] = (
    ("case.imported", Doer.INTAKE, {}),
    ("invitation.posted", Doer.PORTAL, {}),
    ("message.accepted", Doer.PORTAL, {"purpose": "invitation", "channel": "sms"}),
    ("message.delivered", Doer.NOTIFY, {"purpose": "invitation"}),
    ("message.held", Doer.PORTAL, {"purpose": "invitation", "reason": "shared_contact"}),
    ("conditions.shown", Doer.OFFENDER, {}),
    ("conditions.read", Doer.OFFENDER, {"version": 1}),
    ("appointment.given", Doer.STAFF, {}),
    ("appointment.confirmed", Doer.OFFENDER, {}),
)
TO_DO: tuple[dict[str, Any], ...] = (
    {},
    {
        "title": "Finish the online course",
        "evidence": EvidenceKind.CERTIFICATE,
        "provider": None,
        "hours": None,
    },
    {
        "title": "Pay for the broken window",
        "kind": ConditionKind.REPARATIVE,
        "evidence": EvidenceKind.RECEIPT,
        "amount_pence": 8500,
        "hours": None,
        "progress": Progress.IN_PROGRESS,
    },
    {"title": "Write a letter to say sorry", "evidence": EvidenceKind.LETTER, "progress": Progress.WAITING},
    {"title": "Do not enter the shop", "kind": ConditionKind.RESTRICTIVE, "evidence": EvidenceKind.NONE},
    {"title": "Go to the first meeting", "progress": Progress.MET},
    {"title": "Go to the second meeting", "progress": Progress.EXCUSED},
)


@dataclass(frozen=True)
class Filled:
    """What the walk has to know of the records."""

    names: Mapping[str, str]
    """What fills the gaps in the paths of the listing."""
    cookies: Mapping[Actor, tuple[str, str]]
    """The surface and the id of the session of each actor who has one."""


async def fill(database: Database) -> Filled:
    """Put everything into an empty database."""
    async with database.changing() as session:
        filler = _Filler(session)
        return await filler.fill()


class _Filler:
    def __init__(self, session: AsyncSession) -> None:
        self.session = session
        self.names: dict[str, str] = {}
        self.cookies: dict[Actor, tuple[str, str]] = {}

    async def fill(self) -> Filled:
        busy, case = self.a_person_with(TO_DO)
        self.names["case"] = str(case.id)
        self.give_appointments(case)
        self.send_messages(busy)
        twice, first = self.a_person_with(TO_DO[:2], regime=Regime.DEFERRED_PROSECUTION)
        other = self.a_case_of(twice, TO_DO[2:3], regime=Regime.COMMUNITY_RESOLUTION)
        done, _ = self.a_person_with((), state=CaseState.FINISHED, regime=Regime.COMMUNITY_CAUTION)
        nameless = an_offender(force=FORCE, first_names="", last_name="Priyanka", mobile=None, email=None)
        self.names["bare"] = str(self.a_case_of(nameless, TO_DO[:1]).id)
        for _ in range(MORE_THAN_A_PAGEFUL):
            self.a_person_with(TO_DO[:1], force=LARGE_FORCE)
        self.names["token"] = new_token()
        self.session.add(a_link(busy, token=self.names["token"]))
        self.session.add_all([a_reading(first), a_reading(other)])
        await self.session.flush()
        await self.tell_of(case)
        for actor, person in ((Actor.BUSY, busy), (Actor.TWICE, twice), (Actor.DONE, done)):
            await self.sign_in(actor, "offender", person.id, FORCE)
        await self.begin(Actor.ASKED, "offender", Stage.ASKED)
        members = await self.sign_in_staff()
        self.names |= fill_desk(self.session, busy, case, members[Actor.STAFF])
        return Filled(self.names, self.cookies)

    def send_messages(self, person: Offender) -> None:
        """One of each end that a message can come to, as far as the person is told."""
        self.session.add(contact_rules_of(person, paused_until=NOW.date() + timedelta(days=7)))
        ends: tuple[tuple[MessageState, str | None], ...] = (
            (MessageState.ACCEPTED, None),
            (MessageState.DELIVERED, None),
            (MessageState.FAILED, "permanent-failure"),
            (MessageState.FAILED, "temporary-failure"),
            (MessageState.FAILED, "400 ValidationError"),
        )
        for channel in Channel:
            for purpose, (state, failure) in zip(Purpose, ends, strict=False):
                sent = {"channel": channel, "state": state, "failure": failure, "sent_at": NOW}
                self.session.add(a_message(person, purpose=purpose, **sent))

    def a_person_with(
        self, to_do: tuple[dict[str, Any], ...], *, force: str = FORCE, **changes: Any
    ) -> tuple[Offender, Case]:
        person = an_offender(force=force)
        return person, self.a_case_of(person, to_do, **changes)

    def a_case_of(self, person: Offender, to_do: tuple[dict[str, Any], ...], **changes: Any) -> Case:
        case = a_case(person, **changes)
        self.session.add_all([person, case])
        self.session.add_all(self.conditions_of(case, to_do))
        return case

    def conditions_of(self, case: Case, to_do: tuple[dict[str, Any], ...]) -> list[Condition]:
        due_on = date(2026, 12, 7)
        return [
            a_condition(case, due_on=due_on + timedelta(days=position), **condition)
            for position, condition in enumerate(to_do)
        ]

    def give_appointments(self, case: Case) -> None:
        states: dict[str, dict[str, Any]] = {
            "offered": {"state": AppointmentState.OFFERED},
            "confirmed": {"state": AppointmentState.CONFIRMED, "confirmed_at": NOW},
            "begun": {"state": AppointmentState.BOOKED, "starts_at": NOW - timedelta(minutes=5)},
            "cancelled": {"state": AppointmentState.CANCELLED},
        }
        for days, (name, state) in enumerate(states.items()):
            given = an_appointment(case, **{"starts_at": NOW + timedelta(days=3 + days)} | state)
            self.session.add(given)
            self.names[name] = str(given.id)

    async def tell_of(self, case: Case) -> None:
        events = [
            an_event(deed=deed, actor=doer, case_id=case.id, force=case.force, details=details)
            for deed, doer, details in TOLD
        ]
        await AuditEvents(self.session).add(*events)

    async def sign_in_staff(self) -> Mapping[Actor, StaffMember]:
        forces = {
            Actor.STAFF: FORCE,
            Actor.STAFF_OF_MANY: LARGE_FORCE,
            Actor.STAFF_OF_NONE: EMPTY_FORCE,
            Actor.HALFWAY: FORCE,
        }
        members: dict[Actor, StaffMember] = {
            actor: a_staff_member(force=force) for actor, force in forces.items()
        }
        self.session.add_all(members.values())
        await self.session.flush()
        for actor, member in members.items():
            if actor is Actor.HALFWAY:
                await self.begin(actor, "staff", Stage.PASSWORD, claim_id=member.id)
            else:
                await self.sign_in(actor, "staff", member.id, member.force)
        return members

    async def sign_in(self, actor: Actor, surface: str, person_id: UUID, force: str) -> None:
        await self.begin(actor, surface, Stage.SIGNED_IN, person_id=person_id, force=force)

    async def begin(self, actor: Actor, surface: str, stage: Stage, **whose: Any) -> None:
        session = await sessions.begin(self.session, surface=surface, stage=stage, now=NOW, **whose)
        self.cookies[actor] = (surface, session.id)
