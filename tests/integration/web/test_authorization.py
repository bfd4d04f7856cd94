"""Every route, opened by everybody: whoever may not is refused, and has changed nothing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import product
from typing import Any
from uuid import uuid4

import pytest
from litestar import Litestar

from portal.domain.audit import Event
from portal.domain.offenders import Offender
from portal.domain.staff import StaffMember
from portal.storage import sessions
from portal.storage.database import Database
from portal.storage.sessions import Session, Stage
from portal.web import csrf
from tests.integration.web.matrix import MATRIX, REFUSALS, SIGN_IN, Answer, Who
from tests.making import NOW, a_case, a_link, a_run, a_staff_member, a_task, an_offender
from tests.records import events_of, records_of
from tests.visitor import FROM_OUR_PAGE, Visitor, litestar_of, routes_of, site_of

SIGN_IN_PAGES = {"offender": "/signed-out", "staff": "/staff/sign-in"}
TOKEN = "a-link-of-the-offender"
A_WHILE = timedelta(minutes=21)
"""After which three of anything fit into an hour."""
DEAD = (Who.EXPIRED, Who.SIGNED_OUT)
A_FEW = (Who.NOBODY, Who.OFFENDER, Who.OFFICER)
OTHER_METHODS = ("OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND")


@dataclass(frozen=True)
class Request:
    """One way to ask for one route."""

    method: str
    name: str
    surface: str
    path: str
    places: Mapping[str, str]
    """What fills the gaps of paths."""

    def expected(self, who: Who) -> Answer:
        """What the matrix says, as the browser sees it."""
        answer = MATRIX[f"{self.method} {self.name}"][who]
        if answer == SIGN_IN:
            return SIGN_IN_PAGES[self.surface]
        return answer.format(**self.places) if isinstance(answer, str) else answer

    @property
    def fields(self) -> dict[str, str]:
        """What its form sends: of the person's own case, where it names one."""
        case, key = self.places["case_id"], self.places["new_run_id"]
        return {"version": "1", "to": "invitation", "case": case, "key": key, "channel": "sms"}

    def is_refused_to(self, who: Who) -> bool:
        return MATRIX[f"{self.method} {self.name}"][who] in REFUSALS


async def refusals_of(database: Database) -> list[Event]:
    """What was written down of doors that did not open."""
    return [event for event in await events_of(database) if event.deed == "access.refused"]


def requests_of(app: Litestar, places: Mapping[str, str]) -> Iterator[Request]:
    """Every route of the real table, about one person's records."""
    for method, handler, path in routes_of(app):
        name = "help" if handler.name == "public.page" else places["asset"]
        yield Request(
            method, str(handler.name), handler.opt["surface"], path.format(**places, name=name), places
        )


@dataclass(frozen=True)
class World:
    """A person's case, and everybody who might want to look at it."""

    visitor: Visitor
    offender: Offender
    other: Offender
    colleagues: Mapping[Who, StaffMember]

    async def begin(self, who: Who) -> Session | None:
        """A session of theirs, as their browser still has it."""
        if who is Who.NOBODY:
            return None
        now = self.visitor.clock.now()
        begun_at = now - timedelta(hours=3) if who is Who.EXPIRED else now
        async with self.visitor.database.noting() as connection:
            session = await sessions.begin(connection, now=begun_at, **self._proven_by(who))
            if who is Who.SIGNED_OUT:
                await sessions.revoke(connection, session, now=now)
        return session

    def _proven_by(self, who: Who) -> dict[str, Any]:
        if who is Who.ASKED:
            return {"surface": "offender", "stage": Stage.ASKED}
        if who is Who.HALF_WAY:
            return {"surface": "staff", "stage": Stage.PASSWORD, "claim_id": self.colleagues[Who.OFFICER].id}
        person = self.person(who) or self.offender
        return {
            "surface": "staff" if who in self.colleagues else "offender",
            "stage": Stage.SIGNED_IN,
            "person_id": person.id,
            "force": person.force,
        }

    def person(self, who: Who) -> Any:
        """Who that is, if they are signed in; an account that was closed is signed in all the same."""
        known = {Who.OFFENDER: self.offender, Who.OTHER_OFFENDER: self.other, **self.colleagues}
        return known.get(who)

    async def ask(self, request: Request, who: Who, session: Session | None) -> Answer:
        """What somebody is told who sends a form of our own, in the session that they have."""
        self.visitor.client.cookies.clear()
        if session:
            name = f"__Host-{session.surface}"
            self.visitor.client.cookies.set(name, session.id, domain="portal.test", path="/")
        page = await self.visitor.ask(
            request.method, request.path, headers=FROM_OUR_PAGE, data=self._form(request, who, session)
        )
        return page.location or page.status

    def _form(self, request: Request, who: Who, session: Session | None) -> dict[str, str] | None:
        if request.method != "POST":
            return None
        known = session if session and session.surface == request.surface and who not in DEAD else None
        token = csrf.token(self.visitor.database.keys, request.surface, known)
        return {"csrf": token} | request.fields


