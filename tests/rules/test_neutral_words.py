"""T-MSG 1 and 2 of the security design: whom a neutral message is from, nobody learns from its words."""

import json
import re
from dataclasses import replace
from decimal import Decimal
from itertools import product
from urllib.parse import urlsplit

import pytest

from portal.domain.deliveries import Content
from portal.domain.forces import FORCES
from portal.domain.messages import Channel, NotifyService, Purpose
from portal.domain.texts import ONE_FRAGMENT, Encoding, as_sent
from portal.languages import ENGLISH, LANGUAGES
from portal.notify.discretion import TELLING, telling
from portal.notify.previews import Previews
from portal.notify.template_ids import template_ids
from portal.notify.wordings import Wording, filled_in, wordings

BASE_URL = "https://go.example"
CANARIES = {
    "place": "Canary Hall",
    "phone": "+447700900417",
    "officer": "Canary Wharf",
    "starts_at": "2026-09-30T10:30:00+00:00",
    "token": "t" * 22,
    "code": "482915",
}
NAME = "Canarina"
NEUTRAL = list(wordings(NotifyService.NEUTRAL))
PREVIEWS = Previews(template_ids(None), BASE_URL, Decimal("0.024"), drafts=bool)
OF_APPOINTMENTS = {
    Purpose.APPOINTMENT_BOOKED,
    Purpose.APPOINTMENT_CONFIRMED,
    Purpose.APPOINTMENT_IN_A_WEEK,
    Purpose.APPOINTMENT_TOMORROW,
    Purpose.APPOINTMENT_MISSED,
    Purpose.ANSWER_NEXT,
}
named = pytest.mark.parametrize("wording", NEUTRAL, ids=lambda wording: wording.name)


def read(wording: Wording) -> str:
    """All of a message, as the person reads it."""
    content = Content(
        wording.purpose,
        json.dumps(CANARIES),
        wording.channel,
        wording.language,
        NAME,
        "42",
        wording.service,
        wording.arm,
    )
    preview = PREVIEWS.preview(content)
    return f"{preview.subject or ''}\n{preview.body}"


@named
def test_a_neutral_message_tells_nothing(wording):
    assert telling(read(wording), wording.language) == []


@named
def test_a_neutral_message_names_nobody_and_no_place(wording):
    said = read(wording)

    assert not re.search("canar", said, re.IGNORECASE)
    assert "900417" not in said
    assert ("30" in said) is (wording.purpose in OF_APPOINTMENTS)


@named
def test_a_neutral_message_has_one_link_and_it_is_ours(wording):
    links = [urlsplit(link) for link in re.findall(r"\S+://\S+", read(wording))]

    if wording.purpose is Purpose.CODE:
        assert links == [], "a code never travels with a link"
    else:
        assert [(link.scheme, link.netloc) for link in links] == [("https", "go.example")]


@named
def test_a_neutral_text_is_one_fragment_of_the_cheap_alphabet(wording):
    if wording.channel is Channel.SMS:
        text = as_sent(read(wording), price=Decimal(1))
        assert (text.encoding, text.fragments) == (Encoding.GSM_7, 1), f"{text.units} letters"


def test_a_plain_message_is_found_out():
    """The list would notice: most plain messages, filled in for real, tell something."""
    assert "officer" in telling(Wording(Purpose.ANSWER_PASSED_ON, Channel.SMS, "en").body, "en")
    assert telling("Bydd eich swyddog yn darllen", "cy") == ["swyddog"]
    assert telling("Mae'r heddlu am eich gweld", "cy") == ["heddlu"]
    assert telling("See you in Humberside", "en") == ["humberside"]
    assert telling("A police officer", "cy") == ["officer", "police"], "English tells in every language"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_list_is_long_enough(language):
    assert len(set(TELLING[language])) >= 60
    assert len(FORCES) > 40


# Length

LONG = [
    ("Mary-Elizabeth", "12 High Street, Lewisham SE13 6AB"),
    ("Oluwadamilola", "Unit 4, Canal Street, Derby DE1 2RJ"),
    ("Christopher", "Gooseberry Hall, Mill Lane, Redruth"),
    ("Jo", "Waterloo House, 58 Wellington Street, Leeds"),
    ("Bartholomew", "The Old School, Church Road, Redruth"),
    ("Muhammad", "Civic Centre, Room 12, Barras Bridge NE1"),
]
"""First names and places that are as long as they commonly get, one of both at a time."""
LONG_ELSE = {
    "date": "Wed 30 Sep",
    "time": "11:30am",
    "phone": "020 7946 0000",
    "officer": "Detective Constable Aneira Rees-Hughes",
    "link": "https://amends.police.example/a/" + "x" * 22,
    "code": "482915",
    "domain": "amends.police.example",
}
ENGLISH_TEXTS = [
    wording for wording in wordings() if (wording.channel, wording.language) == (Channel.SMS, ENGLISH.code)
]


@pytest.mark.parametrize("wording", ENGLISH_TEXTS, ids=lambda wording: wording.name)
@pytest.mark.parametrize(("name", "place"), LONG, ids=[name for name, _ in LONG])
def test_an_english_text_is_one_fragment_even_with_long_names_and_places(wording, name, place):
    text = as_sent(
        filled_in(wording.body, LONG_ELSE | {"name": name, "place": place}), price=Decimal("0.024")
    )

    assert text.encoding is Encoding.GSM_7
    assert text.units <= ONE_FRAGMENT, text.sent
    assert text.cost == Decimal("0.024")


def test_a_place_beyond_all_measure_is_counted_and_never_refused():
    for wording in ENGLISH_TEXTS:
        values = LONG_ELSE | {"name": "Mary-Elizabeth", "place": "Upper Gooseberry Hall, " * 8}
        text = as_sent(filled_in(wording.body, values), price=Decimal("0.024"))
        assert not text.is_too_long
        assert (text.fragments > 1) is ("place" in wording.placeholders)


def test_a_name_with_a_circumflex_makes_a_text_dear_and_we_say_so():
    wording = Wording(Purpose.APPOINTMENT_TOMORROW, Channel.SMS, "cy")
    content = Content(wording.purpose, json.dumps(CANARIES), wording.channel, wording.language, "Siân", "60")

    preview = PREVIEWS.preview(content)
    plain = PREVIEWS.preview(replace(content, called="Sian"))

    assert (plain.encoding, plain.fragments, plain.cost) == (Encoding.GSM_7, 1, Decimal("0.024"))
    assert (preview.encoding, preview.fragments, preview.cost) == (Encoding.UCS_2, 2, Decimal("0.048"))


def test_every_neutral_message_has_a_plain_one_beside_it():
    plain = {(each.purpose, each.channel, each.language) for each in wordings(NotifyService.PLAIN)}

    assert plain == set(product(Purpose, Channel, LANGUAGES))
    assert {(each.purpose, each.channel, each.language) for each in NEUTRAL} == plain
