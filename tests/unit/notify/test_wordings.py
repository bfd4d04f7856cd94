"""What messages say, and what fills their gaps."""

import json
import re
from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from portal.domain.arms import Arm
from portal.domain.deliveries import Content, Letter
from portal.domain.messages import Channel, NotifyService, Purpose
from portal.languages import LANGUAGES
from portal.notify.wordings import Wording, chosen, fill, wordings
from tests.making import a_message, an_offender

SMS, NEUTRAL = Channel.SMS, NotifyService.NEUTRAL

FACTS = {
    "token": "tokentokentokentokenaa",
    "phone": "101",
    "place": "Gooseberry Hall",
    "code": "482915",
    "officer": "Jo Merriweather",
    "starts_at": "2026-11-24T14:00:00+00:00",
    "due_on": "2026-12-18",
}
EVERY = list(wordings())
NAMES = [wording.name for wording in EVERY]


def filled(language: str = "en", base_url: str = "https://portal.example", **facts: str) -> dict[str, str]:
    letter = Letter(
        a_message(an_offender(), personalisation=json.dumps(facts)), Channel.SMS, "+447700900123", "Zoë", "42"
    )
    return fill(letter.content, LANGUAGES[language], base_url=base_url)


def test_there_is_one_for_each_purpose_on_each_channel_in_each_language_of_each_service():
    usual = [wording for wording in EVERY if wording.arm is Arm.PLAN]

    assert len(usual) == len(Purpose) * len(Channel) * len(LANGUAGES) * len(NotifyService)
    assert len(NAMES) == len(set(NAMES))


def test_only_plain_reminders_of_appointments_have_arms():
    in_trials = {(wording.purpose, wording.service) for wording in EVERY if wording.arm is not Arm.PLAN}

    assert in_trials == {
        (Purpose.APPOINTMENT_TOMORROW, NotifyService.PLAIN),
        (Purpose.APPOINTMENT_IN_A_WEEK, NotifyService.PLAIN),
    }
    assert len(
        [wording for wording in EVERY if wording.purpose in (purpose for purpose, _ in in_trials)]
    ) == (2 * len(Channel) * len(LANGUAGES) * (len(Arm) + 1))


@pytest.mark.parametrize("wording", EVERY, ids=NAMES)
def test_every_gap_of_every_wording_can_be_filled(wording):
    assert wording.placeholders <= filled(wording.language, **FACTS).keys()


@pytest.mark.parametrize("wording", EVERY, ids=NAMES)
def test_an_email_has_a_subject_and_a_text_has_none(wording):
    assert bool(wording.subject) is (wording.channel is Channel.EMAIL)
    assert wording.body
    assert "Subject:" not in wording.body


@pytest.mark.parametrize(
    "wording", [each for each in EVERY if each.channel is Channel.SMS], ids=lambda wording: wording.name
)
@pytest.mark.parametrize("base_url", ["https://portal.example", "http://127.0.0.1:8000"])
def test_only_a_text_with_a_code_is_bound_to_our_domain_on_its_last_line(wording, base_url):
    """``@domain #code``, which phones read; no port, no scheme, nothing after it."""
    *_, last = wording.body.splitlines()
    values = filled(wording.language, base_url, code="482915")

    if wording.purpose is Purpose.CODE:
        assert last.replace("((domain))", values["domain"]).replace("((code))", values["code"]) in (
            "@portal.example #482915",
            "@127.0.0.1 #482915",
        )
    else:
        assert "@((domain))" not in wording.body


def test_a_link_leads_to_our_own_address():
    assert filled(token="tokentoken")["link"] == "https://portal.example/a/tokentoken"


@pytest.mark.parametrize(
    ("language", "date", "time"), [("en", "Tue 24 Nov", "2pm"), ("cy", "Maw 24 Tach", "2pm")]
)
def test_days_and_hours_are_of_london_in_the_language_of_the_message(language, date, time):
    values = filled(language, starts_at="2026-11-24T14:00:00+00:00")

    assert (values["date"], values["time"]) == (date, time)
    assert filled(starts_at="2026-07-01T14:00:00+00:00")["time"] == "3pm"


def test_what_is_not_told_is_not_filled():
    assert filled().keys() == {"name", "domain"}


# Which wording it is


@pytest.mark.parametrize(
    ("wording", "name", "file"),
    [
        (Wording(Purpose.CODE, SMS, "cy"), "code.sms.cy", "cy/code.sms.txt"),
        (
            Wording(Purpose.APPOINTMENT_TOMORROW, SMS, "en", arm=Arm.COST),
            "appointment_tomorrow.sms.en.cost",
            "en/appointment_tomorrow.sms.cost.txt",
        ),
        (
            Wording(Purpose.INVITATION, Channel.EMAIL, "en", NEUTRAL),
            "neutral.invitation.email.en",
            "en/neutral/invitation.email.txt",
        ),
    ],
)
def test_a_wording_knows_its_name_and_its_file(wording, name, file):
    assert (wording.name, wording.file) == (name, file)


def test_a_version_is_of_the_words_alone():
    versions = {wording.version for wording in EVERY}
    texts = {(wording.subject, wording.body) for wording in EVERY}

    assert len(versions) == len(texts)
    assert all(re.fullmatch(r"[0-9a-f]{12}", version) for version in versions)
    assert EVERY[0].version == replace(EVERY[0]).version


def content(**changes: Any) -> Content:
    usual = Content(Purpose.APPOINTMENT_TOMORROW, "{}", SMS, "en", "Zoë", "42")
    return replace(usual, **changes)


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({}, "appointment_tomorrow.sms.en"),
        ({"arm": Arm.COST}, "appointment_tomorrow.sms.en.cost"),
        ({"arm": Arm.COST, "language": "cy-GB"}, "appointment_tomorrow.sms.cy.cost"),
        ({"language": "pl"}, "appointment_tomorrow.sms.en"),
        ({"language": "cy", "force": "01"}, "appointment_tomorrow.sms.en"),
        ({"purpose": Purpose.CODE, "arm": Arm.COST}, "code.sms.en"),
        ({"service": NEUTRAL, "arm": Arm.COST}, "neutral.appointment_tomorrow.sms.en"),
    ],
)
def test_a_message_has_the_wording_of_its_arm_where_there_is_one(changes, name):
    assert chosen(content(**changes), drafts=lambda force: force != "01").name == name


def test_a_neutral_message_is_never_said_in_plain_words():
    """T-MSG 2, of the words."""
    for purpose, channel, arm, language in product(Purpose, Channel, Arm, ("en", "cy", "pl")):
        asked = content(purpose=purpose, channel=channel, arm=arm, language=language, service=NEUTRAL)
        assert chosen(asked, drafts=bool).service is NEUTRAL
