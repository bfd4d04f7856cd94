"""The published sample of case files, and who in it can be reached."""

import json
import re
from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any

from portal.settings import ROOT

DATA = ROOT.parent / "shared" / "data"
OFFENCES = DATA / "cjs-offences.json"
SAMPLE = DATA / "intake" / "sample.jsonl"


class Sampled:
    """A case of the sample, as the tests speak of it."""

    def __init__(self, case: dict[str, Any]) -> None:
        self.case = case
        self.reference: str = case["reference"]
        self.force: str = case["force"]
        self.conditions: list[dict[str, Any]] = case["conditions"]
        self.officer: str = case["officer"]["name"]
        self.phone: str = case["officer"]["phone"]
        self.complete_by = date.fromisoformat(case["complete_by"])
        offender = case["offender"]
        self.name = " ".join(offender.get(part, "") for part in ("first_names", "last_name")).strip()
        self.language: str = offender["language"]
        self.mobile, self.email = _contacts(offender)
        self.contact, self.channel = "", ""
        """Where messages reach this person and nobody else; nothing, if there is no such place."""


def sampled() -> list[Sampled]:
    """The sample, each person with the contact that is theirs alone."""
    everybody = [Sampled(json.loads(line)) for line in SAMPLE.read_text("utf-8").splitlines()]
    people = [person.case["offender"] for person in everybody]
    people += [victim for person in everybody for victim in person.case["victims"]]
    owners = Counter(contact for person in people for contact in _contacts(person))
    for person in everybody:
        for contact, channel in ((person.email, "email"), (person.mobile, "sms")):
            if contact and owners[contact] == 1:
                person.contact, person.channel = contact, channel
    return everybody


def reachable(language: str, channel: str = "sms") -> Iterable[Sampled]:
    """Those who speak a language and are reached in a way."""
    return (person for person in sampled() if (person.language, person.channel) == (language, channel))


def _contacts(person: dict[str, Any]) -> tuple[str, str]:
    """The mobile, as in +447700900123, and the e-mail address, however they were written."""
    mobile = re.sub(r"\D", "", str(person.get("mobile") or "").replace("(0)", ""))
    digits = mobile.removeprefix("00").removeprefix("44").lstrip("0")
    return f"+44{digits}" if digits else "", str(person.get("email") or "").casefold()
