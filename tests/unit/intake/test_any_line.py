"""Whatever a line holds, it is taken or refused, and a refusal repeats nobody's data."""

import json
from collections.abc import Iterator
from typing import Any, TypeAlias

from hypothesis import given
from hypothesis import strategies as st

from portal.intake.case_file import CaseFile
from portal.intake.refusals import Refusal
from tests.unit.intake.making import a_case, checked

Place: TypeAlias = tuple[Any, ...]
"""The names and numbers on the way to something inside a JSON value."""

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
LIKELY: st.SearchStrategy[object] = st.sampled_from(
    [
        *("", "none", "sms", "person", "business", "financial", "community_caution", "CJ88001", "P1"),
        *("2026-10-26", "2199-12-31", "9999-12-31", "2199-12-31T23:59:59-23:59", "1900-01-01T00:00:00+23:59"),
        *(
            "00:00",
            "23:59",
            "+447700900123",
            "+1",
            "a@b.example",
            0,
            -1,
            1000,
            True,
            None,
            [],
            {},
            [[]],
            [{}],
        ),
    ]
)


def _places(value: object, place: Place = ()) -> Iterator[Place]:
    """The way to everything inside a JSON value."""
    yield place
    inner = value if isinstance(value, dict) else dict(enumerate(value)) if isinstance(value, list) else {}
    for name, item in inner.items():
        yield from _places(item, (*place, name))


PLACES = [place for place in _places(a_case()) if place]
TEXTS = [
    place
    for place in PLACES
    if place[0] in {"offender", "victims", "officer", "authorised_by", "conditions", "reference", "offence"}
]


def _put(case: Any, place: Place, value: object) -> None:
    """Put a value there, if the way there still is."""
    try:
        for name in place[:-1]:
            case = case[name]
        case[place[-1]] = value
    except (KeyError, IndexError, TypeError):
        pass


@given(line=st.binary())
def test_any_bytes_are_refused(line):
    assert isinstance(checked(line), Refusal)


@given(document=ANY_JSON)
def test_any_json_is_refused(document):
    assert isinstance(checked(document), Refusal)


@given(changes=st.lists(st.tuples(st.sampled_from(PLACES), LIKELY | ANY_JSON), min_size=1, max_size=4))
def test_any_change_of_a_good_case_ends_in_one_of_two_ways(changes):
    case = a_case()
    for place, value in changes:
        _put(case, place, value)

    outcome = checked(case)

    assert isinstance(outcome, CaseFile | Refusal)
    if isinstance(outcome, CaseFile):
        assert len(outcome.digest()) == 32
    else:
        assert outcome.problems
        assert len(set(outcome.problems)) == len(outcome.problems), str(outcome)


@given(cut=st.integers(0, 2500))
def test_a_line_that_was_cut_short_is_refused(cut):
    line = json.dumps(a_case()).encode()

    assert isinstance(checked(line[: min(cut, len(line) - 1)]), Refusal)


@given(
    places=st.sets(st.sampled_from(TEXTS), min_size=1, max_size=6), secret=st.from_regex(r"\AQzx[a-z]{6}\Z")
)
def test_a_refusal_never_repeats_a_value(places, secret):
    case = a_case({"force": "99"})
    for place in places:
        _put(case, place, secret)

    assert secret not in str(checked(case))


@given(secret=st.from_regex(r"\AQzx [a-z]{6}\Z"))
def test_a_refusal_never_repeats_a_name_that_is_no_field(secret):
    case = a_case({"offender": {secret: secret}, secret: secret})

    assert secret not in str(checked(case))
