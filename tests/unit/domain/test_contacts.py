"""A way of contact has one form, however it was written."""

import unicodedata

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain import contacts

SHAPES = [
    "0{a}{b}{c}",
    "0{a} {b}{c}",
    "0{a}-{b}-{c}",
    "(0{a}) {b} {c}",
    "{a}{b}{c}",
    "44{a}{b}{c}",
    "+44{a}{b}{c}",
    "+44 (0){a} {b}{c}",
    "+44 0 {a} {b} {c}",
    "0044{a}{b}{c}",
    "0044 (0){a} {b}{c}",
    "  0{a}.{b}.{c}\u00a0",
]
"""How people write one and the same number."""


@given(shape=st.sampled_from(SHAPES), last=st.integers(0, 999))
def test_every_shape_of_a_mobile_number_is_one_number(shape, last):
    given_as = shape.format(a="7700", b="900", c=f"{last:03}")

    assert contacts.mobile(given_as) == f"+447700900{last:03}"
    assert contacts.national_form(contacts.mobile(given_as)) == f"07700 900{last:03}"


@given(shape=st.sampled_from(SHAPES[:4] + SHAPES[6:8]), last=st.integers(0, 999))
def test_we_read_british_numbers_as_the_library_does(shape, last):
    given_as = shape.format(a="20", b="7946", c=f"0{last:03}")
    by_the_library = phonenumbers.format_number(
        phonenumbers.parse(given_as, "GB"), phonenumbers.PhoneNumberFormat.E164
    )

    assert contacts.landline(given_as) == by_the_library


@pytest.mark.parametrize(
    ("given_as", "kept"),
    [
        ("+48 512 345 678", "+48512345678"),
        ("0048 512 345 678", "+48512345678"),
        ("+1 (202) 555-0143", "+12025550143"),
        ("07624 123456", "+447624123456"),
    ],
)
def test_other_mobile_numbers_are_kept(given_as, kept):
    assert contacts.mobile(given_as) == kept


@pytest.mark.parametrize(
    ("given_as", "error"),
    [
        ("ring his mum", contacts.NotAPhoneNumber),
        ("", contacts.NotAPhoneNumber),
        ("101", contacts.NotAPhoneNumber),
        ("07700 90012", contacts.NotAPhoneNumber),
        ("+44 7700 9001234", contacts.NotAPhoneNumber),
        ("07012 345678", contacts.NotAPhoneNumber),
        ("+999 1234 5678", contacts.NotAPhoneNumber),
        ("+48 512", contacts.NotAPhoneNumber),
        ("+1 202 555 0143 99", contacts.NotAPhoneNumber),
        ("٠٧٧٠٠٩٠٠١٢٣", contacts.NotAPhoneNumber),
        ("0" * 5000, contacts.NotAPhoneNumber),
        ("020 7946 0640", contacts.NotAMobile),
        ("+33 1 23 45 67 89", contacts.NotAMobile),
        ("0909 879 1234", contacts.CostsExtra),
        ("+33 899 70 01 23", contacts.CostsExtra),
    ],
)
def test_what_takes_no_texts_is_no_mobile_number(given_as, error):
    with pytest.raises(error) as raised:
        contacts.mobile(given_as)

    assert str(raised.value) == str(error()), "an error says the same whatever was given"


@pytest.mark.parametrize(
    ("given_as", "kept"),
    [
        ("020 7946 0640", "+442079460640"),
        ("01632 960001", "+441632960001"),
        ("0800 001 0000", "+448000010000"),
        ("056 0000 0000", "+445600000000"),
        ("+33 1 23 45 67 89", "+33123456789"),
    ],
)
def test_landlines_are_kept(given_as, kept):
    assert contacts.landline(given_as) == kept


@pytest.mark.parametrize(
    ("given_as", "error"),
    [
        ("07700 900123", contacts.NotALandline),
        ("0909 879 1234", contacts.CostsExtra),
        ("020 7946 064", contacts.NotAPhoneNumber),
    ],
)
def test_what_is_no_landline_is_refused(given_as, error):
    with pytest.raises(error):
        contacts.landline(given_as)


@pytest.mark.parametrize(
    ("given_as", "kept", "shown"),
    [
        ("101", "101", "101"),
        ("101 ext. 71234", "101 ext 71234", "101 ext 71234"),
        ("01632 960001 x12", "+441632960001 ext 12", "01632 960001 ext 12"),
        ("07700 900123", "+447700900123", "07700 900123"),
        ("+48 512 345 678", "+48512345678", "+48 512 345 678"),
    ],
)
def test_an_officer_may_have_a_short_code_and_an_extension(given_as, kept, shown):
    assert contacts.phone(given_as) == kept
    assert contacts.national_form(kept) == shown


@pytest.mark.parametrize("given_as", ["999", "desk", "ext 12", "x" * 10_000, "1 " * 10_000 + "x"])
def test_what_rings_nowhere_is_no_phone(given_as):
    with pytest.raises(contacts.NotAPhoneNumber):
        contacts.phone(given_as)


@pytest.mark.parametrize(
    ("given_as", "kept"),
    [
        ("  Ana.O'Neill+1@Mail.Example ", "Ana.O'Neill+1@mail.example"),
        ("ana@mail.co.example", "ana@mail.co.example"),
        ("ana@MÜNCHEN.example", "ana@münchen.example"),
    ],
)
def test_an_email_address_keeps_its_name_and_its_host_in_small_letters(given_as, kept):
    assert contacts.email(given_as) == kept


@pytest.mark.parametrize(
    "given_as",
    [
        "bob@@example",
        "bob@example",
        "bob",
        "@mail.example",
        "bob@.example",
        "bob@mail..example",
        "bo..b@mail.example",
        "bob@-mail.example",
        "bob@mail.e1",
        "bob smith@mail.example",
        "bob@mail.example\nbcc: x@mail.example",
        "b" * 65 + "@mail.example",
        "bob@" + "m" * 64 + ".example",
        "bob@" + "mail." * 60 + "example",
        "bob@" + "mail." * 50 + "example",
        "bób@mail.example",
    ],
)
def test_what_notify_would_not_send_to_is_no_email_address(given_as):
    with pytest.raises(contacts.NotAnEmailAddress):
        contacts.email(given_as)


@pytest.mark.parametrize("name", ["Ó Briain", "O'Neill", "Smith-Jones", "Nguyễn", "Wójcik", "می‌خواهم", "李"])
def test_names_keep_every_letter(name):
    assert contacts.line(name) == unicodedata.normalize("NFC", name)


@given(text=st.text())
def test_text_that_is_kept_is_in_one_form_and_kept_again_unchanged(text):
    try:
        kept = contacts.prose(text)
    except contacts.UnseenCharacters:
        return

    assert unicodedata.is_normalized("NFC", kept)
    assert contacts.prose(kept) == kept


@pytest.mark.parametrize(
    "unseen", ["\0", "\x1b", "\x7f", "\u202e", "\u200b", "\u2066", "\ufeff", "\ud800", "\ufffe"]
)
def test_characters_that_nobody_sees_are_refused(unseen):
    for tidy in (contacts.line, contacts.prose):
        with pytest.raises(contacts.UnseenCharacters):
            tidy(f"Bob{unseen}evil")


@pytest.mark.parametrize("break_", ["\n", "\t", "\r\n"])
def test_prose_has_lines_and_a_line_has_none(break_):
    with pytest.raises(contacts.UnseenCharacters):
        contacts.line(f"one{break_}two")

    assert contacts.prose(f"one{break_}two") == f"one{break_}two".replace("\r", "")
