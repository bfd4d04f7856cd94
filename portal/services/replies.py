"""What a text that came back does: once, and only for somebody who can be nobody else."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TypeAlias
from uuid import UUID

from portal.clock import LONDON
from portal.domain.appointments import STANDING, Appointment
from portal.domain.audit import Actor, LoggedAs
from portal.domain.cases import Case
from portal.domain.conditions import EvidenceKind
from portal.domain.contact_rules import Fault, Topic
from portal.domain.contacts import UnusableContact, mobile
from portal.domain.messages import REMINDERS, Channel, Purpose
from portal.domain.offenders import Offender
from portal.domain.reminders import OPEN
from portal.domain.replies import Meaning, Received, Reply, understand
from portal.domain.tasks import Task, TaskKind
from portal.services import appointments, contact_rules, strangers
from portal.services.answers import Answer, post
from portal.storage.mapping import identity
from portal.storage.unit_of_work import Who, WholeWork

ASKS_FOR_YES = REMINDERS | {Purpose.APPOINTMENT_BOOKED, Purpose.ANSWER_NEXT}
"""What somebody who texts YES has just been told."""
LAST_WORD = frozenset({Meaning.STOP, Meaning.START})
"""Of these, the one that was sent last counts, in whatever order they come in."""
ALL_TOPICS = frozenset(Topic)


async def receive(work: WholeWork, text: Received) -> bool:
    """Keep a text until a worker takes it.  Say whether it is new: Notify may tell us of it twice."""
    reply = Reply(
        id=text.id,
        number=_in_one_form(text.number),
        content=_storable(text.content),
        sent_at=min(text.sent_at, work.now),
        came_at=work.now,
    )
    is_new = await work.replies.keep(reply)
    if is_new:
        await work.record("reply.received", LoggedAs.COLLECTION, record_id=reply.id)
    return is_new


def _in_one_form(number: str) -> str:
    given = _storable(number).strip().removeprefix("+")
    try:
        return mobile(given if given.startswith("0") else f"+{given}").removeprefix("+")
    except UnusableContact:
        return given


def _storable(text: str) -> str:
    """Without halves of characters, which no database keeps."""
    return text.encode(errors="replace").decode()


async def take(work: WholeWork, reply: Reply) -> None:
    """Do what a text asks for, if one person alone can have sent it."""
    reply.taken_at = work.now
    records, harmed = await _who_has(work, reply)
    if records and not harmed and len({identity(record) for record in records}) == 1:
        await _take(work, reply, records)
    else:
        await _leave_to_forces(work, reply, {record.force for record in records} | harmed)


async def set_aside(work: WholeWork, reply_id: UUID) -> None:
    """Taking it went wrong: people must read it."""
    reply = await work.replies.find(reply_id)
    if reply is not None and reply.taken_at is None:
        reply.taken_at = work.now
        records, harmed = await _who_has(work, reply)
        await _leave_to_forces(work, reply, {record.force for record in records} | harmed)


async def _who_has(work: WholeWork, reply: Reply) -> tuple[Sequence[Offender], set[str]]:
    """Every record of the number that it came from; and the forces of victims who have it."""
    number = f"+{reply.number}"
    return await work.offenders.with_mobile(number), await work.victims.forces_with_mobile(number)


async def _leave_to_forces(work: WholeWork, reply: Reply, forces: set[str]) -> None:
    """Nobody can tell who wrote it: each force is asked to find out, and told of no other's person."""
    for force in sorted(forces):
        await work.tasks.ask_for(_to_read(work, reply, force))
    await work.record("reply.taken", LoggedAs.COLLECTION, record_id=reply.id, forces=len(forces))


def _to_read(work: WholeWork, reply: Reply, force: str) -> Task:
    return Task(
        force=force,
        kind=TaskKind.REPLY_TO_READ,
        key=f"reply:{reply.id}:{force}",
        about_id=reply.id,
        made_at=work.now,
    )


