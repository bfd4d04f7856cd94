"""A case file has one normal form, and equal ones have equal digests."""

import json
import random
import unicodedata
from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.conditions import EvidenceKind
from portal.domain.regimes import Rank, Regime
from portal.domain.victims import SafeChannel, VictimKind
from tests.unit.intake.making import LEFT_OUT, a_case, taken


def _shuffled(value: object, order: random.Random) -> object:
    """The same JSON with the fields of every object in another order."""
    if isinstance(value, dict):
        names = list(value)
        order.shuffle(names)
        return {name: _shuffled(value[name], order) for name in names}
    if isinstance(value, list):
        return [_shuffled(item, order) for item in value]
    return value


def test_what_was_read_is_typed_and_normal():
    case = taken(a_case({"offender.language": "EN-gb", "offender.last_name": " Bielak "}))
    victim, business = case.victims

    assert case.regime is Regime.CONDITIONAL_CAUTION
    assert case.authorised_by.rank is Rank.SERGEANT
    assert case.officer.phone == "101"
    assert (case.offender.mobile, case.offender.landline) == ("+447700900000", "+442079460640")
    assert (case.offender.last_name, case.offender.language) == ("Bielak", "en-GB")
    assert case.offender.needs == ("alcohol", "debt")
    assert (victim.kind, victim.date_of_birth, victim.name) == (VictimKind.PERSON, date(1967, 11, 14), "")
    assert victim.safe_contact is not None
    assert (victim.safe_contact.channel, victim.safe_contact.days) == (SafeChannel.SMS, ("mon", "tue"))
    assert (victim.safe_contact.starts, victim.safe_contact.ends) == (time(10), time(14, 30))
    assert (business.kind, business.name, business.wants_updates) == (
        VictimKind.BUSINESS,
        "Marlow & Sons",
        False,
    )
    assert case.conditions[0].evidence is EvidenceKind.ATTENDANCE


@given(seed=st.integers())
def test_the_order_of_fields_says_nothing(seed):
    shuffled = _shuffled(a_case(), random.Random(seed))  # noqa: S311 (only an order)

    assert taken(shuffled) == taken(a_case())
    assert taken(shuffled).digest() == taken(a_case()).digest()


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_neither_does_the_form_of_accents(form):
    line = unicodedata.normalize(form, json.dumps(a_case(), ensure_ascii=False)).encode()

    assert taken(line).offender.first_names == "Zoë"
    assert taken(line).digest() == taken(a_case()).digest()


@pytest.mark.parametrize("mobile", ["07700900000", "+44 (0)7700 900000", "0044 7700 900000", "7700-900-000"])
def test_neither_does_the_shape_of_a_number(mobile):
    assert taken(a_case({"offender.mobile": mobile})).digest() == taken(a_case()).digest()


@pytest.mark.parametrize(
    "changes",
    [
        {"reference": "43/TV/1235/26"},
        {"offender.mobile": "07700 900001"},
        {"offender.mobile": LEFT_OUT},
        {"offender.needs": ["debt", "alcohol"]},
        {"victims.0.safe_contact.to": "14:31"},
        {"victims.1.wants_updates": True},
        {"conditions.0.hours": 9},
        {"decided_at": "2026-10-26T14:15:01+00:00"},
    ],
)
def test_every_change_shows_in_the_digest(changes):
    assert taken(a_case(changes)).digest() != taken(a_case()).digest()


def test_a_digest_has_32_bytes():
    assert len(taken(a_case()).digest()) == 32