@pytest.fixture
async def world(keep, visitor, offender):
    colleagues = {
        Who.OFFICER: a_staff_member(),
        Who.OTHER_FORCE: a_staff_member(force="01"),
        Who.DISABLED: a_staff_member(disabled_at=NOW),
    }
    other = an_offender()
    await keep(other, a_case(other), *colleagues.values())
    return World(visitor, offender, other, colleagues)


@pytest.fixture
async def requests(app, keep, case, offender, appointment, member):
    task, run = a_task(offender, case_id=case.id), a_run(member)
    await keep(a_link(offender, token=TOKEN), task, run)
    places = {
        "token": TOKEN,
        "case_id": str(case.id),
        "appointment_id": str(appointment.id),
        "task_id": str(task.id),
        "run_id": str(run.id),
        "new_run_id": str(uuid4()),
        "asset": site_of(app).assets.url("app.css").rpartition("/")[2],
    }
    return list(requests_of(litestar_of(app), places))


async def test_whoever_may_not_is_refused_and_changes_nothing(world, requests, database):
    for request, who in product(requests, Who):
        if request.is_refused_to(who):
            session = await world.begin(who)
            before = await records_of(database)

            told = len(await refusals_of(database))

            answer = await world.ask(request, who, session)

            assert answer == request.expected(who), (request, who)
            assert await records_of(database) == before, (request, who)
            written = [(each.actor_id, each.details["route"]) for each in await refusals_of(database)][told:]
            person = world.person(who) if request.surface in SIGN_IN_PAGES else None
            assert written == ([(person.id, request.name)] if person else []), (request, who)


async def test_whoever_may_is_let_in_and_looking_changes_nothing(world, requests, database):
    for request, who in product(requests, Who):
        if not request.is_refused_to(who):
            session = await world.begin(who)
            before = await records_of(database)

            answer = await world.ask(request, who, session)

            assert answer == request.expected(who), (request, who)
            assert await refusals_of(database) == [], (request, who)
            assert request.method == "POST" or await records_of(database) == before, (request, who)
            world.visitor.clock.moment += A_WHILE if request.method == "POST" else timedelta(0)


async def test_a_head_is_answered_like_a_get_and_changes_nothing(world, requests, database):
    sessions_of = {who: await world.begin(who) for who in Who}
    before = await records_of(database)
    gets = [request for request in requests if request.method == "GET"]
    for request, who in product(gets, Who):
        answer = await world.ask(replace(request, method="HEAD"), who, sessions_of[who])

        assert answer == request.expected(who), (request, who)
    assert await records_of(database) == before


async def test_no_other_method_does_anything(world, requests, database):
    sessions_of = {who: await world.begin(who) for who in A_FEW}
    before = await records_of(database)
    for request in {request.path: request for request in requests}.values():
        is_page = any(each.path == request.path and each.method == "GET" for each in requests)
        for method, who in product(OTHER_METHODS if is_page else (*OTHER_METHODS, "HEAD"), A_FEW):
            answer = await world.ask(replace(request, method=method), who, sessions_of[who])

            allowed = (204, SIGN_IN_PAGES.get(request.surface)) if method == "OPTIONS" else (405,)
            assert answer in allowed, (method, request, who, answer)
    assert await records_of(database) == before


def test_every_route_has_a_row_and_every_row_a_route(requests):
    assert {f"{request.method} {request.name}" for request in requests} == MATRIX.keys()


def test_every_row_speaks_of_everybody():
    assert all(row.keys() == set(Who) for row in MATRIX.values())
