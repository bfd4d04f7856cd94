"""What messages say, and what fills their gaps."""

import json
from uuid import uuid4

import pytest

from portal.domain.deliveries import Letter
from portal.domain.messages import Channel, Purpose
from portal.errors import Misconfigured
from portal.languages import LANGUAGES
from portal.notify.wordings import Wording, fill, sandbox_id, template_ids, wordings
from tests.making import a_message, an_offender

FACTS = {
    "token": "tokentokentokentokenaa",
    "phone": "101",
    "place": "Gooseberry Hall",
    "code": "482915",
    "starts_at": "2026-11-24T14:00:00+00:00",
    "due_on": "2026-12-18",
}
EVERY = list(wordings())
NAMES = [wording.name for wording in EVERY]


def filled(language: str = "en", base_url: str = "https://portal.example", **facts: str) -> dict[str, str]:
    letter = Letter(
        a_message(an_offender(), personalisation=json.dumps(facts)), Channel.SMS, "+447700900123", "Zoë", "42"
    )
    return fill(letter, LANGUAGES[language], base_url=base_url)


def test_there_is_one_for_each_purpose_on_each_channel_in_each_language():
    assert len(EVERY) == len(Purpose) * len(Channel) * len(LANGUAGES) == len(set(NAMES))


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


# Which template of Notify's says it


def test_the_sandbox_has_the_same_ids_everywhere():
    assert template_ids(None) == {wording.name: sandbox_id(wording) for wording in wordings()}


def test_ids_come_from_the_operators_file(tmp_path):
    ids = {name: uuid4() for name in NAMES}
    file = tmp_path / "templates.json"
    file.write_text(json.dumps({name: str(each) for name, each in ids.items()}))

    assert template_ids(file) == ids


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("{}", "has no id for appointment_booked.email.cy, "),
        ("not json", "cannot be read"),
        ("[]", "cannot be read"),
        ('{"code.sms.en": "7"}', "cannot be read"),
        ('{"code.sms.en": 7}', "cannot be read"),
        (None, "cannot be read"),
    ],
    ids=["empty", "no JSON", "a list", "no id", "a number", "no file"],
)
def test_a_file_of_ids_that_lacks_something_is_named(tmp_path, written, says):
    file = tmp_path / "templates.json"
    if written is not None:
        file.write_text(written)

    with pytest.raises(Misconfigured, match=f"PORTAL_NOTIFY_TEMPLATES: templates.json {says}"):
        template_ids(file)


def test_a_wording_knows_its_name():
    assert Wording(Purpose.CODE, Channel.SMS, "cy").name == "code.sms.cy"
