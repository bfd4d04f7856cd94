"""Rules that tie one field of a case to another, at their boundaries."""

from datetime import UTC, date, datetime, timedelta

import pytest

from portal.domain.conditions import ConditionKind
from portal.domain.regimes import OUR_RULES, load_regimes
from tests.unit.intake.making import LEFT_OUT, NOW, a_case, refused, taken

REHABILITATIVE = {"conditions.0.kind": "rehabilitative"}
NO_PENALTY = {"conditions.1.kind": "reparative"}


@pytest.fixture
def all_commenced(tmp_path):
    """The rules of a force that has switched both new cautions on."""
    path = tmp_path / "regimes.toml"
    path.write_text(
        OUR_RULES.read_text(encoding="utf-8")
        .replace("[diversionary_caution]", "[diversionary_caution]\ncommences_on = 2026-09-30")
        .replace("[community_caution]", "[community_caution]\ncommences_on = 2026-09-30"),
        encoding="utf-8",
    )
    return load_regimes(path)


def test_a_decision_may_be_of_this_moment_and_no_later():
    a_moment_later = NOW + timedelta(seconds=1)

    assert taken(a_case({"decided_at": NOW.isoformat()}))
    assert refused(a_case({"decided_at": a_moment_later.isoformat()})) == {"decided_at": "in the future"}


def test_a_decision_may_be_of_the_day_of_the_offence_and_no_earlier():
    assert taken(a_case({"offence.committed_on": "2026-10-26"}))
    assert refused(a_case({"offence.committed_on": "2026-10-27"})) == {
        "offence.committed_on": "after decided_at"
    }


def test_days_are_those_of_the_clocks_here():
    just_after_midnight = {"decided_at": "2026-09-29T23:30:00Z"}

    case = taken(
        a_case(just_after_midnight | {"complete_by": "2027-01-20", "conditions.1.due_on": "2027-01-20"})
    )

    assert case.offence.committed_on == date(2026, 9, 30)
    assert case.decided_at == datetime(2026, 9, 29, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "offset", ["2026-10-26T15:15:00+01:00", "2026-10-26t14:15:00z", "2026-10-26T14:15:00.000Z"]
)
def test_a_moment_is_kept_in_utc(offset):
    assert taken(a_case({"decided_at": offset})) == taken(a_case())


def test_a_case_runs_for_sixteen_weeks_to_the_day():
    assert taken(a_case({"complete_by": "2027-02-15"}))
    assert refused(a_case({"complete_by": "2027-02-16"})) == {
        "complete_by": "longer than the regime's limit of 16 weeks after decided_at"
    }


def test_a_case_ends_after_the_day_of_its_decision():
    same_day = {
        "complete_by": "2026-10-26",
        "conditions.0.due_on": "2026-10-26",
        "conditions.1.due_on": "2026-10-26",
    }

    assert refused(a_case(same_day)) == {"complete_by": "not after decided_at: give a later date"}
    assert taken(a_case(same_day | {"complete_by": "2026-10-27"}))


def test_a_condition_is_due_within_the_case():
    assert taken(a_case({"conditions.0.due_on": "2026-10-26"}))
    assert refused(a_case({"conditions.0.due_on": "2026-10-25"})) == {
        "conditions[0].due_on": "before decided_at"
    }
    assert refused(a_case({"conditions.0.due_on": "2027-02-16"})) == {
        "conditions[0].due_on": "after complete_by"
    }


@pytest.mark.parametrize(
    ("born_on", "committed_on"),
    [("2008-09-30", "2026-09-30"), ("2008-02-29", "2026-03-01")],
    ids=["the birthday", "29 February"],
)
def test_an_offender_is_eighteen_from_the_birthday_on(born_on, committed_on):
    the_day_before = date.fromisoformat(committed_on) - timedelta(days=1)
    case = {"offender.date_of_birth": born_on}

    assert taken(a_case(case | {"offence.committed_on": committed_on}))
    assert refused(a_case(case | {"offence.committed_on": the_day_before.isoformat()})) == {
        "offender.date_of_birth": "under 18 when the offence was committed"
    }


def test_nobody_is_born_tomorrow():
    assert refused(
        a_case({"offender.date_of_birth": "2026-11-21", "victims.0.date_of_birth": "2026-11-21"})
    ) == {
        "offender.date_of_birth": "in the future",
        "victims[0].date_of_birth": "in the future",
    }


def test_a_victim_may_be_a_child():
    assert taken(a_case({"victims.0.date_of_birth": "2026-11-20"}))


def test_a_constable_gives_no_caution():
    assert refused(a_case({"authorised_by.rank": "constable"})) == {
        "authorised_by.rank": "below sergeant, the lowest for conditional_caution"
    }


@pytest.mark.parametrize("regime", ["diversionary_caution", "community_caution"])
def test_a_regime_has_commenced_for_the_day_of_the_offence(all_commenced, regime):
    case = {"regime": regime} | NO_PENALTY

    assert taken(a_case(case), regimes=all_commenced).regime == regime
    assert refused(a_case(case | {"offence.committed_on": "2026-09-29"}), regimes=all_commenced) == {
        "regime": f"{regime} has not commenced for the date of the offence"
    }
    assert "has not commenced" in refused(a_case(case))["regime"]


def test_part_6_is_not_open_to_indictable_only_offences(all_commenced):
    case = {"offence.code": "TH68023"} | NO_PENALTY

    diversionary = refused(a_case(case | {"regime": "diversionary_caution"}), regimes=all_commenced)
    community = refused(a_case(case | {"regime": "community_caution"}), regimes=all_commenced)

    assert "exceptional circumstances" in diversionary["regime"]
    assert "can never have a community caution" in community["regime"]
    assert taken(a_case(case))


