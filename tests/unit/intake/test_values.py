"""Each value of a case has its rule."""

import pytest

from tests.unit.intake.making import LEFT_OUT, a_case, refused, taken


def _path(dotted: str) -> str:
    """``victims.0.mobile`` as a refusal writes it."""
    return "".join(f"[{part}]" if part.isdigit() else f".{part}" for part in dotted.split(".")).removeprefix(
        "."
    )


REQUIRED = [
    *("schema", "reference", "force", "regime", "offence", "decided_at", "authorised_by", "officer"),
    *("complete_by", "offender", "victims", "conditions"),
    *(f"offence.{name}" for name in ("code", "title", "committed_on", "summary")),
    *(f"authorised_by.{name}" for name in ("name", "rank", "collar_number")),
    *(f"officer.{name}" for name in ("name", "collar_number", "email", "phone")),
    *(
        f"offender.{name}"
        for name in ("reference", "first_names", "last_name", "date_of_birth", "language", "sex")
    ),
    *(f"victims.0.{name}" for name in ("kind", "reference", "last_name", "language")),
    *(f"victims.1.{name}" for name in ("kind", "reference", "name", "language")),
    "victims.0.safe_contact.channel",
    *(f"conditions.0.{name}" for name in ("reference", "kind", "title", "due_on", "evidence")),
]

OPTIONAL = [
    *(
        f"offender.{name}"
        for name in ("mobile", "landline", "email", "ethnicity_self_defined", "needs", "adjustments")
    ),
    *(
        f"victims.0.{name}"
        for name in ("first_names", "date_of_birth", "sex", "mobile", "wants_updates", "enhanced_rights")
    ),
    "conditions.0.provider",
    "conditions.0.hours",
]

WRONG = [
    ("reference", 43, "not text"),
    ("reference", True, "not text"),
    ("reference", ["43"], "not text"),
    ("reference", "x" * 65, "longer than 64"),
    ("reference", "x" * 500_000, "longer than 64"),
    ("reference", "\u0301" * 150_000, "longer than 64"),
    ("reference", " \u00a0 ", "empty"),
    ("force", 43, "unknown code"),
    ("force", "4", "unknown code"),
    ("force", ["43"], "unknown code"),
    ("regime", "Conditional_Caution", "unknown"),
    ("offence", [], "not an object"),
    ("offence", "TH68010", "not an object"),
    ("offence.summary", "x" * 2001, "longer than 2,000"),
    ("offence.committed_on", "2026-02-29", "not a date"),
    ("offence.committed_on", "20260930", "not a date"),
    ("offence.committed_on", "2026-W40-3", "not a date"),
    ("offence.committed_on", "2026-09-30T00:00", "not a date"),
    ("offence.committed_on", "0001-01-01", "not a date"),
    ("offence.committed_on", "٢٠٢٦-09-30", "not a date"),
    ("offence.committed_on", 20260930, "not a date"),
    ("decided_at", "2026-10-26T14:15:00", "no UTC offset"),
    ("decided_at", "2026-10-26", "not a date and time"),
    ("decided_at", "2026-10-26T24:15:00Z", "not a date and time"),
    ("decided_at", "2026-10-26T14:15:60Z", "not a date and time"),
    ("decided_at", "2026-10-26T14:15:00+25:00", "not a date and time"),
    ("decided_at", "0001-01-01T00:00:00+10:00", "not a date and time"),
    ("decided_at", 1790000000, "not a date and time"),
    ("officer.email", "zofia@", "not an email address"),
    ("officer.phone", "desk", "not a phone number"),
    ("authorised_by.rank", "Sergeant", "unknown"),
    ("offender.sex", 2, "unknown"),
    ("offender.sex", "F", "unknown"),
    ("offender.language", "en_GB", "unknown language tag"),
    ("offender.language", "xx", "unknown language tag"),
    ("offender.language", ["en"], "unknown language tag"),
    ("offender.mobile", "", "empty"),
    ("offender.mobile", 447700900000, "not text"),
    ("offender.mobile", "020 7946 0640", "not a mobile number"),
    ("offender.mobile", "0909 879 1234", "a premium-rate number"),
    ("offender.landline", "07700 900000", "a mobile number"),
    ("offender.needs", "alcohol", "not a list"),
    ("offender.needs", {"alcohol": True}, "not a list"),
    ("offender.needs", ["need"] * 51, "more than 50"),
    ("victims", {}, "not a list"),
    ("victims", ["V1"] * 101, "more than 100"),
    ("victims.0", "V1", "not an object"),
    ("victims.0.kind", "charity", "unknown"),
    ("victims.0.wants_updates", "yes", "not true or false"),
    ("victims.0.wants_updates", 1, "not true or false"),
    ("victims.0.safe_contact.channel", "post", "unknown"),
    ("victims.0.safe_contact.from", "24:00", "not a time of day"),
    ("victims.0.safe_contact.from", "8:00", "not a time of day"),
    ("victims.0.safe_contact.to", 1430, "not a time of day"),
    ("conditions", "C1", "not a list"),
    ("conditions.0", None, "not an object"),
    ("conditions.0.evidence", "promise", "unknown"),
    ("conditions.0.hours", True, "not a whole number of hours"),
    ("conditions.0.hours", 8.0, "not a whole number of hours"),
    ("conditions.0.hours", "8", "not a whole number of hours"),
    ("conditions.0.hours", 0, "zero"),
    ("conditions.1.amount_pence", 10**18, "more than 100,000,000 pence"),
    ("conditions.1.amount_pence", 50.5, "not a whole number of pence"),
]


