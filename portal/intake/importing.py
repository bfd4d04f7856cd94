"""Taking case files in: what is new is kept, what changed is changed, what is the same is left alone.

Lines go in by batches, each one transaction: memory does not grow with the file, a killed
import leaves whole cases only, and running it again takes up where it was.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import TypeAlias
from uuid import UUID

from sqlalchemy.exc import DBAPIError

from portal.clock import Clock
from portal.domain.audit import Actor, Event, LoggedAs
from portal.domain.cases import Case
from portal.domain.conditions import Condition
from portal.domain.messages import Purpose
from portal.domain.offences import Offence
from portal.domain.offenders import Offender
from portal.domain.regimes import Regimes
from portal.intake.case_file import CaseFile
from portal.intake.checking import check
from portal.intake.differences import change_case, new_case, new_offender, update
from portal.intake.refusals import Refusal
from portal.services.invitations import invite
from portal.services.planning import plan_first_reminders, plan_reminders
from portal.storage.database import Database
from portal.storage.unit_of_work import Who, WholeWork, unit_of_work

BATCH = 200
MOST_RACES = 5
MOST_DETAILS = 1000
CONTACTS = {"offender.mobile", "offender.email"}
Line: TypeAlias = tuple[int, bytes]


@dataclass
class Tally:
    """What became of the lines."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0

    @property
    def taken(self) -> int:
        """How many lines were read to their end."""
        return self.new + self.changed + self.unchanged + self.refused


@dataclass(frozen=True)
class Intake:
    """Where case files go in.

    Raises:
        DBAPIError: from :meth:`take`, if the database keeps refusing; earlier batches are kept.
    """

    database: Database
    offences: Mapping[str, Offence]
    regimes: Regimes
    clock: Clock

    async def take(
        self,
        lines: Iterable[Line],
        *,
        refuse: Callable[[Refusal], None],
        advance: Callable[[int], object] = int,
    ) -> Tally:
        """Take every line that is right, and refuse the others one by one.

        Args:
            lines: numbered, as :func:`portal.intake.reading.lines` gives them.
            refuse: told of every refusal.
            advance: told how many bytes have been dealt with.
        """
        tally = Tally()
        for batch in _batches(lines):
            now = self.clock.now()
            files: list[CaseFile] = []
            for number, line in batch:
                checked = check(line, number=number, offences=self.offences, regimes=self.regimes, now=now)
                if isinstance(checked, Refusal):
                    refuse(checked)
                    tally.refused += 1
                else:
                    files.append(checked)
            await self._keep_raced(files, now, tally)
            advance(sum(len(line) + 1 for _, line in batch))
        return tally

    async def _keep_raced(self, files: list[CaseFile], now: datetime, tally: Tally) -> None:
        """Another import may put the same cases in, or hold them, at the same moment: then we look again."""
        for _ in range(MOST_RACES):
            try:
                return await self._keep(files, now, tally)
            except DBAPIError:
                continue
        return await self._keep(files, now, tally)

    async def _keep(self, files: list[CaseFile], now: datetime, tally: Tally) -> None:
        batch_tally = Tally()
        async with unit_of_work(self.database, WholeWork, now=now, who=Who(Actor.INTAKE)) as work:
            with work.session.no_autoflush:
                batch = _Batch(
                    work,
                    await work.cases.with_keys({(file.force, file.reference) for file in files}),
                    await work.offenders.with_keys({(file.force, file.offender.reference) for file in files}),
                    self.offences,
                    batch_tally,
                )
                for file in files:
                    await batch.take(file)
                await batch.plan()
            if batch.events:
                await work.audit.add(*batch.events)
        tally.new += batch_tally.new
        tally.changed += batch_tally.changed
        tally.unchanged += batch_tally.unchanged


