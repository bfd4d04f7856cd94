"""What a service needs of the world: our records, who acts, and the moment it acts at.

*Work* changes things and is one transaction.  A *look* only reads, by plain statements on one
connection, since pages must be fast; whose record was looked at is written down before the
page is sent, and if that fails there is no page.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from portal.domain.audit import Actor, Event, LoggedAs
from portal.errors import NotSignedIn
from portal.settings import OUR_DEFAULTS, ForceSettings
from portal.storage.appointments import Appointments
from portal.storage.arms import ArmTallies
from portal.storage.audit import AuditEvents
from portal.storage.brakes import Brakes
from portal.storage.cases import Cases
from portal.storage.contact_rules import AllContactRules
from portal.storage.database import Database
from portal.storage.keys import KeyRing
from portal.storage.links import Codes, Links
from portal.storage.messages import Outbox
from portal.storage.notes import Note, Row
from portal.storage.offences import Offences
from portal.storage.offenders import Offenders
from portal.storage.replies import Replies
from portal.storage.runs import Runs
from portal.storage.sessions import Session, touch, touched
from portal.storage.staff import StaffMembers
from portal.storage.tasks import Tasks
from portal.storage.victims import Victims


@dataclass(frozen=True)
class Who:
    """Who acts: a kind of actor, and which one."""

    actor: Actor
    id: UUID | None = None
    force: str | None = None
    session: Session | None = None

    @property
    def person(self) -> UUID:
        """The person who acts, where the guard has let only persons in."""
        if self.id is None:
            raise NotSignedIn(self.actor)
        return self.id


@dataclass(frozen=True)
class UnitOfWork:
    """One transaction.  The moment is read once, so all that it writes carries the same time."""

    session: AsyncSession
    keys: KeyRing
    now: datetime
    who: Who
    of_force: Callable[[str], ForceSettings] = lambda _: OUR_DEFAULTS
    """What a force chose for itself, by its code."""

    @cached_property
    def audit(self) -> AuditEvents:
        """What was done."""
        return AuditEvents(self.session)

    @cached_property
    def outbox(self) -> Outbox:
        """Messages on their way."""
        return Outbox(self.session)

    @cached_property
    def cases(self) -> Cases:
        """Cases with their conditions."""
        return Cases(self.session)

    @cached_property
    def offenders(self) -> Offenders:
        """Those who got a resolution."""
        return Offenders(self.session, self.keys)

    @cached_property
    def appointments(self) -> Appointments:
        """Appointments given to offenders."""
        return Appointments(self.session)

    @cached_property
    def contact_rules(self) -> AllContactRules:
        """How people want to be written to."""
        return AllContactRules(self.session, self.keys)

    @cached_property
    def tasks(self) -> Tasks:
        """What is left to staff."""
        return Tasks(self.session)

    @cached_property
    def links(self) -> Links:
        """Secret addresses sent to offenders."""
        return Links(self.session)

    @cached_property
    def codes(self) -> Codes:
        """Codes sent to those who asked to sign in."""
        return Codes(self.session)

    def event(  # of who acts here, at this moment
        self,
        deed: str,
        logged_as: LoggedAs,
        *,
        force: str | None = None,
        case_id: UUID | None = None,
        record_id: UUID | None = None,
        **details: str | int,
    ) -> Event:
        """What is done here, to be written down."""
        return Event(
            at=self.now,
            actor=self.who.actor,
            actor_id=self.who.id,
            deed=deed,
            logged_as=logged_as,
            force=force or self.who.force,
            case_id=case_id,
            record_id=record_id,
            details=details,
        )

    async def record(  # an event of who acts here, at this moment
        self,
        deed: str,
        logged_as: LoggedAs,
        *,
        force: str | None = None,
        case_id: UUID | None = None,
        record_id: UUID | None = None,
        **details: str | int,
    ) -> None:
        """Write down what was done, in this very transaction."""
        await self.audit.add(
            self.event(deed, logged_as, force=force, case_id=case_id, record_id=record_id, **details)
        )


@dataclass(frozen=True)
class OffenderWork(UnitOfWork):
    """An offender's.  It has no victims at all."""


@dataclass(frozen=True)
class StaffWork(UnitOfWork):
    """A member of staff's."""

    @cached_property
    def staff(self) -> StaffMembers:
        """Colleagues, for signing in."""
        return StaffMembers(self.session, self.keys)

    @cached_property
    def runs(self) -> Runs:
        """What staff sent to many at once."""
        return Runs(self.session)

    @cached_property
    def replies(self) -> Replies:
        """Texts that came in."""
        return Replies(self.session, self.keys)


@dataclass(frozen=True)
class WholeWork(StaffWork):
    """The intake's and the worker's: they serve both sides, and so must see both."""

    @cached_property
    def victims(self) -> Victims:
        """Those harmed."""
        return Victims(self.session, self.keys)

    @cached_property
    def arms(self) -> ArmTallies:
        """How many have which wording."""
        return ArmTallies(self.session)

    @cached_property
    def brakes(self) -> Brakes:
        """What is not to be sent for a while."""
        return Brakes(self.session)

    @cached_property
    def offences(self) -> Offences:
        """The published list of offences."""
        return Offences(self.session)


@dataclass(frozen=True)
class Look:
    """One consistent look at records, by plain statements."""

    connection: AsyncConnection
    keys: KeyRing
    now: datetime
    who: Who
    seen: list[Row] = field(default_factory=list)
    """Audit events as rows: a page makes no objects of what it only writes down."""
    told: list[Row] = field(default_factory=list)

    def tell_of(self, run_id: UUID) -> None:
        """Whoever began a run reads here what became of it; they are told once."""
        self.told.append({"of": run_id, "told": self.now})

    def saw(
        self,
        deed: str,
        *,
        force: str | None = None,
        case_id: UUID | None = None,
        record_id: UUID | None = None,
    ) -> None:
        """A person's record was shown: it is written down before the page goes out (DPA 2018 s.62)."""
        who = self.who
        self.seen.append(
            {
                "at": self.now,
                "actor": who.actor,
                "actor_id": who.id,
                "deed": deed,
                "logged_as": LoggedAs.CONSULTATION,
                "force": force or who.force,
                "case_id": case_id,
                "record_id": record_id,
                "details": {},
            }
        )


Kind = TypeVar("Kind", bound=UnitOfWork)


@asynccontextmanager
async def unit_of_work(
    database: Database, kind: type[Kind], *, now: datetime, who: Who, in_bulk: bool = False
) -> AsyncIterator[Kind]:
    """Begin a unit of work; commit it if the block ends, undo it if the block raises.

    Work ``in_bulk`` adds thousands of records, each whole when it is added (see `storage/bulk.py`).
    """
    async with database.changing_much() if in_bulk else database.changing() as session:
        if who.session:
            await touch(session, who.session, now=now)
        yield kind(session, database.keys, now, who, database.of_force)


@asynccontextmanager
async def look(database: Database, *, now: datetime, who: Who) -> AsyncIterator[Look]:
    """Look at records; then write down whose were seen, and that somebody is still there."""
    async with database.reading() as connection:
        looking = Look(connection, database.keys, now, who)
        yield looking
    if looking.seen or who.session:
        still_there = touched(who.session, now=now) if who.session else None
        await database.notes.keep(Note(still_there, looking.seen, looking.told))