@dataclass(frozen=True)
class _Taking:
    """A text that one person sent, and all that we have of them."""

    work: WholeWork
    """In that person's name: what they text, they do."""
    reply: Reply
    records: Mapping[UUID, Offender]
    """Theirs, of each force that knows them."""
    record: Offender
    """The one by which we wrote to them last."""
    cases: Sequence[Case]
    """The newest first."""
    fault: Fault | None
    """Why the number is used no more."""

    @property
    def open_cases(self) -> dict[UUID, Case]:
        """Those in which something is left to do."""
        return {case.id: case for case in self.cases if case.is_open}

    @property
    def case(self) -> Case | None:
        """The one that they most likely mean."""
        ranked = sorted(
            self.cases, key=lambda case: (not case.is_open, case.offender_id != self.record.id), reverse=True
        )
        return ranked[-1] if ranked else None

    def answer(self, purpose: Purpose, case: Case | None, about_id: UUID | None = None) -> Answer | None:
        """An answer about a case, from the force whose case it is."""
        return Answer(purpose, self.records[case.offender_id], case, about_id) if case else None

    async def appointments(self) -> list[Appointment]:
        """What stands and has not ended, soonest first."""
        theirs = [each for id_ in self.records for each in await self.work.appointments.all_of_offender(id_)]
        ahead = (each for each in theirs if each.state in STANDING and each.ends_at > self.work.now)
        return sorted(
            (each for each in ahead if each.case_id in self.open_cases), key=lambda each: each.starts_at
        )

    async def leave_to_staff(self) -> None:
        """What they wrote is for people to read."""
        task, case = _to_read(self.work, self.reply, self.record.force), self.case
        task.offender_id = self.record.id
        task.case_id = case.id if case and case.offender_id == self.record.id else None
        await self.work.tasks.ask_for(task)


async def _take(work: WholeWork, reply: Reply, records: Sequence[Offender]) -> None:
    by_id = {record.id: record for record in records}
    last = await work.outbox.last_sent(by_id, purposes=list(Purpose), before=reply.sent_at)
    cases = await work.cases.of_offenders(by_id)
    whose = last.offender_id if last else next((case.offender_id for case in cases if case.is_open), None)
    record = by_id.get(whose, records[0]) if whose else records[0]
    reply.offender_id, reply.meaning = record.id, understand(reply.content, record.language)
    theirs = replace(work, who=Who(Actor.OFFENDER, record.id, record.force))
    fault = await work.contact_rules.fault_of(Channel.SMS, f"+{reply.number}")
    taking = _Taking(theirs, reply, by_id, record, cases, fault)
    answer = await _act(taking, reply.meaning)
    answered = answer is not None and await post(theirs, reply, answer)
    await theirs.record(
        "reply.taken",
        LoggedAs.COLLECTION,
        force=taking.case.force if taking.case else None,
        case_id=taking.case.id if taking.case else None,
        record_id=reply.id,
        meaning=reply.meaning.value,
        answer=answer.purpose.value if answer and answered else "none",
    )


async def _act(taking: _Taking, meaning: Meaning) -> Answer | None:
    """Do what they want.  Say what to answer, if anything may be answered at all."""
    of_stranger = taking.fault is Fault.WRONG_PERSON
    is_over = not taking.open_cases
    if of_stranger or (taking.fault and meaning not in LAST_WORD):
        await taking.leave_to_staff()
        return None
    if is_over and meaning not in (Meaning.HELP, Meaning.STOP, Meaning.START, Meaning.WRONG_PERSON):
        await taking.leave_to_staff()
        return None
    answer = await ACTS[meaning](taking)
    if is_over and meaning in LAST_WORD:
        await taking.leave_to_staff()
        return None
    return None if taking.fault and meaning is Meaning.STOP else answer


async def _yes(taking: _Taking) -> Answer | None:
    """They come to what we told them of last, or to the only thing that there is."""
    now, work = taking.work.now, taking.work
    ahead = [each for each in await taking.appointments() if each.starts_at > now]
    last = await work.outbox.last_sent(taking.records, purposes=ASKS_FOR_YES, before=taking.reply.sent_at)
    meant = [each for each in ahead if last and each.id == last.about_id] or ahead
    if len(meant) == 1:
        await appointments.confirm(work, meant[0].id, offender_id=meant[0].offender_id)
        return None
    return await _change(taking)


