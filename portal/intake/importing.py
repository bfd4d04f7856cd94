"""Taking case files in: what is new is kept, what changed is changed, what is the same is left alone.

Lines go in by batches, each one transaction: memory does not grow with the file, a killed
import leaves whole cases only, and running it again takes up where it was.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from sqlalchemy.exc import DBAPIError

from portal.clock import Clock
from portal.domain.audit import Actor, Event, LoggedAs
from portal.domain.cases import Case
from portal.domain.conditions import Condition
from portal.domain.ids import ids_that_lie_together
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

BATCH = 500
LARGEST_BATCH = 4 * 1024 * 1024
"""In bytes.  A batch of ordinary cases has one million."""
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
        who = Who(Actor.INTAKE)
        async with unit_of_work(self.database, WholeWork, now=now, who=who, in_bulk=True) as work:
            with work.session.no_autoflush, ids_that_lie_together():
                for each_once in _apart(files):
                    await self._take(each_once, work, batch_tally)
        tally.new += batch_tally.new
        tally.changed += batch_tally.changed
        tally.unchanged += batch_tally.unchanged

    async def _take(self, files: Sequence[CaseFile], work: WholeWork, tally: Tally) -> None:
        """Keep what is new, and change what changed, of cases that are all different."""
        known = await work.cases.digests({file.key for file in files})
        digests = {file.key: work.keys.signature("digest", file.digest()) for file in files}
        differing = [file for file in files if known.get(file.key) != digests[file.key]]
        tally.unchanged += len(files) - len(differing)
        if not differing:
            return
        batch = _Batch(
            work,
            await work.cases.with_keys({file.key for file in differing if file.key in known}),
            await work.offenders.with_keys({(file.force, file.offender.reference) for file in differing}),
            self.offences,
            tally,
        )
        for file in differing:
            await batch.take(file, digests[file.key])
        await batch.end()


@dataclass(frozen=True)
class _Batch:
    """The cases and offenders that some lines speak of, no case twice."""

    work: WholeWork
    cases: dict[tuple[str, str], Case]
    offenders: dict[tuple[str, str], Offender]
    offences: Mapping[str, Offence]
    tally: Tally
    events: list[Event] = field(default_factory=list)
    newcomers: dict[Offender, list[Condition]] = field(default_factory=dict)
    """Those of whom we had no record, and so no message to either, with what they must do."""
    to_plan: set[Offender] = field(default_factory=set)
    """Others whose reminders must be planned when the batch is whole."""
    moved: list[tuple[Case, Offender]] = field(default_factory=list)
    """Cases that turned out to be another person's."""
    invited: set[Offender] = field(default_factory=set)

    async def take(self, file: CaseFile, digest: bytes) -> None:
        """Keep or change."""
        case = self.cases.get(file.key)
        if case is None:
            await self._add(file, digest)
            self.tally.new += 1
        else:
            await self._change(case, file, digest)

    async def end(self) -> None:
        """Plan the reminders of everybody whom the batch changed, and write down what was done."""
        for offender, conditions in self.newcomers.items():
            if offender not in self.to_plan:
                plan_first_reminders(self.work, offender, conditions)
        await self.work.session.flush()
        for case, offender in self.moved:
            await self.work.outbox.hand_over(case.id, offender)
        for offender in self.to_plan:
            await plan_reminders(self.work, offender)
        await self.work.session.flush()
        if self.events:
            await self.work.audit.add(*self.events)

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
        self._record("case.imported", LoggedAs.COLLECTION, case, of_offender)
        await self._invite(offender, case)
        if offender in self.newcomers:
            self.newcomers[offender].extend(conditions)
        else:
            self.to_plan.add(offender)

    async def _invite(self, offender: Offender, case: Case) -> None:
        """One first message for a person, however many cases come at once."""
        if not offender.is_reachable or offender in self.invited:
            return
        self.invited.add(offender)
        is_new = offender in self.newcomers
        if is_new or not await self.work.outbox.waiting(offender.id, Purpose.INVITATION):
            self.events.append(invite(self.work, offender, case))

    async def _change(self, case: Case, file: CaseFile, digest: bytes) -> None:
        offender, of_offender = self._offender(file)
        category = self.offences[file.offence.code].category
        case.digest = digest
        changed = of_offender | await change_case(self.work, case, offender, file, category=category)
        self.tally.changed += bool(changed)
        self.tally.unchanged += not changed
        if "offender_id" in changed:
            self.moved.append((case, offender))
        if changed:
            self.to_plan.add(offender)
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
        self.newcomers[offender] = []
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


def _apart(files: Iterable[CaseFile]) -> Iterator[Sequence[CaseFile]]:
    """As few parts as can be, in which no case comes twice: a later line changes what an earlier one said."""
    part: dict[tuple[str, str], CaseFile] = {}
    for file in files:
        if file.key in part:
            yield list(part.values())
            part = {}
        part[file.key] = file
    yield list(part.values())


def _batches(lines: Iterable[Line]) -> Iterator[list[Line]]:
    batch: list[Line] = []
    size = 0
    for line in lines:
        batch.append(line)
        size += len(line[1])
        if len(batch) == BATCH or size > LARGEST_BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
