"""Records with all that they need, invented.  What a test is about, it names itself.

Numbers are Ofcom's for drama, addresses end in ``.example``, and the day is 23 November 2026.
"""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from argon2 import PasswordHasher

from portal.domain.appointments import Appointment, AppointmentKind
from portal.domain.audit import Actor, Event, LoggedAs
from portal.domain.brakes import Brake
from portal.domain.cases import Case, Reading
from portal.domain.conditions import Condition, ConditionKind, EvidenceKind
from portal.domain.contact_rules import ContactRules, Fault, StoppedContact
from portal.domain.links import LINK_LIFE, Code, Link
from portal.domain.messages import Channel, Message, Purpose
from portal.domain.offences import Category, Offence
from portal.domain.offenders import Offender
from portal.domain.regimes import Regime
from portal.domain.replies import Reply
from portal.domain.runs import Run, RunMessage
from portal.domain.staff import Role, StaffMember
from portal.domain.tasks import Task, TaskKind
from portal.domain.victims import SafeChannel, Victim, VictimKind
from portal.storage.keys import new_token, token_hash

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
PASSWORD = "a kettle of grey herons"
CODE = "482915"

_numbers = count(1)


def a_drama_number() -> str:
    """A mobile number that nobody has, another one at each call, up to a thousand."""
    return f"+447700900{next(_numbers) % 1000:03}"


