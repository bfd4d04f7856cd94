"""Phone numbers are taken in every form that Notify takes, and refused in its words."""

import pytest

from portal.notify_sandbox import phones
from portal.notify_sandbox.config import Channel
from portal.notify_sandbox.recipients import comparable


@pytest.mark.parametrize(
    "written",
    [
        "07700900001",
        "7700900001",
        "+447700900001",
        "447700900001",
        "00447700900001",
        "+44 (0)7700 900001",
        "(07700)900-001",
        "0+447700900001",
        "+07700900001",
        " 07700\u200b 900001\u00a0",
    ],
)
def test_one_number_has_many_forms(written):
    assert phones.parse(written).digits == "447700900001"
    assert comparable(Channel.SMS, written) == "447700900001"


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("07700.900001", phones.UNKNOWN_CHARACTER),
        ("07700 90000x", phones.UNKNOWN_CHARACTER),
        ("٠٧٧٠٠٩٠٠٠٠١", phones.UNKNOWN_CHARACTER),
        ("", phones.TOO_SHORT),
        ("999", phones.TOO_SHORT),
        ("0770", phones.TOO_SHORT),
        ("+44 7700 9000012", phones.TOO_LONG),
        ("06123 456789", phones.IMPOSSIBLE),
        ("0912 345 6789", phones.IMPOSSIBLE),
        ("01632 960123", phones.IMPOSSIBLE),
        ("+881612345678", phones.UNKNOWN_COUNTRY),
    ],
)
def test_a_bad_number_is_refused_in_notifys_words(written, reason):
    with pytest.raises(phones.BadNumber) as refusal:
        phones.parse(written)

    assert str(refusal.value) == reason


@pytest.mark.parametrize("written", ["07700 900", "07700 9000"])
def test_notifys_slip_about_television_numbers_is_kept(written):
    assert phones.parse(written).country == phones.UK


def test_one_digit_too_many_may_reach_russia():
    phone = phones.parse("077009000012")

    assert (phone.digits, phone.foreign, phone.rate_multiplier) == ("77009000012", True, 10.0)


@pytest.mark.parametrize("written", ["07797 712345", "07781 112345", "07624 412345"])
def test_the_islands_are_no_foreign_countries_but_cost_double(written):
    phone = phones.parse(written)

    assert (phone.foreign, phone.abroad, phone.rate_multiplier) == (False, True, 2.0)


def test_a_landline_is_told_from_a_mobile():
    assert phones.parse("020 7946 0000").landline
    assert not phones.parse("07700 900001").landline


def test_what_is_no_number_is_compared_as_it_is_written():
    assert comparable(Channel.SMS, " Amends ") == "Amends"