@dataclass(frozen=True)
class _Batch:
    """The cases and offenders that one transaction's lines speak of."""

    work: WholeWork
    cases: dict[tuple[str, str], Case]
    offenders: dict[tuple[str, str], Offender]
    offences: Mapping[str, Offence]
    tally: Tally
    events: list[Event] = field(default_factory=list)
    newcomers: set[UUID] = field(default_factory=set)
    """Offenders that we had no record of, and so no message to either."""
    invited: set[UUID] = field(default_factory=set)
    to_plan: dict[Offender, list[Condition]] = field(default_factory=dict)

    async def take(self, file: CaseFile) -> None:
        """Keep, change or leave alone."""
        digest = self.work.keys.signature("digest", file.digest())
        case = self.cases.get((file.force, file.reference))
        if case is None:
            await self._add(file, digest)
            self.tally.new += 1
        elif case.digest == digest:
            self.tally.unchanged += 1
        else:
            await self._change(case, file, digest)

    async def _add(self, file: CaseFile, digest: bytes) -> None:
        offender, of_offender = self._offender(file)
        case, conditions, victims = new_case(
            file,
            offender,
            category=self.offences[file.offence.code].category,
            digest=digest,
            now=self.work.now,
        )
        self.work.cases.add(case, conditions)
        for victim in victims:
            self.work.victims.add(victim)
        self.cases[file.force, file.reference] = case
        self._record("case.imported", LoggedAs.COLLECTION, case, of_offender)
        await self._invite(offender, case)
        self._remember(offender, conditions)

    def _remember(self, offender: Offender, conditions: Sequence[Condition]) -> None:
        """Whose reminders must be planned when the batch is whole."""
        self.to_plan.setdefault(offender, []).extend(conditions)

    async def plan(self) -> None:
        """Plan the reminders of everybody whom the batch changed."""
        await self.work.session.flush()
        for offender, conditions in self.to_plan.items():
            if offender.id in self.newcomers:
                plan_first_reminders(self.work, offender, conditions)
            else:
                await plan_reminders(self.work, offender)

    async def _invite(self, offender: Offender, case: Case) -> None:
        """One first message for a person, however many cases come at once."""
        if not offender.is_reachable or offender.id in self.invited:
            return
        self.invited.add(offender.id)
        is_new = offender.id in self.newcomers
        if is_new or not await self.work.outbox.waiting(offender.id, Purpose.INVITATION):
            self.events.append(invite(self.work, offender, case))

    async def _change(self, case: Case, file: CaseFile, digest: bytes) -> None:
        await self.work.session.flush()
        offender, of_offender = self._offender(file)
        category = self.offences[file.offence.code].category
        case.digest = digest
        changed = of_offender | await change_case(self.work, case, offender, file, category=category)
        self.tally.changed += bool(changed)
        self.tally.unchanged += not changed
        if changed:
            self._remember(offender, ())
            self._record("case.changed", LoggedAs.ALTERATION, case, changed)
        if "offender_id" in changed or (of_offender & CONTACTS and not await self._was_invited(offender)):
            await self._invite(offender, case)

    async def _was_invited(self, offender: Offender) -> bool:
        return await self.work.outbox.was_sent(offender.id, Purpose.INVITATION)

    def _offender(self, file: CaseFile) -> tuple[Offender, set[str]]:
        """The person, and the names of what the line changed about them."""
        key = file.force, file.offender.reference
        known = self.offenders.get(key)
        if known is not None:
            return known, {f"offender.{name}" for name in update(known, new_offender(file))}
        self.offenders[key] = offender = new_offender(file)
        self.newcomers.add(offender.id)
        self.work.offenders.add(offender)
        return offender, set()

    def _record(self, deed: str, logged_as: LoggedAs, case: Case, changed: Iterable[str]) -> None:
        """Write down what was done, and the names of what it changed; never a value."""
        event = self.work.event(
            deed, logged_as, force=case.force, case_id=case.id, record_id=case.offender_id
        )
        if fields := " ".join(sorted(changed)):
            event.details["fields"] = fields[:MOST_DETAILS]
        self.events.append(event)


def _batches(lines: Iterable[Line]) -> Iterator[list[Line]]:
    stream = iter(lines)
    while batch := list(islice(stream, BATCH)):
        yield batch