@cache
def hashed(secret: str) -> str:
    """An argon2 hash that takes no time to make."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(secret)


def an_offender(**changes: Any) -> Offender:
    number = next(_numbers)
    given: dict[str, Any] = {
        "force": "42",
        "reference": f"P{number:06}",
        "first_names": "Morwenna Jane",
        "last_name": "Trelawny-Quick",
        "date_of_birth": date(1994, 3, 17),
        "sex": "2",
        "mobile": a_drama_number(),
        "email": f"morwenna{number}@post.example",
        "needs": "Reads large print; hears badly on the left",
        "adjustments": "Meet on the ground floor",
    }
    return Offender(**given | changes)


def a_case(offender: Offender, **changes: Any) -> Case:
    given: dict[str, Any] = {
        "force": offender.force,
        "reference": f"42/C{next(_numbers):06}/26",
        "offender_id": offender.id,
        "regime": Regime.CONDITIONAL_CAUTION,
        "offence_code": "CD71039",
        "offence_category": Category.EITHER_WAY.value,
        "offence_title": "Criminal damage to property valued under £5000",
        "offence_summary": "Broke the window of a chip shop in Maldon",
        "committed_on": date(2026, 10, 30),
        "decided_at": datetime(2026, 11, 16, 14, 30, tzinfo=UTC),
        "complete_by": date(2027, 3, 8),
        "authorised_by": "Sergeant Idris Penhaligon",
        "authorised_rank": "sergeant",
        "authorised_collar_number": "42000417",
        "officer_name": "Constable Aoife Brannigan",
        "officer_collar_number": "42001822",
        "officer_email": "aoife.brannigan@police.example",
        "officer_phone": "+441632960417",
        "imported_at": NOW - timedelta(days=7),
        "digest": b"a digest of the line",
    }
    return Case(**given | changes)


def a_condition(case: Case, **changes: Any) -> Condition:
    number = next(_numbers)
    given: dict[str, Any] = {
        "case_id": case.id,
        "reference": f"C{number}",
        "position": number,
        "kind": ConditionKind.REHABILITATIVE,
        "title": "Attend the Thinking Ahead workshop",
        "due_on": date(2026, 12, 18),
        "evidence": EvidenceKind.ATTENDANCE,
        "provider": "Estuary Skills",
        "hours": 4,
    }
    return Condition(**given | changes)


def a_reading(case: Case, **changes: Any) -> Reading:
    given: dict[str, Any] = {
        "case_id": case.id,
        "offender_id": case.offender_id,
        "version": case.conditions_version,
        "read_at": NOW,
    }
    return Reading(**given | changes)


def an_appointment(case: Case, **changes: Any) -> Appointment:
    starts_at = changes.get("starts_at", NOW + timedelta(days=3))
    given: dict[str, Any] = {
        "case_id": case.id,
        "offender_id": case.offender_id,
        "kind": AppointmentKind.WORKSHOP,
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=2),
        "booked_at": NOW - timedelta(days=7),
        "place": "Gooseberry Hall, 3 Lavender Row, Chelmsford",
        "bring": "Your reading glasses",
    }
    return Appointment(**given | changes)


def a_victim(case: Case, **changes: Any) -> Victim:
    number = next(_numbers)
    given: dict[str, Any] = {
        "case_id": case.id,
        "force": case.force,
        "reference": f"V{number}",
        "kind": VictimKind.PERSON,
        "first_names": "Oluwaseun",
        "last_name": "Abernathy",
        "date_of_birth": date(1971, 8, 2),
        "sex": "1",
        "mobile": a_drama_number(),
        "email": f"seun{number}@letters.example",
        "wants_updates": True,
        "enhanced_rights": "persistently targeted",
        "safe_channel": SafeChannel.SMS,
        "safe_days": "1,2,3,4,5",
        "safe_from": "09:00",
        "safe_to": "17:00",
        "safe_confirmed_by": "Constable Aoife Brannigan",
    }
    return Victim(**given | changes)


def a_link(offender: Offender, *, token: str | None = None, **changes: Any) -> Link:
    made_at = changes.get("made_at", NOW)
    given: dict[str, Any] = {
        "offender_id": offender.id,
        "token_hash": token_hash(token or new_token()),
        "made_at": made_at,
        "expires_at": made_at + LINK_LIFE,
    }
    return Link(**given | changes)


def a_code(offender: Offender, *, code: str = CODE, browser: str = "a browser", **changes: Any) -> Code:
    given: dict[str, Any] = {
        "offender_id": offender.id,
        "browser_hash": token_hash(browser),
        "code_hash": hashed(code),
        "made_at": NOW,
    }
    return Code(**given | changes)


def a_message(offender: Offender, **changes: Any) -> Message:
    posted_at = changes.get("posted_at", NOW)
    given: dict[str, Any] = {
        "offender_id": offender.id,
        "purpose": Purpose.INVITATION,
        "language": "en",
        "key": f"invitation:{next(_numbers)}",
        "personalisation": '{"first_name": "Morwenna"}',
        "posted_at": posted_at,
        "due_at": posted_at,
        "send_before": posted_at + Purpose.INVITATION.life,
    }
    return Message(**given | changes)


def contact_rules_of(offender: Offender, **changes: Any) -> ContactRules:
    return ContactRules(id=offender.id, **changes)


def a_stopped_contact(**changes: Any) -> StoppedContact:
    given: dict[str, Any] = {
        "channel": Channel.SMS,
        "contact": a_drama_number(),
        "fault": Fault.NOT_IN_USE,
        "at": NOW,
    }
    return StoppedContact(**given | changes)


def a_reply(**changes: Any) -> Reply:
    given: dict[str, Any] = {
        "id": uuid4(),
        "number": a_drama_number().removeprefix("+"),
        "content": "Yes I will be there",
        "sent_at": NOW - timedelta(seconds=2),
        "came_at": NOW,
    }
    return Reply(**given | changes)


def a_task(offender: Offender, **changes: Any) -> Task:
    given: dict[str, Any] = {
        "force": offender.force,
        "kind": TaskKind.NO_CONTACT,
        "key": f"no contact:{offender.id}",
        "offender_id": offender.id,
        "made_at": NOW,
    }
    return Task(**given | changes)


def a_run(member: StaffMember, **changes: Any) -> Run:
    given: dict[str, Any] = {
        "force": member.force,
        "staff_id": member.id,
        "purpose": Purpose.APPOINTMENT_TOMORROW,
        "begun_at": NOW,
    }
    return Run(**given | changes)


def a_brake(**changes: Any) -> Brake:
    given: dict[str, Any] = {
        "name": f"invitation.sms.en.{next(_numbers)}",
        "reason": "403 AuthError",
        "set_at": NOW,
        "until": NOW + timedelta(minutes=1),
    }
    return Brake(**given | changes)


def a_staff_member(*, password: str = PASSWORD, **changes: Any) -> StaffMember:
    given: dict[str, Any] = {
        "force": "42",
        "name": "Constable Aoife Brannigan",
        "email": f"aoife.brannigan{next(_numbers)}@police.example",
        "role": Role.OFFICER,
        "password_hash": hashed(password),
        "totp_secret": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
        "added_at": NOW - timedelta(days=30),
    }
    return StaffMember(**given | changes)


def an_event(**changes: Any) -> Event:
    given: dict[str, Any] = {
        "at": NOW,
        "actor": Actor.PORTAL,
        "actor_id": None,
        "deed": "case.imported",
        "logged_as": LoggedAs.COLLECTION,
        "case_id": UUID(int=1),
    }
    return Event(**given | changes)


def an_offence(**changes: Any) -> Offence:
    given: dict[str, Any] = {
        "code": "PU86005",
        "category": Category.SUMMARY,
        "title": "Use disorderly behaviour likely to cause alarm",
        "recordable": True,
    }
    return Offence(**given | changes)


def one_of_each() -> list[Any]:
    """A record of every kind that a unit of work can add, each belonging to the others."""
    offender = an_offender(landline="+441632960118", ethnicity="W1")
    case = a_case(offender)
    condition = a_condition(case)
    message = a_message(offender, case_id=case.id)
    member = a_staff_member()
    run = a_run(member)
    return [
        *(offender, case, condition, a_reading(case), an_appointment(case, condition_id=condition.id)),
        *(a_victim(case, landline="+441632960229", business_name="Abernathy & Daughters"), a_link(offender)),
        *(a_code(offender), message, member, contact_rules_of(offender), a_stopped_contact(), a_brake()),
        *(a_reply(offender_id=offender.id), a_task(offender, case_id=case.id), run),
        RunMessage(run_id=run.id, message_id=message.id),
    ]