def test_a_court_application_is_no_offence():
    assert "not an offence" in refused(a_case({"offence.code": "AP00501"} | NO_PENALTY))["offence.code"]


def test_hours_are_counted_over_the_whole_case():
    assert taken(a_case({"conditions.0.hours": 12, "conditions.1.hours": 8}))
    assert refused(a_case({"conditions.0.hours": 12, "conditions.1.hours": 9})) == {
        "conditions[1].hours": "over the regime's limit of 20 hours in all"
    }


def test_hours_of_rehabilitation_are_not_counted():
    case = a_case({"conditions.0.hours": 60} | REHABILITATIVE)

    assert taken(case).conditions[0].kind is ConditionKind.REHABILITATIVE


def test_a_community_caution_has_ten_hours(all_commenced):
    case = {"regime": "community_caution"} | NO_PENALTY

    assert taken(a_case(case | {"conditions.0.hours": 10}), regimes=all_commenced)
    assert refused(a_case(case | {"conditions.0.hours": 11}), regimes=all_commenced) == {
        "conditions[0].hours": "over the regime's limit of 10 hours in all"
    }


@pytest.mark.parametrize(("code", "pence"), [("CJ88001", 5000), ("TH68010", 10000), ("TH68023", 15000)])
def test_a_penalty_stays_within_the_limit_of_the_category(code, pence):
    assert taken(a_case({"offence.code": code, "conditions.1.amount_pence": pence}))
    assert refused(a_case({"offence.code": code, "conditions.1.amount_pence": pence + 1})) == {
        "conditions[1].amount_pence": f"over the regime's penalty limit of £{pence // 100}.00 in all"
    }


def test_two_penalties_do_not_pass_the_limit_of_one():
    two = {"conditions.0.kind": "financial", "conditions.0.amount_pence": 6000}

    assert refused(a_case(two)) == {
        "conditions[1].amount_pence": "over the regime's penalty limit of £100.00 in all"
    }


def test_compensation_has_no_limit():
    assert taken(a_case({"conditions.1.amount_pence": 25_000} | NO_PENALTY))


def test_a_penalty_has_an_amount():
    assert refused(a_case({"conditions.1.amount_pence": LEFT_OUT})) == {
        "conditions[1].amount_pence": "missing: a financial penalty needs its amount"
    }


@pytest.mark.parametrize("regime", ["community_resolution", "deferred_prosecution"])
def test_other_regimes_have_no_penalty(regime):
    assert refused(a_case({"regime": regime})) == {
        "conditions[1].kind": f"{regime} allows no financial penalty for this offence"
    }


def test_a_case_needs_a_condition():
    assert refused(a_case({"conditions": []})) == {"conditions": "at least one condition is needed"}


def test_a_case_may_have_no_victims():
    assert taken(a_case({"victims": []})).victims == ()


def test_references_tell_conditions_and_victims_apart():
    assert refused(a_case({"conditions.1.reference": " C1 ", "victims.1.reference": "V1"})) == {
        "conditions": "two conditions share a reference",
        "victims": "two victims share a reference",
    }


@pytest.mark.parametrize(
    "changes",
    [
        {"victims.0.reference": "P1"},
        {"victims.1.reference": "P1"},
        {
            "victims.0.first_names": "ZOE\u0308",
            "victims.0.last_name": "bielak",
            "victims.0.date_of_birth": "1999-05-28",
        },
    ],
    ids=["the reference", "a business with the reference", "the name and date of birth"],
)
def test_nobody_is_victim_and_offender_of_one_case(changes):
    [(path, reason)] = refused(a_case(changes)).items()

    assert path.startswith("victims[")
    assert reason.startswith("is the offender")


def test_namesakes_are_two_people():
    assert taken(a_case({"victims.0.first_names": "Zoë", "victims.0.last_name": "Bielak"}))


@pytest.mark.parametrize("safe_contact", [LEFT_OUT, None, {"channel": "none"}])
def test_domestic_abuse_needs_a_confirmed_safe_contact(safe_contact):
    case = a_case({"victims.0.safe_contact": safe_contact})

    assert refused(case) == {"victims[0].domestic_abuse": "needs a safe_contact that an officer confirmed"}
    case["victims"][0]["domestic_abuse"] = False
    assert taken(case)


@pytest.mark.parametrize(("starts", "ends"), [("10:00", "09:59"), ("10:00", "10:00")])
def test_a_safe_time_ends_after_it_starts(starts, ends):
    case = a_case({"victims.0.safe_contact.from": starts, "victims.0.safe_contact.to": ends})

    assert refused(case) == {"victims[0].safe_contact": "ends before it starts"}


@pytest.mark.parametrize("name", ["days", "from", "to"])
def test_a_safe_channel_says_when(name):
    case = a_case({f"victims.0.safe_contact.{name}": LEFT_OUT})

    assert refused(case) == {f"victims[0].safe_contact.{name}": "missing: say when this channel is safe"}
    case["victims"][0]["safe_contact"]["channel"] = "none"
    assert taken(case)


def test_a_safe_channel_without_days_is_never_safe():
    assert "victims[0].safe_contact.days" in refused(a_case({"victims.0.safe_contact.days": []}))


def test_a_case_with_nobody_reachable_is_still_a_case():
    case = taken(a_case({f"offender.{way}": LEFT_OUT for way in ("mobile", "landline", "email")}))

    assert (case.offender.mobile, case.offender.landline, case.offender.email) == (None, None, None)
