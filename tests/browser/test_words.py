"""What we say can be read by somebody who finds reading hard.  English only: reviewers see to the rest."""

import re

import pytest

from tests.browser.walking import Walk
from tests.reading_ease import BANNED, grade, words_of
from tests.walk.listing import PAGES, Listed

HARDEST, HARDEST_FOR_STAFF, HARDEST_WITH_NAMES = 5.0, 8.0, 9.0
LONGEST, LONGEST_FOR_STAFF = 20, 25
FULL_OF_NAMES = "accessibility"
"""This page must name laws, standards and those who enforce them."""


@pytest.mark.parametrize("listed", PAGES, ids=lambda listed: listed.name)
def test_words_are_plain(listed: Listed, walk: Walk):
    said = _sentences(listed, walk)
    longest = LONGEST_FOR_STAFF if listed.is_for_staff else LONGEST

    assert [sentence for sentence in said if len(words_of(sentence)) > longest] == []
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
    return [part for part in parts if words_of(part)]
