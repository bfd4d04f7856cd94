"""All that must be known before a batch of messages is written, looked up for the whole batch at once."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from portal.domain.appointments import Appointment
from portal.domain.brakes import Brake
from portal.domain.cases import Case
from portal.domain.conditions import Condition
from portal.domain.contact_rules import ContactRules
from portal.domain.messages import Message, Purpose
from portal.domain.offenders import Offender
from portal.services.reaching import Reach, reach_of
from portal.storage.unit_of_work import WholeWork

OF_CONDITIONS = frozenset({Purpose.CONDITION_DUE, Purpose.ANSWER_LEFT})
"""What speaks of a condition; all else that speaks of something speaks of an appointment."""


@dataclass(frozen=True)
class Circumstances:
    """How things stand now, for the messages of one batch and no others."""

    work: WholeWork
    offenders: Mapping[UUID, Offender]
    rules: Mapping[UUID, ContactRules]
    cases: Mapping[UUID, Case]
    """The open ones."""
    appointments: Mapping[UUID, Appointment]
    conditions: Mapping[UUID, Condition]
    answered: Mapping[UUID, Case]
    """Those that answers speak of, open or not."""
    reach: Reach
    brakes: Mapping[str, Brake]

    def case_of(self, message: Message) -> Case | None:
        """The case that it speaks of, if that is open and still the person's own."""
        case = self.cases.get(message.case_id) if message.case_id else None
        return case if case and case.offender_id == message.offender_id else None

    def answered_of(self, message: Message) -> Case | None:
        """The case that an answer speaks of, if that is the person's own."""
        case = self.answered.get(_answered(message))
        return case if case and case.offender_id == message.offender_id else None

    def brake_on(self, names: Collection[str]) -> Brake | None:
        """Of the brakes of these names that are on, the one that is on longest."""
        on = [brake for name in names if (brake := self.brakes.get(name)) and brake.until > self.work.now]
        return max(on, key=lambda brake: brake.until, default=None)


async def look_up(work: WholeWork, messages: Collection[Message]) -> Circumstances:
    """A dozen questions, however many messages there are."""
    people = {message.offender_id for message in messages}
    offenders = await work.offenders.among(people)
    rules = await work.contact_rules.of_offenders(people)
    case_ids = {message.case_id for message in messages if message.case_id}
    answered = {_answered(message) for message in messages if message.purpose.is_answer}
    of_conditions: set[UUID] = set()
    of_appointments: set[UUID] = set()
    for message in messages:
        if message.about_id:
            of = of_conditions if message.purpose in OF_CONDITIONS else of_appointments
            of.add(message.about_id)
    return Circumstances(
        work,
        offenders,
        {id_: rules.get(id_) or ContactRules(id=id_) for id_ in people},
        await work.cases.open_among(case_ids) if case_ids else {},
        await work.appointments.among(of_appointments) if of_appointments else {},
        await work.cases.conditions_among(of_conditions) if of_conditions else {},
        await work.cases.among(answered) if answered else {},
        await reach_of(work, offenders.values()),
        await work.brakes.all(),
    )


def _answered(message: Message) -> UUID:
    """The case of an answer; one to somebody whose cases are all over names it as what it is about."""
    return message.case_id or message.about_id or message.id
