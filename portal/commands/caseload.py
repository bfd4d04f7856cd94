"""An invented caseload for the demonstration.  Nobody in it exists; the numbers are Ofcom's for drama."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from portal.domain.offences import Category, Offence

OFFENCES = (
    Offence("DM00001", Category.SUMMARY, "Damage to property worth less than £5,000", recordable=False),
    Offence("DM00002", Category.EITHER_WAY, "Theft from a shop", recordable=True),
    Offence("DM00003", Category.SUMMARY, "Drunk and disorderly in a public place", recordable=False),
    Offence("DM00004", Category.EITHER_WAY, "Possession of a controlled drug of Class B", recordable=True),
)
FORCES = ("01", "01", "01", "60")
PEOPLE = (
    ("Sam", "Taylor", "en"),
    ("Ffion", "Griffiths", "cy"),
    ("Amara", "Okonjo", "en"),
    ("", "Priyanka", "en"),
    ("Zoë", "Fairweather", "en"),
    ("Declan", "O'Hanlon", "en"),
    ("Tomasz", "Wiśnia", "pl"),
    ("Leah", "Marsh-Webb", "en"),
    ("Gethin", "Pryce", "cy"),
    ("Yusuf", "Adeyinka", "en"),
    ("Nell", "Harcastle", "en"),
    ("Ravi", "Sundaram", "en"),
)
CONDITIONS: tuple[tuple[dict[str, Any], ...], ...] = (
    (
        {
            "kind": "rehabilitative",
            "title": "Attend a drug awareness session",
            "evidence": "attendance",
            "provider": "Clearway Support",
        },
        {"kind": "reparative", "title": "Write a letter of apology", "evidence": "letter"},
    ),
    (
        {
            "kind": "reparative",
            "title": "Pay for the broken window",
            "evidence": "receipt",
            "amount_pence": 8500,
        },
        {"kind": "restrictive", "title": "Do not enter the shop", "evidence": "none"},
    ),
    (
        {
            "kind": "reparative",
            "title": "Carry out 8 hours of unpaid work",
            "evidence": "attendance",
            "provider": "Green Paths",
            "hours": 8,
        },
    ),
)
WITHOUT_MOBILE = (5, 11)
REGIMES = ("conditional_caution", "community_resolution", "deferred_prosecution")


def case_files(now: datetime) -> Iterator[bytes]:
    """The caseload as lines of case/1, with dates around ``now``."""
    for position, (first, last, language) in enumerate(PEOPLE):
        yield json.dumps(_case(position, first, last, language, now)).encode()


def _case(position: int, first: str, last: str, language: str, now: datetime) -> dict[str, Any]:
    decided = (now - timedelta(days=3 + position % 4)).replace(hour=11, minute=0, second=0, microsecond=0)
    end = decided.date() + timedelta(weeks=12)
    offence = OFFENCES[position % len(OFFENCES)]
    return {
        "schema": "case/1",
        "reference": f"DEMO/{position + 1:03}/26",
        "force": FORCES[position % len(FORCES)],
        "regime": REGIMES[position % len(REGIMES)],
        "offence": {
            "code": offence.code,
            "title": offence.title,
            "committed_on": (decided - timedelta(days=20)).date().isoformat(),
            "summary": f"{offence.title}.",
        },
        "decided_at": decided.astimezone(UTC).isoformat(),
        "authorised_by": {"name": "Robin Ashdown", "rank": "sergeant", "collar_number": "1001"},
        "officer": {
            "name": "Jo Merriweather",
            "collar_number": "2002",
            "email": "jo.merriweather@force.example",
            "phone": "101",
        },
        "complete_by": end.isoformat(),
        "offender": _offender(position, first, last, language),
        "victims": [],
        "conditions": [
            {
                "reference": f"C{number}",
                "due_on": (end - timedelta(days=14 * number)).isoformat(),
                **condition,
            }
            for number, condition in enumerate(CONDITIONS[position % len(CONDITIONS)], start=1)
        ],
    }


def _offender(position: int, first: str, last: str, language: str) -> dict[str, Any]:
    offender: dict[str, Any] = {
        "reference": f"D{position:04}",
        "first_names": first,
        "last_name": last,
        "date_of_birth": f"{1975 + position * 2}-0{1 + position % 9}-14",
        "language": language,
        "sex": "9",
        "email": f"person{position}@demo.example",
    }
    if position not in WITHOUT_MOBILE:
        offender["mobile"] = f"07700 900{700 + position}"
    return offender
