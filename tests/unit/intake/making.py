"""A case that is right, to be made wrong in one place at a time."""

import json
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

from portal.domain.offences import Category, Offence
from portal.domain.regimes import Regimes, load_regimes
from portal.intake.case_file import CaseFile
from portal.intake.checking import check
from portal.intake.refusals import Refusal

NOW = datetime(2026, 11, 20, 20, tzinfo=UTC)
REGIMES = load_regimes()
OFFENCES = {
    offence.code: offence
    for offence in (
        Offence("CJ88001", Category.SUMMARY, "Common assault", recordable=True),
        Offence("TH68010", Category.EITHER_WAY, "Theft from a shop", recordable=True),
        Offence("TH68023", Category.INDICTABLE_ONLY, "Robbery", recordable=True),
        Offence("AP00501", Category.CRIMINAL_APPLICATION, "Application", recordable=False),
    )
}

_CASE = {
    "schema": "case/1",
    "reference": "43/TV/1234/26",
    "force": "43",
    "regime": "conditional_caution",
    "offence": {
        "code": "TH68010",
        "title": "Theft from a shop",
        "committed_on": "2026-09-30",
        "summary": "Took two bottles.\nGave them back.",
    },
    "decided_at": "2026-10-26T14:15:00+00:00",
    "authorised_by": {"name": "Ngozi Çelik", "rank": "sergeant", "collar_number": "583PS"},
    "officer": {
        "name": "Zofia Fernandes",
        "collar_number": "2688XX",
        "email": "zofia@force.example",
        "phone": "101",
    },
    "complete_by": "2027-02-15",
    "offender": {
        "reference": "P1",
        "first_names": "Zoë",
        "last_name": "Bielak",
        "date_of_birth": "1999-05-28",
        "language": "en",
        "sex": "2",
        "mobile": "07700 900000",
        "landline": "020 7946 0640",
        "email": "zoe@mail.example",
        "ethnicity_self_defined": "W1",
        "needs": ["alcohol", "debt"],
        "adjustments": ["easy_read"],
    },
    "victims": [
        {
            "kind": "person",
            "reference": "V1",
            "first_names": "Sinéad",
            "last_name": "Kowalczyk",
            "date_of_birth": "1967-11-14",
            "language": "cy",
            "sex": "1",
            "mobile": "07700-900-021",
            "wants_updates": True,
            "domestic_abuse": True,
            "enhanced_rights": ["domestic_abuse"],
            "safe_contact": {
                "channel": "sms",
                "days": ["mon", "tue"],
                "from": "10:00",
                "to": "14:30",
                "confirmed_by": "4319XX",
            },
        },
        {"kind": "business", "reference": "V2", "name": "Marlow & Sons", "language": "en"},
    ],
    "conditions": [
        {
            "reference": "C1",
            "kind": "reparative",
            "title": "Carry out 8 hours of unpaid work",
            "due_on": "2027-01-12",
            "evidence": "attendance",
            "provider": "Skills Forward",
            "hours": 8,
        },
        {
            "reference": "C2",
            "kind": "financial",
            "title": "Pay a financial penalty",
            "due_on": "2027-02-15",
            "evidence": "receipt",
            "amount_pence": 5000,
        },
    ],
}

LEFT_OUT = object()
"""The value of a field that is not there."""


def a_case(changes: dict[str, Any] | None = None) -> dict[str, Any]:
    """A case with some fields changed, each named by its path, such as ``victims.0.mobile``."""
    case: dict[str, Any] = deepcopy(_CASE)
    for path, value in (changes or {}).items():
        *parents, name = [int(part) if part.isdigit() else part for part in path.split(".")]
        place: Any = case
        for parent in parents:
            place = place[parent]
        if value is LEFT_OUT:
            del place[name]
        else:
            place[name] = value
    return case


def checked(case: object, *, now: datetime = NOW, regimes: Regimes = REGIMES) -> CaseFile | Refusal:
    """What becomes of a case, or of the bytes of a line."""
    line = case if isinstance(case, bytes) else json.dumps(case).encode()
    return check(line, number=7, offences=OFFENCES, regimes=regimes, now=now)


def taken(case: object, **how: Any) -> CaseFile:
    """The case file of a case that must not be refused."""
    outcome = checked(case, **how)
    assert isinstance(outcome, CaseFile), str(outcome)
    return outcome


def refused(case: object, **how: Any) -> dict[str, str]:
    """The reasons, by path, of a case that must be refused."""
    outcome = checked(case, **how)
    assert isinstance(outcome, Refusal), "it was taken"
    assert outcome.line == 7
    return {problem.path: problem.reason for problem in outcome.problems}
