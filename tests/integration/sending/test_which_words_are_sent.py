"""Each letter goes by its own service, in the words of its arm and of its force, or not at all."""

import json
from dataclasses import replace
from uuid import uuid4

import pytest

from portal.domain.arms import Arm
from portal.domain.deliveries import Accepted, CourierIsAway, Delayed
from portal.domain.messages import Channel, NotifyService, Purpose
from portal.notify.template_ids import TemplateIds, sandbox_id, template_ids
from portal.notify.wordings import Wording
from tests.integration.sending.post_offices import a_letter, a_number

PLAIN, NEUTRAL = NotifyService.PLAIN, NotifyService.NEUTRAL
CODE = Wording(Purpose.CODE, Channel.SMS, "en")
APPOINTMENT = {
    "starts_at": "2026-12-01T10:00:00+00:00",
    "place": "Gooseberry Hall",
    "phone": "101",
    "token": "tokentokentokentokenaa",
}


@pytest.fixture(params=["text", "e-mail"])
def to(request) -> str:
    return a_number() if request.param == "text" else f"{uuid4().hex}@post.example"


def test_a_neutral_letter_goes_by_the_neutral_service_in_its_words_alone(post_office, to):
    """T-MSG 2: only that service has it, under its own template."""
    letter = replace(a_letter(to, purpose=Purpose.INVITATION), service=NEUTRAL)
    courier = post_office.courier("at home", "neutral")

    outcome = courier.deliver(letter)

    wording = Wording(Purpose.INVITATION, letter.channel, "en", NEUTRAL)
    assert isinstance(outcome, Accepted)
    assert courier.find(letter.message.id, NEUTRAL) == outcome
    assert courier.find(letter.message.id, PLAIN) is None
    assert courier.status(outcome.notify_id, PLAIN) is None
    [taken] = courier.client_of(NEUTRAL).get_all_notifications(reference=str(letter.message.id))[
        "notifications"
    ]
    assert taken["template"]["id"] == str(sandbox_id(wording))
    assert "Morwenna" not in taken["body"]


def test_a_plain_letter_never_goes_by_the_neutral_service(post_office, to):
    letter = a_letter(to)
    courier = post_office.courier("at home", "neutral")

    courier.deliver(letter)

    assert courier.find(letter.message.id, PLAIN)
    assert courier.find(letter.message.id, NEUTRAL) is None


def test_without_its_own_service_a_neutral_letter_is_not_sent_at_all(post_office, to):
    letter = replace(a_letter(to), service=NEUTRAL)
    courier = post_office.courier()

    assert courier.deliver(letter) == Delayed("no key of this service", needs_mending=True)

    assert post_office.taken(letter.message.id) == []
    for ask in (courier.find, courier.status):
        with pytest.raises(CourierIsAway, match=r"^no key of this service$"):
            ask(letter.message.id, NEUTRAL)


@pytest.mark.parametrize("purpose", [Purpose.APPOINTMENT_TOMORROW, Purpose.APPOINTMENT_IN_A_WEEK])
@pytest.mark.parametrize("arm", Arm)
def test_a_reminder_is_said_in_the_words_of_its_arm(post_office, to, purpose, arm):
    facts = json.dumps(APPOINTMENT)
    letter = replace(a_letter(to, purpose=purpose, personalisation=facts), arm=arm)

    post_office.courier().deliver(letter)

    wording = Wording(purpose, letter.channel, "en", arm=arm)
    assert post_office.taken(letter.message.id)[0]["template"]["id"] == str(sandbox_id(wording))


def test_an_arm_without_a_template_waits_to_be_mended(post_office, to):
    """Other words would spoil the trial: they count as this arm's."""
    letter = replace(a_letter(to, purpose=Purpose.APPOINTMENT_TOMORROW), arm=Arm.COST)
    ids = {name: each for name, each in template_ids(None).shared.items() if not name.endswith(".cost")}

    outcome = post_office.courier(templates=TemplateIds(ids)).deliver(letter)

    assert outcome == Delayed("no template of this wording", needs_mending=True)
    assert post_office.taken(letter.message.id) == []


def test_a_forces_own_template_is_sent_to_its_people(post_office):
    usual, own = sandbox_id(CODE), sandbox_id(replace(CODE, language="cy"))
    ids = TemplateIds({CODE.name: usual}, {("42", CODE.name): own})
    letters = [a_letter(a_number()), replace(a_letter(a_number()), force="43")]

    for letter in letters:
        post_office.courier(templates=ids).deliver(letter)

    sent = [post_office.taken(letter.message.id)[0]["template"]["id"] for letter in letters]
    assert sent == [str(own), str(usual)]
