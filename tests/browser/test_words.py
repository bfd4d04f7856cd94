"""What we say can be read by somebody who finds reading hard.  English only: reviewers see to the rest."""

import re

import pytest

from tests.browser.walking import Walk
from tests.walk.listing import PAGES, Listed

BANNED = re.compile(
    r"\b(offenders?|comply|complied|compliance|pursuant|failure to|please|sorry to|invalid|valid|utilise|"
    r"prosecution|oops|forbidden|illegal|commence|terminate|prior to|in order to|regarding|via)\b",
    re.IGNORECASE,
)
HARDEST, HARDEST_FOR_STAFF, HARDEST_WITH_NAMES = 5.0, 8.0, 9.0
LONGEST, LONGEST_FOR_STAFF = 20, 25
FULL_OF_NAMES = "accessibility"
"""This page must name laws, standards and those who enforce them."""


@pytest.mark.parametrize("listed", PAGES, ids=lambda listed: listed.name)
def test_words_are_plain(listed: Listed, walk: Walk):
    said = _sentences(listed, walk)
    longest = LONGEST_FOR_STAFF if listed.is_for_staff else LONGEST

    assert [sentence for sentence in said if len(_words(sentence)) > longest] == []
    assert grade([sentence for sentence in said if sentence.endswith((".", "?"))]) <= _hardest(listed)
    assert listed.is_for_staff or [sentence for sentence in said if BANNED.search(sentence)] == []


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Call us and we will help you.", -1),
        ("Failure to comply constitutes justification for prosecution.", 18),
    ],
)
def test_the_grade_knows_easy_from_hard(sentence: str, expected: float):
    assert grade([sentence]) == pytest.approx(expected, abs=2)


def _hardest(listed: Listed) -> float:
    if listed.name == FULL_OF_NAMES:
        return HARDEST_WITH_NAMES
    return HARDEST_FOR_STAFF if listed.is_for_staff else HARDEST


def _sentences(listed: Listed, walk: Walk) -> list[str]:
    parts = (
        part.strip()
        for block in walk.plain(listed, "en").blocks
        for part in re.split(r"(?<=[.?!:])\s+|\n", block)
    )
    return [part for part in parts if _words(part)]


def grade(sentences: list[str]) -> float:
    """The school year that text is for, by Flesch and Kincaid's formula."""
    if not sentences:
        return 0
    words = [word for sentence in sentences for word in _words(sentence)]
    syllables = sum(_syllables(word) for word in words)
    return 0.39 * len(words) / len(sentences) + 11.8 * syllables / len(words) - 15.59


def _words(sentence: str) -> list[str]:
    return re.findall(r"[A-Za-z]+(?:['\u2019][a-z]+)?", sentence)


def _syllables(word: str) -> int:
    """By its groups of vowels; an e at the end, or before a d or an s, is mostly silent."""
    bare = re.sub(r"(?<=[^aeiouy])(?:e|es|ed)$", "", word.lower()) if len(word) > 3 else word.lower()
    bare = re.sub(r"(?<=[td])$", "e", bare) if re.search(r"[td]ed$", word.lower()) else bare
    return max(1, len(re.findall(r"[aeiouy]+", bare)))
