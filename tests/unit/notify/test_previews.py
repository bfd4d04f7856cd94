"""Staff see what the person will read, and what it costs, before it is sent."""

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from portal.domain.arms import Arm
from portal.domain.deliveries import Content
from portal.domain.messages import Channel, NotifyService, Purpose
from portal.domain.texts import Encoding, Preview
from portal.notify.previews import Previews
from portal.notify.template_ids import TemplateIds, sandbox_id, template_ids
from portal.notify.wordings import Wording

FACTS = {
    "starts_at": "2026-11-24T14:00:00+00:00",
    "place": "Gooseberry Hall \N{EN DASH} Room 2",
    "phone": "101",
    "token": "tokentoken",
}
REMINDER = Content(Purpose.APPOINTMENT_TOMORROW, json.dumps(FACTS), Channel.SMS, "en", "Zo\u00eb", "42")
OWN = Wording(Purpose.APPOINTMENT_TOMORROW, Channel.SMS, "en")
PREVIEWS = Previews(
    TemplateIds({}, {("43", OWN.name): sandbox_id(OWN)}),
    "https://portal.example",
    Decimal("0.03"),
    drafts=lambda force: force != "01",
)


def test_a_text_is_shown_as_the_networks_will_carry_it():
    assert PREVIEWS.preview(replace(REMINDER, called="Jos\u00e9")) == Preview(
        None,
        "Jos\u00e9, tomorrow, Tue 24 Nov, 2pm: Gooseberry Hall - Room 2. Plan your trip:"
        " https://portal.example/a/tokentoken",
        Encoding.GSM_7,
        1,
        Decimal("0.03"),
    )


def test_a_letter_that_the_networks_lack_shows_in_the_price():
    preview = PREVIEWS.preview(REMINDER)

    assert preview.body.startswith("Zo\u00eb, ")
    assert (preview.encoding, preview.fragments, preview.cost) == (Encoding.UCS_2, 2, Decimal("0.06"))


def test_an_email_has_a_subject_and_costs_nothing():
    preview = PREVIEWS.preview(replace(REMINDER, channel=Channel.EMAIL))

    assert preview.subject == "Your appointment tomorrow"
    assert preview.body.startswith("Hello Zo\u00eb,\n\nYour appointment is tomorrow, Tue 24 Nov, at 2pm.\n\n")
    assert (preview.encoding, preview.fragments, preview.cost) == (None, 0, Decimal(0))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"arm": Arm.CONSEQUENCE}, "If missed, we ask why"),
        ({"service": NotifyService.NEUTRAL}, "You have an appointment tomorrow, Tue 24 Nov, at 2pm."),
        ({"language": "cy"}, "yfory, Maw 24 Tach"),
        ({"language": "cy", "force": "01"}, "tomorrow, Tue 24 Nov"),
    ],
    ids=["arm", "service", "language", "force"],
)
def test_a_preview_has_the_words_that_would_be_sent(changes, says):
    assert says in PREVIEWS.preview(replace(REMINDER, **changes)).body


def test_a_force_with_its_own_template_is_told_that_its_words_may_be_others():
    assert PREVIEWS.preview(replace(REMINDER, force="43")).is_the_forces_own
    assert not PREVIEWS.preview(REMINDER).is_the_forces_own


def test_what_is_not_known_is_named():
    with pytest.raises(KeyError, match="date"):
        PREVIEWS.preview(replace(REMINDER, personalisation="{}"))


def test_a_force_chooses_among_the_wordings_that_were_created_for_it():
    tomorrow, again = Purpose.APPOINTMENT_TOMORROW, Purpose.INVITATION
    all_of_them = replace(PREVIEWS, templates=template_ids(None))

    assert PREVIEWS.arms(tomorrow, "43") == [Arm.PLAN]
    assert PREVIEWS.arms(tomorrow, "42") == []
    assert all_of_them.arms(tomorrow, "42") == list(Arm)
    assert all_of_them.arms(again, "42") == [Arm.PLAN]
