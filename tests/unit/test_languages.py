"""A day, a time and a sum read as people here say them, in each language."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.languages import ENGLISH, LANGUAGES, WELSH, Language, spoken

TUESDAY = date(2026, 12, 8)
POLISH = Language("pl", "polski")
"""A language without ways of its own."""
SHORT_DAY = len("Gwen 28 Chwef")
"""The longest there is: texts are short."""


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (ENGLISH, "Tuesday 8 December 2026"),
        (WELSH, "Dydd Mawrth 8 Rhagfyr 2026"),
        (POLISH, "wtorek, 8 grudnia 2026"),
    ],
)
def test_a_day_is_named_with_its_weekday_and_its_month_in_full(language, words):
    assert language.day(TUESDAY) == words


@pytest.mark.parametrize(("language", "words"), [(ENGLISH, "Tue 8 Dec"), (WELSH, "Maw 8 Rhag")])
def test_in_a_text_a_day_is_short(language, words):
    assert language.short_day(TUESDAY) == words


def test_welsh_has_its_own_months():
    months = [WELSH.day(date(2026, month, 1)).split()[3] for month in range(1, 13)]

    assert months == [
        "Ionawr",
        "Chwefror",
        "Mawrth",
        "Ebrill",
        "Mai",
        "Mehefin",
        "Gorffennaf",
        "Awst",
        "Medi",
        "Hydref",
        "Tachwedd",
        "Rhagfyr",
    ]


def test_a_moment_is_on_the_day_that_london_has():
    late_in_june = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)

    assert ENGLISH.day(late_in_june) == "Wednesday 1 July 2026"
    assert ENGLISH.short_day(late_in_june) == "Wed 1 Jul"
    assert ENGLISH.day(late_in_june + timedelta(days=180)) == "Sunday 27 December 2026"


@pytest.mark.parametrize(
    ("hour", "minute", "words"),
    [
        (0, 1, "12:01am"),
        (0, 30, "12:30am"),
        (1, 0, "1am"),
        (9, 5, "9:05am"),
        (11, 59, "11:59am"),
        (12, 1, "12:01pm"),
        (12, 30, "12:30pm"),
        (13, 0, "1pm"),
        (14, 0, "2pm"),
        (14, 30, "2:30pm"),
        (23, 59, "11:59pm"),
    ],
)
def test_a_time_has_twelve_hours_and_only_the_minutes_it_needs(hour, minute, words):
    moment = datetime(2026, 12, 8, hour, minute, tzinfo=UTC)

    assert (ENGLISH.time(moment), WELSH.time(moment)) == (words, words)


@pytest.mark.parametrize(
    ("language", "midnight", "noon"), [(ENGLISH, "midnight", "midday"), (WELSH, "hanner nos", "hanner dydd")]
)
def test_nobody_has_to_know_which_twelve_is_which(language, midnight, noon):
    assert language.time(datetime(2026, 12, 8, 0, 0, tzinfo=UTC)) == midnight
    assert language.time(datetime(2026, 12, 8, 12, 0, tzinfo=UTC)) == noon
    assert language.time(datetime(2026, 6, 8, 23, 0, tzinfo=UTC)) == midnight
    assert language.time(datetime(2026, 6, 8, 11, 0, tzinfo=UTC)) == noon


def test_a_language_without_ways_of_its_own_tells_the_time_as_its_speakers_do():
    assert POLISH.time(datetime(2026, 6, 8, 13, 30, tzinfo=UTC)) == "14:30"


@pytest.mark.parametrize(
    ("utc", "words"),
    [
        (datetime(2026, 3, 29, 0, 59, tzinfo=UTC), "12:59am"),
        (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), "2am"),
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "1:30am"),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "1:30am"),
        (datetime(2026, 10, 25, 2, 0, tzinfo=UTC), "2am"),
    ],
)
def test_times_follow_london_through_both_changes_of_the_clock(utc, words):
    assert ENGLISH.time(utc) == words


@given(st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - the zone is given apart
def test_every_language_can_say_every_moment(moment):
    for language in LANGUAGES.values():
        assert str(moment.year) in language.day(moment)
        assert len(language.short_day(moment)) <= SHORT_DAY
        assert len(language.time(moment)) <= len("hanner dydd")


@pytest.mark.parametrize(
    ("pence", "words"),
    [
        (0, "£0"),
        (5, "£0.05"),
        (50, "£0.50"),
        (3000, "£30"),
        (1750, "£17.50"),
        (100_000, "£1,000"),
        (123_456_789, "£1,234,567.89"),
    ],
)
def test_a_sum_shows_pence_only_where_there_are_any(pence, words):
    assert (ENGLISH.money(pence), WELSH.money(pence)) == (words, words)


@pytest.mark.parametrize("tag", ["cy", "cy-GB", "CY", "cy-Latn-GB"])
def test_a_welsh_speaker_is_spoken_to_in_welsh(tag):
    assert spoken(tag) is WELSH


@pytest.mark.parametrize(
    "tag",
    ["en", "en-GB", "EN-us", "pl", "zh-Hans", "", "-", "cyfrif", "cy_GB", "*", "../cy", "\0", "Cymraeg"],
)
def test_whoever_speaks_what_we_have_not_is_spoken_to_in_english(tag):
    assert spoken(tag) is ENGLISH


@given(st.text())
def test_no_tag_is_too_odd_to_be_answered(tag):
    assert spoken(tag) in LANGUAGES.values()
