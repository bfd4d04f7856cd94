"""The rules of a regime are dated data, which a force may replace."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.conditions import ConditionKind
from portal.domain.offences import Category, Offence
from portal.domain.regimes import OUR_RULES, Consequence, Rank, Regime, age_on, load_regimes
from portal.errors import Misconfigured

OURS = load_regimes()
NOT_COMMENCED = [Regime.DIVERSIONARY_CAUTION, Regime.COMMUNITY_CAUTION]


@pytest.fixture
def a_file(tmp_path):
    """Our rules with something changed, as a force would hand them to us."""

    def change(old: str, new: str):
        ours = OUR_RULES.read_text(encoding="utf-8")
        assert old in ours
        path = tmp_path / "regimes.toml"
        path.write_text(ours.replace(old, new), encoding="utf-8")
        return path

    return change


@pytest.mark.parametrize("regime", Regime)
def test_every_regime_has_rules_for_adults(regime):
    assert OURS[regime].regime is regime
    assert OURS[regime].minimum_age == 18
    assert OURS[regime].longest == timedelta(days=112)


@pytest.mark.parametrize("regime", NOT_COMMENCED)
def test_part_6_has_not_commenced(regime):
    assert not OURS[regime].is_in_force_on(date(2199, 12, 31))


def test_a_force_switches_a_regime_on_with_a_date(a_file):
    rules = load_regimes(
        a_file("[diversionary_caution]", "[diversionary_caution]\ncommences_on = 2027-04-01")
    )

    assert rules[Regime.DIVERSIONARY_CAUTION].is_in_force_on(date(2027, 4, 1))
    assert not rules[Regime.DIVERSIONARY_CAUTION].is_in_force_on(date(2027, 3, 31))
    assert not rules[Regime.COMMUNITY_CAUTION].is_in_force_on(date(2027, 4, 1))


@pytest.mark.parametrize(
    ("category", "pence"),
    [
        (Category.SUMMARY, 5000),
        (Category.SUMMARY_MOTORING, 5000),
        (Category.EITHER_WAY, 10000),
        (Category.INDICTABLE_ONLY, 15000),
        (Category.CIVIL_APPLICATION, None),
    ],
)
def test_a_conditional_caution_has_its_penalty_by_category(category, pence):
    assert OURS[Regime.CONDITIONAL_CAUTION].penalty_limit(category) == pence


def test_no_other_regime_has_a_penalty():
    others = set(Regime) - {Regime.CONDITIONAL_CAUTION}

    assert all(OURS[regime].penalty_limit(category) is None for regime in others for category in Category)


def test_rehabilitation_counts_against_no_limit_of_hours():
    assert all(ConditionKind.REHABILITATIVE not in rules.hours_kinds for rules in OURS.values())
    assert [rules.hours_limit for rules in OURS.values()] == [20, 20, 20, 20, 10]


def test_a_community_caution_never_leads_to_prosecution():
    assert OURS[Regime.COMMUNITY_CAUTION].breach_may_lead_to is Consequence.PENALTY
    assert OURS[Regime.CONDITIONAL_CAUTION].breach_may_lead_to is Consequence.PROSECUTION


def test_part_6_is_not_open_to_indictable_only_offences():
    assert "exceptional" in OURS[Regime.DIVERSIONARY_CAUTION].excluded[Category.INDICTABLE_ONLY]
    assert Category.INDICTABLE_ONLY in OURS[Regime.COMMUNITY_CAUTION].excluded
    assert not OURS[Regime.CONDITIONAL_CAUTION].excluded


def test_a_rank_meets_itself_and_those_below():
    assert Rank.SERGEANT.is_at_least(Rank.SERGEANT)
    assert Rank.CHIEF_OFFICER.is_at_least(Rank.SERGEANT)
    assert not Rank.CONSTABLE.is_at_least(Rank.SERGEANT)


@pytest.mark.parametrize(
    ("born_on", "eighteen_on"),
    [
        (date(2008, 6, 15), date(2026, 6, 15)),
        (date(2008, 2, 29), date(2026, 3, 1)),
        (date(2008, 12, 31), date(2026, 12, 31)),
        (date(2010, 2, 28), date(2028, 2, 28)),
    ],
)
def test_somebody_is_of_age_from_their_birthday_on(born_on, eighteen_on):
    rules = OURS[Regime.CONDITIONAL_CAUTION]

    assert rules.is_open_to(born_on, committed_on=eighteen_on)
    assert not rules.is_open_to(born_on, committed_on=eighteen_on - timedelta(days=1))


@given(born_on=st.dates(), day=st.dates(), later=st.integers(0, 400))
def test_nobody_grows_younger(born_on, day, later):
    later_day = date.fromordinal(min(day.toordinal() + later, date.max.toordinal()))

    assert age_on(later_day, born_on=born_on) >= age_on(day, born_on=born_on)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("[community_caution]", "[parking_ticket]", "parking_ticket is no regime"),
        ("[community_caution]", "[", "cannot be read"),
        ('minimum_rank = "sergeant"', 'minimum_rank = "king"', "king"),
        ("minimum_age = 18", "minimum_age = true", "should be int"),
        ("minimum_age = 18", "min_age = 18", "has no minimum_age"),
        ("minimum_age = 18", "minimum_age = 18\nrounding = 3", "do not know: rounding"),
        ("commences_on = 2004-07-03", "commences_on = 2004-07-03T00:00:00", "should be a date"),
        ("penalty_pence.CS = 5000", "penalty_pence.XX = 5000", "XX"),
        ("hours.limit = 10", "hours.limit = 10\nhours.least = 1", "hours needs a limit"),
        ("hours.limit = 10", "hours.limit = '10'", "should be int"),
    ],
)
def test_a_file_that_is_wrong_says_what_to_change(a_file, old, new, says):
    with pytest.raises(Misconfigured, match=says):
        load_regimes(a_file(old, new))


def test_a_file_without_a_regime_is_refused(tmp_path):
    path = tmp_path / "regimes.toml"
    path.write_text("", encoding="utf-8")

    with pytest.raises(Misconfigured, match="conditional_caution"):
        load_regimes(path)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(Misconfigured, match="cannot be read"):
        load_regimes(tmp_path / "regimes.toml")


def test_only_four_categories_are_offences():
    assert [category.value for category in Category if category.is_offence] == ["CS", "CM", "CE", "CI"]
    assert [category.value for category in Category if category.is_summary] == ["CS", "CM"]


def test_an_offence_is_read_as_it_is_published():
    entry = {
        "cjsCode": "TH68010",
        "offenceCategory": "CE",
        "offenceTitle": "Theft from a shop",
        "recordableOnPnc": True,
    }

    assert Offence.from_entry(entry) == Offence(
        "TH68010", Category.EITHER_WAY, "Theft from a shop", recordable=True
    )


def test_an_offence_of_no_known_category_is_refused():
    entry = {"cjsCode": "XX1", "offenceCategory": "??", "offenceTitle": "", "recordableOnPnc": False}

    with pytest.raises(ValueError, match="Category"):
        Offence.from_entry(entry)
