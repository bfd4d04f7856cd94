"""A day is read as people write it, and anything else is an error of its field."""

from datetime import date

import pytest

from portal.web.forms import Form


@pytest.mark.parametrize(
    "written",
    [("7", "12", "2026"), ("07", "dec", "2026"), (" 7 ", "December", "2026"), ("7", "DEC", "2026")],
)
def test_a_day_is_read_in_figures_and_with_the_month_in_words(written):
    form = Form(dict(zip(("until-day", "until-month", "until-year"), written, strict=True)))

    assert form.day("until", missing="Enter a day") == date(2026, 12, 7)
    assert form.errors == {}


@pytest.mark.parametrize(
    "written",
    [("", "", ""), ("31", "11", "2026"), ("7", "smarch", "2026"), ("7", "13", "2026"), ("x", "1", "2026")],
)
def test_what_is_no_day_is_an_error(written):
    form = Form(dict(zip(("until-day", "until-month", "until-year"), written, strict=True)))

    assert form.day("until", missing="Enter a day") is None
    assert form.errors == {"until": "Enter a day"}


def test_a_choice_is_one_of_those_offered():
    form = Form({"size": "3", "colour": "blue"})

    assert form.choice("size", of=int, missing="Select a size") == 3
    assert form.choice("colour", of=int, missing="Select a colour") is None
    assert form.errors == {"colour": "Select a colour"}
