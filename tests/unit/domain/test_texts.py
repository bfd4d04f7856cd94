"""A text is cleaned as Notify cleans it, counted as the networks count it, and priced."""

# ruff: noqa: RUF001 look-alikes are what these tests are about

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.texts import COSTLY_WELSH, GSM, LONGEST_TEXT, Encoding, Text, as_sent, cleaned

GSM_7, UCS_2 = Encoding.GSM_7, Encoding.UCS_2
PRICE = Decimal("0.024")


def sent(written: str) -> Text:
    return as_sent(written, price=PRICE)


@pytest.mark.parametrize(
    ("text", "encoding", "fragments"),
    [
        ("", GSM_7, 1),
        ("a" * 160, GSM_7, 1),
        ("a" * 161, GSM_7, 2),
        ("a" * 306, GSM_7, 2),
        ("a" * 307, GSM_7, 3),
        ("a" * 459, GSM_7, 3),
        ("a" * 460, GSM_7, 4),
        ("a" * 918, GSM_7, 6),
        ("a" * 919, GSM_7, 7),
        ("€" * 80, GSM_7, 1),
        ("€" * 81, GSM_7, 2),
        ("é" * 160, GSM_7, 1),
        ("á" * 70, UCS_2, 1),
        ("á" * 71, UCS_2, 2),
        ("ŵ" + "a" * 133, UCS_2, 2),
        ("ŵ" + "a" * 134, UCS_2, 3),
        ("ŵ" + "a" * 917, UCS_2, 14),
        ("My Service: " + "a" * 160, GSM_7, 2),
    ],
)
def test_fragments_are_counted_as_notify_counts_them(text, encoding, fragments):
    said = sent(text)

    assert (said.encoding, said.fragments) == (encoding, fragments)


def test_units_are_those_of_the_alphabet_that_carries_the_text():
    assert sent("My Service: " + "a" * 160).units == 172
    assert sent("€5").units == 3
    assert sent("ŵ€5").units == 3


@pytest.mark.parametrize(
    ("text", "too_long"),
    [
        ("a" * LONGEST_TEXT, False),
        ("a" * (LONGEST_TEXT + 1), True),
        ("€" * LONGEST_TEXT, False),
        ("ŵ" + "a" * (LONGEST_TEXT - 1), False),
        ("a" * LONGEST_TEXT + "  \n", False),
    ],
    ids=["as long as may be", "one more", "two units each", "sixteen bits", "spaces at the end"],
)
def test_how_long_a_text_may_be_goes_by_its_letters_not_by_its_units(text, too_long):
    assert sent(text).is_too_long is too_long


@pytest.mark.parametrize(
    ("written", "becomes"),
    [
        ("on .", "on."),
        ("a ,b \t. c", "a,b. c"),
        ("a  b\u00a0 c\td", "a b c d"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("  a  \n  b  ", "a\nb"),
        ("a\n\n\n\n\nb\n\nc", "a\n\nb\n\nc"),
        ("\n\n a \n\n", "a"),
        ("a\r\nb", "a\nb"),
        ("ç ő Ř", "c o R"),
        ("‑ – — −", "- - - -"),
        ("…", "..."),
        ("‘a’ ‚b", "'a' 'b"),
        ("“a” „b", '"a" "b'),
        ("Łódź ł", "Lódz l"),
        ("🙂 Ж ` ½ \x07", "? ? ? ? ?"),
        ("e\u0301", "e?"),
        ("^{}\\[~]|€", "^{}\\[~]|€"),
        ("ŵ Ŷ á Ẅ ỳ", "ŵ Ŷ á Ẅ ỳ"),
    ],
)
def test_a_text_is_cleaned_as_notify_cleans_it(written, becomes):
    assert sent(written).sent == becomes


@pytest.mark.parametrize("letter", "ÄÉÖÜàäèéìòöùü")
def test_a_welsh_letter_that_the_alphabet_has_costs_as_any_other(letter):
    assert sent(letter * 160).fragments == 1


@pytest.mark.parametrize("letter", "ÀÁÂÈÊËÌÍÎÏÒÓÔÙÚÛÝáâêëíîïóôúûýÿŴŵŶŷŸẀẁẂẃẄẅỲỳ")
def test_a_welsh_letter_that_the_alphabet_lacks_makes_the_whole_text_dear(letter):
    said = sent(letter + "a" * 70)

    assert (said.sent[0], said.encoding, said.fragments) == (letter, UCS_2, 2)


@given(st.text())
def test_whatever_is_written_only_what_the_networks_carry_is_sent(written):
    assert set(cleaned(written)) <= GSM | COSTLY_WELSH


def test_a_text_costs_its_fragments_in_pounds():
    assert sent("a" * 161).cost == Decimal("0.048")
    assert as_sent("a" * 161, price=Decimal("0.031")).cost == Decimal("0.062")