async def _change(taking: _Taking) -> Answer | None:
    """The link, by which they can change any appointment that they have."""
    ahead = await taking.appointments()
    if not ahead:
        return await _unclear(taking)
    return taking.answer(Purpose.ANSWER_CHANGE, taking.open_cases[ahead[0].case_id])


async def _next(taking: _Taking) -> Answer | None:
    """The next appointment; where there is none, what else is left, and by when."""
    for appointment in await taking.appointments():
        case = taking.open_cases[appointment.case_id]
        return taking.answer(Purpose.ANSWER_NEXT, case, appointment.id)
    today = taking.work.now.astimezone(LONDON).date()
    left = [
        each
        for id_ in taking.records
        for each in await taking.work.cases.conditions_of_offender(id_)
        if each.progress in OPEN and not each.is_withdrawn and each.evidence is not EvidenceKind.NONE
    ]
    for condition in sorted(left, key=lambda each: (each.due_on < today, each.due_on)):
        return taking.answer(Purpose.ANSWER_LEFT, taking.open_cases[condition.case_id], condition.id)
    return await _help(taking)


async def _help(taking: _Taking) -> Answer | None:
    if taking.case is None:
        return await _unclear(taking)
    return taking.answer(Purpose.ANSWER_HELP, taking.case)


async def _here(taking: _Taking) -> Answer | None:
    """They are there, since they sent the text."""
    at = taking.reply.sent_at
    theirs = [each for id_ in taking.records for each in await taking.work.appointments.all_of_offender(id_)]
    for each in sorted(theirs, key=lambda each: each.starts_at):
        if each.is_time_to_arrive(at=at) and each.case_id in taking.open_cases:
            await appointments.arrive(taking.work, each.id, offender_id=each.offender_id, at=at)
            return taking.answer(Purpose.ANSWER_HERE, taking.open_cases[each.case_id], each.id)
    return await _next(taking)


async def _stop(taking: _Taking) -> Answer | None:
    if await taking.work.replies.meant_later(taking.reply, LAST_WORD):
        return None
    news = [await _decline(taking, each, ALL_TOPICS) for each in taking.records]
    return taking.answer(Purpose.ANSWER_STOPPED, taking.case) if any(news) else None


async def _start(taking: _Taking) -> Answer | None:
    """They want reminders again; a number that seemed to be dead is not, since they write from it."""
    if await taking.work.replies.meant_later(taking.reply, LAST_WORD):
        return None
    for each in taking.records:
        await _decline(taking, each, frozenset())
    if taking.fault:
        await contact_rules.use_again(taking.work, taking.record.id, Channel.SMS)
    return taking.answer(Purpose.ANSWER_STARTED, taking.case)


async def _decline(taking: _Taking, offender_id: UUID, topics: frozenset[Topic]) -> bool:
    return await contact_rules.change(taking.work, offender_id, lambda rules: rules.decline(topics))


async def _wrong_person(taking: _Taking) -> Answer | None:
    for record in taking.records.values():
        await strangers.tell_of_stranger(taking.work, record, Channel.SMS, about_id=taking.reply.id)
    return None


async def _unclear(taking: _Taking) -> Answer | None:
    await taking.leave_to_staff()
    return taking.answer(Purpose.ANSWER_PASSED_ON, taking.case)


Act: TypeAlias = Callable[[_Taking], Awaitable[Answer | None]]
ACTS: Mapping[Meaning, Act] = MappingProxyType(
    {
        Meaning.YES: _yes,
        Meaning.CHANGE: _change,
        Meaning.NEXT: _next,
        Meaning.HELP: _help,
        Meaning.HERE: _here,
        Meaning.STOP: _stop,
        Meaning.START: _start,
        Meaning.WRONG_PERSON: _wrong_person,
        Meaning.UNCLEAR: _unclear,
    }
)
