"""A text that comes back is understood if all of it can be, and is left to people otherwise."""

import tomllib
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.domain.replies import PHRASES, Meaning, understand

YES, CHANGE, HELP, STOP, UNCLEAR = Meaning.YES, Meaning.CHANGE, Meaning.HELP, Meaning.STOP, Meaning.UNCLEAR
FIRST_TEN = ("en", "cy", "pl", "ro", "ar", "ur", "pa", "bn", "so", "tr")
"""The order of pages.md, section 6."""
SAID = tomllib.loads(Path(__file__).with_name("texts_that_came_back.toml").read_text(encoding="utf-8"))
TABLE = [(text, Meaning(meaning)) for meaning, texts in SAID.items() for text in texts]


def test_the_table_is_long_enough_to_be_worth_something():
    assert len({text for text, _ in TABLE}) >= 150
    assert {meaning for _, meaning in TABLE} == set(Meaning)


@pytest.mark.parametrize(("text", "meaning"), TABLE, ids=[repr(text) for text, _ in TABLE])
def test_what_people_text_is_understood_or_left_alone(text, meaning):
    assert understand(text, "en") is meaning


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("> Reply YES to confirm or CHANGE to change\nyes", YES),
        ("> STOP to stop\n> or HELP\nI'll be there", YES),
        ("no\n> Your appointment is on Tue 8 Dec. Reply YES", CHANGE),
        ("> yes", UNCLEAR),
    ],
)
def test_what_a_phone_quotes_of_our_own_text_is_not_what_they_say(text, meaning):
    assert understand(text, "en") is meaning


@pytest.mark.parametrize(
    ("language", "yes", "no", "stop", "help_"),
    [
        ("en", "Yes", "No", "Stop", "Help"),
        ("cy", "Ie", "Na", "Stopiwch", "Cymorth"),
        ("pl", "Tak", "Nie", "Przestańcie", "Pomoc"),
        ("ro", "Da", "Nu", "Opriți", "Ajutor"),
        ("ar", "نعم", "لا", "توقف", "مساعدة"),
        ("ur", "جی ہاں", "نہیں", "بند کریں", "مدد"),
        ("pa", "ਹਾਂ ਜੀ", "ਨਹੀਂ", "ਬੰਦ ਕਰੋ", "ਮਦਦ"),
        ("bn", "হ্যাঁ", "না", "বন্ধ করুন", "সাহায্য"),
        ("so", "Haa", "Maya", "Jooji", "Caawimo"),
        ("tr", "Evet", "Hay\u0131r", "Durdurun", "Yard\u0131m"),
    ],
)
def test_people_may_answer_in_their_own_language(language, yes, no, stop, help_):
    tag = f"{language}-GB"
    assert [understand(text, tag) for text in (yes, no, stop, help_)] == [YES, CHANGE, STOP, HELP]
    assert [understand(text, tag) for text in ("yes", "stop", "help")] == [YES, STOP, HELP]


@pytest.mark.parametrize(("language", "text"), [("tr", "HAYIR"), ("tr", "hayir"), ("pl", "NIE MOGĘ PRZYJŚĆ")])
def test_letters_that_a_keyboard_lacks_make_no_difference(language, text):
    assert understand(text, language) is CHANGE


def test_welsh_is_understood_from_anybody_and_other_languages_from_those_who_speak_them():
    assert understand("ie", "en") is YES
    assert understand("tak", "en") is UNCLEAR
    assert understand("tak", "pl") is YES


def test_every_language_but_english_is_marked_as_a_draft():
    tables = tomllib.loads(PHRASES.read_text(encoding="utf-8"))

    assert tuple(tables)[: len(FIRST_TEN)] == FIRST_TEN
    assert [code for code, table in tables.items() if table["reviewed"]] == ["en"]
    assert all(table[meaning] for table in tables.values() for meaning in (YES, CHANGE, STOP, HELP))


LANGUAGES = st.sampled_from([*FIRST_TEN, "", "xx", "zh-Hans", "-"])
TEXTS = st.one_of(st.text(), st.sampled_from([text for text, _ in TABLE]))


@settings(max_examples=500, deadline=None)
@given(st.text(), LANGUAGES)
def test_no_text_at_all_is_too_much(text, language):
    assert understand(text, language) in Meaning


@settings(max_examples=500, deadline=None)
@given(TEXTS, st.text(" \t\n\r\u00a0\u2003\u3000", max_size=4), st.text(" \t\n\u00a0", max_size=4), LANGUAGES)
def test_space_around_a_text_changes_nothing(text, before, after, language):
    assert understand(before + text + after, language) is understand(text, language)


@settings(max_examples=500, deadline=None)
@given(TEXTS, LANGUAGES)
def test_case_changes_nothing(text, language):
    meanings = {understand(each, language) for each in (text, text.upper(), text.lower(), text.swapcase())}

    assert len(meanings) == 1


@given(st.text(" \t\n\r\u00a0.,!?-;:()\"'"), LANGUAGES)
def test_nothing_is_unclear(text, language):
    assert understand(text, language) is UNCLEAR


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from([text for text, meaning in TABLE if meaning is not UNCLEAR]),
    st.sampled_from(["NFC", "NFD", "NFKC"]),
)
def test_how_a_phone_composes_its_letters_changes_nothing(text, form):
    assert understand(unicodedata.normalize(form, text), "en") is understand(text, "en")


@given(st.sampled_from(["stop", "STOP!", "Please stop texting me", "no more texts"]), st.sampled_from(TABLE))
def test_stop_wins_over_whatever_else_is_said(stop, other):
    assert understand(f"{other[0]}\n{stop}", "en") is STOP


@given(st.text("qzjw", min_size=3), st.sampled_from(["yes", "no", "next", "here", "start", "help"]))
def test_a_keyword_among_other_words_does_not_count(strange, keyword):
    assert understand(f"{strange} {keyword} {strange}", "en") is UNCLEAR
