"""From a case file to records, and what is different between the two."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any, Protocol

from portal.domain.cases import Case
from portal.domain.conditions import Condition
from portal.domain.offences import Category
from portal.domain.offenders import Offender
from portal.domain.victims import Victim
from portal.intake.case_file import CaseFile, ConditionFile, VictimFile
from portal.storage.unit_of_work import WholeWork

OURS = ("id", "case_id", "imported_at", "digest", "state", "conditions_version", "progress")
"""What the records system does not say, and so does not change."""
ORDER = {"conditions.position"}
"""A difference that leaves what the person must do as it was."""


class Part(Protocol):
    """A condition or a victim: what a case has several of."""

    reference: str
    is_withdrawn: bool


def new_offender(file: CaseFile) -> Offender:
    """The offender as the file describes them."""
    person = file.offender
    return Offender(
        force=file.force,
        reference=person.reference,
        first_names=person.first_names,
        last_name=person.last_name,
        date_of_birth=person.date_of_birth,
        language=person.language,
        sex=person.sex,
        mobile=person.mobile,
        landline=person.landline,
        email=person.email,
        ethnicity=person.ethnicity_self_defined,
        needs=" ".join(person.needs),
        adjustments=" ".join(person.adjustments),
    )


def new_case(
    file: CaseFile, offender: Offender, *, category: Category, digest: bytes, now: datetime
) -> tuple[Case, Sequence[Condition], Sequence[Victim]]:
    """The case as the file describes it, with its conditions and victims."""
    case = Case(
        force=file.force,
        reference=file.reference,
        offender_id=offender.id,
        regime=file.regime,
        offence_code=file.offence.code,
        offence_category=category.value,
        offence_title=file.offence.title,
        offence_summary=file.offence.summary,
        committed_on=file.offence.committed_on,
        decided_at=file.decided_at,
        complete_by=file.complete_by,
        authorised_by=file.authorised_by.name,
        authorised_rank=file.authorised_by.rank.value,
        authorised_collar_number=file.authorised_by.collar_number,
        officer_name=file.officer.name,
        officer_collar_number=file.officer.collar_number,
        officer_email=file.officer.email,
        officer_phone=file.officer.phone,
        imported_at=now,
        digest=digest,
    )
    conditions = [
        _condition(condition, case, position) for position, condition in enumerate(file.conditions, start=1)
    ]
    return case, conditions, [_victim(victim, case) for victim in file.victims]


def _condition(file: ConditionFile, case: Case, position: int) -> Condition:
    return Condition(
        case_id=case.id,
        position=position,
        reference=file.reference,
        kind=file.kind,
        title=file.title,
        due_on=file.due_on,
        evidence=file.evidence,
        provider=file.provider,
        hours=file.hours,
        amount_pence=file.amount_pence,
    )


def _victim(file: VictimFile, case: Case) -> Victim:
    safe = file.safe_contact
    return Victim(
        case_id=case.id,
        force=case.force,
        reference=file.reference,
        kind=file.kind,
        first_names=file.first_names,
        last_name=file.last_name,
        business_name=file.name,
        date_of_birth=file.date_of_birth,
        language=file.language,
        sex=file.sex or "9",
        mobile=file.mobile,
        landline=file.landline,
        email=file.email,
        wants_updates=file.wants_updates,
        domestic_abuse=file.domestic_abuse,
        enhanced_rights=" ".join(file.enhanced_rights),
        safe_channel=safe.channel if safe else None,
        safe_days=" ".join(safe.days) if safe else "",
        safe_from=f"{safe.starts:%H:%M}" if safe and safe.starts else "",
        safe_to=f"{safe.ends:%H:%M}" if safe and safe.ends else "",
        safe_confirmed_by=(safe and safe.confirmed_by) or "",
    )


def update(known: Any, wanted: Any, *, but: Collection[str] = OURS) -> set[str]:  # noqa: ANN401 - any two records
    """Make ``known`` say what ``wanted`` says.  Only what differs is touched; its names come back."""
    names = [field.name for field in fields(wanted) if field.name not in but]
    different = {name for name in names if getattr(known, name) != getattr(wanted, name)}
    for name in different:
        setattr(known, name, getattr(wanted, name))
    return different


async def change_case(
    work: WholeWork, case: Case, offender: Offender, file: CaseFile, *, category: Category
) -> set[str]:
    """Make the case, its conditions and its victims say what the file says.

    Returns:
        The names of what changed, for the audit event; never a value.
    """
    wanted, conditions, victims = new_case(
        file, offender, category=category, digest=case.digest, now=work.now
    )
    for condition in conditions:
        condition.case_id = case.id
    for victim in victims:
        victim.case_id = case.id
    changed = update(case, wanted)
    different = await _change_parts(work, "conditions", await work.cases.conditions_of(case), conditions)
    if different - ORDER:
        case.conditions_changed()
    return (
        changed
        | different
        | await _change_parts(work, "victims", await work.victims.of_case(case.id), victims)
    )


async def _change_parts(
    work: WholeWork, noun: str, known: Iterable[Part], wanted: Iterable[Part]
) -> set[str]:
    """Add, change and withdraw by reference.  Nothing is deleted: it stays for the record."""
    changed: set[str] = set()
    by_reference = {part.reference: part for part in known}
    for part in wanted:
        there = by_reference.pop(part.reference, None)
        if there is None:
            work.session.add(part)
            changed.add(noun)
        else:
            changed |= {f"{noun}.{name}" for name in update(there, part)}
    for gone in by_reference.values():
        if not gone.is_withdrawn:
            gone.is_withdrawn = True
            changed.add(noun)
    return changed
