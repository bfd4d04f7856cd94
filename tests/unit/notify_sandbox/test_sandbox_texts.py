"""A text is cleaned, counted and priced as the networks would."""

# ruff: noqa: RUF001 look-alikes are what these tests are about

import pytest

from portal.notify_sandbox import texts


@pytest.mark.parametrize(
    ("text", "fragments"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("a" * 459, 3),
        ("a" * 460, 4),
        ("a" * 918, 6),
        ("a" * 919, 7),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("é" * 160, 1),
        ("á" * 70, 1),
        ("á" * 71, 2),
        ("ŵ" + "a" * 133, 2),
        ("ŵ" + "a" * 134, 3),
        ("ŵ" + "a" * 917, 14),
    ],
)
def test_fragments_are_counted_as_notify_counts_them(text, fragments):
    assert texts.fragments(texts.tidy(text)) == fragments


def test_the_name_of_the_service_counts_towards_the_fragments():
    sent = texts.tidy(texts.with_prefix("a" * 160, "My Service"))

    assert (texts.units(sent), texts.fragments(sent)) == (172, 2)


@pytest.mark.parametrize(
    ("text", "tidy"),
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
def test_a_text_is_tidied_as_notify_tidies_it(text, tidy):
    assert texts.tidy(text) == tidy


def test_only_the_welsh_letters_outside_the_alphabet_make_a_text_dear():
    cheap, dear = "ÄÉÖÜàäèéìòöùü", "ÀÁÂÈÊËÌÍÎÏÒÓÔÙÚÛÝáâêëíîïóôúûýÿŴŵŶŷŸẀẁẂẃẄẅỲỳ"

    assert [texts.fragments(letter * 160) for letter in cheap] == [1] * len(cheap)
    assert [texts.fragments(letter + "a" * 70) for letter in dear] == [2] * len(dear)
    assert texts.tidy(dear) == dear