@pytest.mark.parametrize("field", REQUIRED)
@pytest.mark.parametrize("gone", [LEFT_OUT, None], ids=["left out", "null"])
def test_a_field_that_every_case_needs_is_missed(field, gone):
    assert refused(a_case({field: gone}))[_path(field)] == "missing"


@pytest.mark.parametrize("field", OPTIONAL)
@pytest.mark.parametrize("gone", [LEFT_OUT, None], ids=["left out", "null"])
def test_an_optional_field_is_not_missed(field, gone):
    assert taken(a_case({field: gone}))


@pytest.mark.parametrize(("field", "value", "says"), WRONG)
def test_a_wrong_value_is_named_by_its_path(field, value, says):
    reasons = refused(a_case({field: value}))

    assert reasons[_path(field)].startswith(says), reasons


@pytest.mark.parametrize(
    ("field", "value", "at", "says"),
    [
        ("offender.needs", ["alcohol", 5], "offender.needs[1]", "not text"),
        ("offender.needs", ["alcohol", "\0"], "offender.needs[1]", "control characters"),
        ("offender.needs", ["alcohol", "alcohol"], "offender.needs[1]", "given twice"),
        ("victims.0.safe_contact.days", ["mon", "monday"], "victims[0].safe_contact.days[1]", "unknown"),
    ],
)
def test_a_wrong_item_is_named_by_its_place(field, value, at, says):
    assert refused(a_case({field: value}))[at].startswith(says)


@pytest.mark.parametrize(
    ("field", "at", "says"),
    [
        ("colour", "colour", "unknown field"),
        ("offender.lastname", "offender.lastname", "unknown field: did you mean last_name?"),
        ("victims.1.last_name", "victims[1].last_name", "unknown field: did you mean name?"),
        ("victims.0.safe_contact.till", "victims[0].safe_contact.till", "unknown field"),
        ("conditions.1.hour", "conditions[1].hour", "unknown field: did you mean hours?"),
        ("offender.Zoë Bielak", "offender", "unknown field, with a name that is no plain word"),
    ],
)
def test_an_unknown_field_is_refused_by_name_at_every_level(field, at, says):
    assert refused(a_case({field: None}))[at] == says


def test_a_thousand_unknown_fields_are_not_a_thousand_problems():
    assert len(refused(a_case({f"field_{number}": 1 for number in range(1000)}))) == 20


@pytest.mark.parametrize("kind", ["shop", None, 5])
def test_a_victim_of_no_kind_is_read_by_the_names_it_has(kind):
    assert refused(a_case({"victims.1.kind": kind})).keys() == {"victims[1].kind"}
    assert refused(a_case({"victims.0.kind": kind})).keys() == {"victims[0].kind"}


def test_all_problems_of_a_line_are_told():
    changes = {
        "reference": LEFT_OUT,
        "force": "99",
        "offence.committed_on": "yesterday",
        "offender.mobile": "none",
        "victims.0.safe_contact.from": "15:00",
        "conditions.0.kind": "punitive",
        "conditions.1.due_on": "2027-02-16",
    }

    assert refused(a_case(changes)).keys() == {
        "reference",
        "force",
        "offence.committed_on",
        "offender.mobile",
        "victims[0].safe_contact",
        "conditions[0].kind",
        "conditions[1].due_on",
    }


@pytest.mark.parametrize("schema", ["case/2", 1, None, LEFT_OUT])
def test_of_another_version_nothing_else_is_said(schema):
    assert refused(a_case({"schema": schema, "force": "99", "colour": "red"})).keys() == {"schema"}


def test_a_refusal_reads_as_a_sentence():
    outcome = refused(a_case({"force": "99"}))

    assert outcome == {"force": "unknown code: write the two digits of the force, such as 43"}
