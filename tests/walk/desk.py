"""What the desk of staff has on it: tasks, messages in every state, a run, and people to write to."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from portal.domain.cases import Case
from portal.domain.contact_rules import Fault
from portal.domain.messages import Channel, Held, Message, MessageState, Purpose
from portal.domain.offenders import Offender
from portal.domain.runs import RunMessage
from portal.domain.staff import StaffMember
from portal.domain.tasks import TaskKind
from tests.making import (
    NOW,
    a_brake,
    a_case,
    a_message,
    a_reply,
    a_run,
    a_stopped_contact,
    a_task,
    an_appointment,
    an_offender,
    contact_rules_of,
)

TOMORROW = NOW + timedelta(days=1, hours=4)
FAILED = ("permanent-failure", "temporary-failure", "technical-failure")


def fill_desk(session: AsyncSession, person: Offender, case: Case, member: StaffMember) -> Mapping[str, str]:
    """Put it into the records, and say what is where."""
    session.add_all([a_brake(name="invitation.sms.en"), a_stopped_contact(contact=person.mobile)])
    sent = _messages(person, case)
    run = a_run(member, people=len(sent), left_out=3, told_at=NOW)
    session.add_all([*sent, run, *(RunMessage(run_id=run.id, message_id=message.id) for message in sent)])
    _write_to_many(session, person.force)
    reply = a_reply(content="cant make it tues. is wed ok?", offender_id=person.id)
    tasks = {
        kind.value: a_task(person, kind=kind, key=kind.value, case_id=case.id, about_id=about)
        for kind, about in {
            **dict.fromkeys(TaskKind),
            TaskKind.REPLY_TO_READ: reply.id,
            TaskKind.MESSAGE_PARKED: sent[0].id,
        }.items()
    }
    tasks["done"] = a_task(person, key="done", done_at=NOW, done_by=member.id)
    unknown = a_task(person, kind=TaskKind.REPLY_TO_READ, key="unknown", offender_id=None)
    session.add_all([reply, *tasks.values(), unknown])
    return {"run": str(run.id)} | {name: str(task.id) for name, task in tasks.items()}


def _messages(person: Offender, case: Case) -> list[Message]:
    """One in each state, and one for each way to fail."""
    ways = {"case_id": case.id, "channel": Channel.SMS, "purpose": Purpose.CONDITION_DUE}
    held = {"held_because": Held.PAUSED}
    return [
        *(a_message(person, state=state, **ways | held) for state in MessageState),
        *(a_message(person, state=MessageState.FAILED, failure=failure, **ways) for failure in FAILED),
        a_message(person, **ways, due_at=NOW + timedelta(hours=8)),
        a_message(person, **ways, failure="no answer"),
        a_message(person, **ways, key=f"manual:{uuid4()}:due", arm="cost"),
    ]


def _write_to_many(session: AsyncSession, force: str) -> None:
    """Some in each language, on each channel; and some who are left out."""
    people = [
        *(an_offender(force=force) for _ in range(3)),
        an_offender(force=force, language="cy", first_names="Siân"),
        an_offender(force=force, mobile=None),
        an_offender(force=force, mobile=None, email=None, first_names="Ibrahim"),
        *(an_offender(force=force, first_names="Zofia") for _ in range(2)),
    ]
    discreet, resting = people[0], people[-1]
    session.add_all(people)
    for each in people:
        case = a_case(each)
        session.add_all([case, an_appointment(case, starts_at=TOMORROW)])
    session.add_all(
        [
            contact_rules_of(discreet, is_discreet=True),
            contact_rules_of(resting, opted_out="appointments"),
            a_stopped_contact(contact=people[-2].mobile, fault=Fault.WRONG_PERSON),
            a_stopped_contact(contact=people[-2].email, channel=Channel.EMAIL, fault=Fault.REFUSED),
        ]
    )
