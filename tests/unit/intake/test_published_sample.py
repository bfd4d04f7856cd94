"""The sample that comes with the format: 200 good lines, and 36 that must be refused."""

import json
from pathlib import Path

import pytest

from portal.domain.offences import Offence
from portal.intake.case_file import CaseFile
from portal.intake.checking import check
from portal.intake.reading import lines
from portal.intake.refusals import Refusal
from tests.unit.intake.making import NOW, REGIMES

DATA = Path(__file__).parents[3] / ".." / "shared" / "data"

REASONS = {
    1: ("reference", "missing"),
    2: ("reference", "empty"),
    3: ("force", "unknown code"),
    4: ("regime", "unknown"),
    5: ("regime", "diversionary_caution has not commenced"),
    6: ("regime", "community_caution has not commenced"),
    7: ("offence.code", "unknown"),
    8: ("offence.committed_on", "after decided_at"),
    9: ("offence.committed_on", "not a date"),
    10: ("decided_at", "no UTC offset"),
    11: ("decided_at", "in the future"),
    12: ("complete_by", "not after decided_at"),
    13: ("complete_by", "longer than the regime's limit of 16 weeks"),
    14: ("offender.date_of_birth", "under 18 when the offence was committed"),
    15: ("offender.date_of_birth", "in the future"),
    16: ("offender.mobile", "not a phone number"),
    17: ("offender.email", "not an email address"),
    18: ("offender.language", "unknown language tag"),
    19: ("offender.ethnicity_self_defined", "unknown code"),
    20: ("offender.last_name", "empty"),
    21: ("conditions", "at least one condition"),
    22: ("conditions[0].kind", "unknown"),
    23: ("conditions[0].due_on", "after complete_by"),
    24: ("conditions", "two conditions share a reference"),
    25: ("conditions[0].hours", "over the regime's limit of 20"),
    26: ("conditions[0].amount_pence", "over the regime's penalty limit"),
    27: ("conditions[0].amount_pence", "negative"),
    28: ("victims[0].safe_contact", "ends before it starts"),
    29: ("victims[0].domestic_abuse", "needs a safe_contact that an officer confirmed"),
    30: ("victims[0]", "is the offender"),
    31: ("offender.surname", "unknown field"),
    32: ("offender.first_names", "control characters"),
    33: ("offence.summary", "longer than 2,000 characters"),
    34: ("", "not valid JSON"),
    35: ("", "not an object"),
    36: ("schema", "unknown version"),
}


def _published(name: str) -> Path:
    path = DATA / name
    if not path.is_file():
        pytest.fail(f"this test needs {name} of the published data, in shared/data beside the project")
    return path


@pytest.fixture(scope="module")
def offences():
    entries = json.loads(_published("cjs-offences.json").read_bytes())
    return {entry["cjsCode"]: Offence.from_entry(entry) for entry in entries}


@pytest.fixture(scope="module")
def outcomes(offences):
    def of(name):
        with _published(f"intake/{name}").open("rb") as stream:
            return {
                number: check(line, number=number, offences=offences, regimes=REGIMES, now=NOW)
                for number, line in lines(stream)
            }

    return of


def test_every_entry_of_the_published_list_is_read(offences):
    assert len(offences) == 15_352


def test_every_good_line_is_taken(outcomes):
    good = outcomes("sample.jsonl")

    assert [str(outcome) for outcome in good.values() if isinstance(outcome, Refusal)] == []
    assert len(good) == 200
    assert len({outcome.digest() for outcome in good.values() if isinstance(outcome, CaseFile)}) == 200


def test_every_bad_line_is_refused_for_its_reason(outcomes):
    bad = outcomes("bad.jsonl")
    missed = {}
    for number, (path, says) in REASONS.items():
        problems = bad[number].problems if isinstance(bad[number], Refusal) else ()
        if not any(problem.path == path and problem.reason.startswith(says) for problem in problems):
            missed[number] = [str(problem) for problem in problems]

    assert missed == {}
    assert bad.keys() == REASONS.keys()


@pytest.mark.parametrize("number", sorted(REASONS.keys() - {12, 30}))
def test_a_line_with_one_mistake_has_one_problem(outcomes, number):
    refusal = outcomes("bad.jsonl")[number]

    assert len(refusal.problems) == 1, str(refusal)
