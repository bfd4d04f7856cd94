"""The rules that tie one field of a case to another.

Each is given what was read.  A field that is wrong by itself is None there, and the
rules that need it keep silent: it is already on the list.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypeAlias

from portal.clock import LONDON
from portal.domain.conditions import ConditionKind
from portal.domain.offences import Offence
from portal.domain.regimes import Rank, RegimeRules
from portal.domain.victims import SafeChannel
from portal.intake.refusals import Problem

Part: TypeAlias = Mapping[str, Any]


def of_time(case: dict[str, Any], *, now: datetime) -> Iterator[Problem]:
    """What has happened does not lie in the future.  Where it does, it is None for the other rules."""
    today = day_of(now)
    if (decided_at := case.get("decided_at")) and decided_at > now:
        case["decided_at"] = None
        yield Problem("decided_at", "in the future")
    people = {"offender": case["offender"]} | {
        f"victims[{index}]": victim for index, victim in enumerate(case["victims"])
    }
    for path, person in people.items():
        if (born_on := person.get("date_of_birth")) and born_on > today:
            person["date_of_birth"] = None
            yield Problem(f"{path}.date_of_birth", "in the future")


def of_order(case: Part, *, decided_on: date | None) -> Iterator[Problem]:
    """First the offence, then the decision, then the day by which all is done."""
    committed_on, complete_by = case["offence"].get("committed_on"), case.get("complete_by")
    if decided_on and committed_on and committed_on > decided_on:
        yield Problem("offence.committed_on", "after decided_at")
    if decided_on and complete_by and complete_by <= decided_on:
        yield Problem("complete_by", "not after decided_at: give a later date")


def of_offence(offence: Part, listed: Offence | None) -> Iterator[Problem]:
    """It is an offence, and on the list."""
    if listed is None and offence.get("code"):
        yield Problem("offence.code", "unknown: not on the list of CJS offence codes")
    elif listed and not listed.category.is_offence:
        yield Problem("offence.code", "a court application or enforcement, not an offence")


def of_regime(
    case: Part, rules: RegimeRules, listed: Offence | None, *, decided_on: date | None
) -> Iterator[Problem]:
    """The regime is open to this offence, this person and this decision."""
    committed_on, born_on = case["offence"].get("committed_on"), case["offender"].get("date_of_birth")
    if committed_on and not rules.is_in_force_on(committed_on):
        yield Problem("regime", f"{rules.regime} has not commenced for the date of the offence")
    if listed and (why := rules.excluded.get(listed.category)):
        yield Problem("regime", f"{rules.regime} is not open to this offence: {why}")
    if committed_on and born_on and not rules.is_open_to(born_on, committed_on=committed_on):
        yield Problem("offender.date_of_birth", f"under {rules.minimum_age} when the offence was committed")
    rank = case["authorised_by"].get("rank")
    if rank and not Rank(rank).is_at_least(rules.minimum_rank):
        yield Problem("authorised_by.rank", f"below {rules.minimum_rank}, the lowest for {rules.regime}")
    complete_by = case.get("complete_by")
    if decided_on and complete_by and complete_by > rules.last_day(decided_on=decided_on):
        limit = f"{rules.longest.days // 7} weeks after decided_at"
        yield Problem("complete_by", f"longer than the regime's limit of {limit}")


def of_conditions(case: Part, *, decided_on: date | None) -> Iterator[Problem]:
    """Each can be told from the others, and is due within the case."""
    conditions, complete_by = case["conditions"], case.get("complete_by")
    if _share_a_reference(conditions):
        yield Problem("conditions", "two conditions share a reference")
    for index, condition in enumerate(conditions):
        due_on = condition.get("due_on")
        if due_on and complete_by and due_on > complete_by:
            yield Problem(f"conditions[{index}].due_on", "after complete_by")
        if due_on and decided_on and due_on < decided_on:
            yield Problem(f"conditions[{index}].due_on", "before decided_at")


def of_limits(conditions: Sequence[Part], rules: RegimeRules, listed: Offence | None) -> Iterator[Problem]:
    """Hours and penalties stay, in all, within the limits.  The one that goes over is named."""
    hours, pence = 0, 0
    for index, condition in enumerate(conditions):
        path, kind = f"conditions[{index}]", condition.get("kind")
        if kind in rules.hours_kinds and condition.get("hours"):
            hours += condition["hours"]
            if hours > rules.hours_limit:
                limit = f"{rules.hours_limit} hours in all"
                yield Problem(f"{path}.hours", f"over the regime's limit of {limit}")
        if kind == ConditionKind.FINANCIAL:
            pence += condition.get("amount_pence") or 0
            if "amount_pence" not in condition:
                yield Problem(f"{path}.amount_pence", "missing: a financial penalty needs its amount")
            elif listed:
                yield from _of_penalty(path, rules, listed, pence=pence)


def of_victims(case: Part) -> Iterator[Problem]:
    """Each is somebody else, and can be reached safely or not at all."""
    if _share_a_reference(case["victims"]):
        yield Problem("victims", "two victims share a reference")
    for index, victim in enumerate(case["victims"]):
        path = f"victims[{index}]"
        safe_contact = victim.get("safe_contact") or {}
        if _same_person(victim, case["offender"]):
            yield Problem(path, "is the offender: the same reference, or the same name and date of birth")
        if victim.get("domestic_abuse") and "confirmed_by" not in safe_contact:
            yield Problem(f"{path}.domestic_abuse", "needs a safe_contact that an officer confirmed")
        yield from _of_safe_contact(f"{path}.safe_contact", safe_contact)


def day_of(moment: datetime) -> date:
    """The day on which it was, by the clocks here."""
    return moment.astimezone(LONDON).date()


def _of_penalty(path: str, rules: RegimeRules, listed: Offence, *, pence: int) -> Iterator[Problem]:
    limit = rules.penalty_limit(listed.category)
    if limit is None:
        yield Problem(f"{path}.kind", f"{rules.regime} allows no financial penalty for this offence")
    elif pence > limit:
        yield Problem(f"{path}.amount_pence", f"over the regime's penalty limit of £{limit / 100:.2f} in all")


def _of_safe_contact(path: str, safe_contact: Part) -> Iterator[Problem]:
    starts, ends = safe_contact.get("from"), safe_contact.get("to")
    if starts and ends and ends <= starts:
        yield Problem(path, "ends before it starts")
    if safe_contact.get("channel") in {SafeChannel.SMS, SafeChannel.EMAIL}:
        for name in ("days", "from", "to"):
            if name not in safe_contact or safe_contact[name] == ():
                yield Problem(f"{path}.{name}", "missing: say when this channel is safe")


def _share_a_reference(parts: Sequence[Part]) -> bool:
    references = [reference for part in parts if (reference := part.get("reference"))]
    return len(set(references)) < len(references)


def _same_person(victim: Part, offender: Part) -> bool:
    reference, identity = victim.get("reference"), _identity(victim)
    return (reference is not None and reference == offender.get("reference")) or (
        identity is not None and identity == _identity(offender)
    )


def _identity(person: Part) -> tuple[str, str, date] | None:
    last_name, born_on = person.get("last_name"), person.get("date_of_birth")
    if not (last_name and born_on):
        return None
    return (person.get("first_names") or "").casefold(), last_name.casefold(), born_on
