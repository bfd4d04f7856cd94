"""Whatever differs between our words and Notify's templates is said, with what to do."""

from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from portal.domain.arms import Arm
from portal.domain.messages import Channel, NotifyService, Purpose
from portal.notify.checking import Check, Finding, order
from portal.notify.template_ids import TemplateIds, sandbox_id, template_ids
from portal.notify.wordings import Wording, wordings

EMAIL, SMS = Channel.EMAIL, Channel.SMS
INVITATION = Wording(Purpose.INVITATION, SMS, "en")
BY_EMAIL = Wording(Purpose.INVITATION, EMAIL, "en")
NEUTRAL = replace(INVITATION, service=NotifyService.NEUTRAL)
SECOND_LINE = "You have things to do, and dates to keep. See them here:"
WELSH = Wording(Purpose.CONDITION_DUE, SMS, "cy")
BASE_URL = "https://amends.police.example"


def a_template(wording: Wording, **changes: Any) -> dict[str, Any]:
    """What Notify has, as right as can be unless told otherwise."""
    usual = {
        "type": wording.channel.value,
        "subject": wording.subject,
        "body": wording.body,
        "personalisation": {name: {"required": True} for name in wording.placeholders},
    }
    return usual | changes


def said_of(wording: Wording, template: dict[str, Any], base_url: str = BASE_URL) -> list[Finding]:
    check = Check(template_ids(None), base_url, Decimal("0.024"))
    return list(check.findings(wording, {sandbox_id(wording): template}))


def own(wording: Wording, template: dict[str, Any]) -> list[Finding]:
    """What is said of a force's own template, where the usual one is right."""
    ids = TemplateIds(template_ids(None).shared, {("43", wording.name): UUID(int=43)})
    templates = {sandbox_id(wording): a_template(wording), UUID(int=43): template}
    return list(Check(ids, BASE_URL, Decimal("0.024")).findings(wording, templates))


@pytest.mark.parametrize("wording", list(wordings()), ids=lambda wording: wording.name)
def test_our_own_words_have_nothing_wrong(wording):
    assert [each for each in said_of(wording, a_template(wording)) if each.is_wrong] == []


@pytest.mark.parametrize(
    ("wording", "changes", "says"),
    [
        (INVITATION, {"type": "email"}, "the template is of type email"),
        (INVITATION, {"personalisation": {}}, "the template does not show: link, name, phone"),
        (
            INVITATION,
            {"body": "((name)), go: ((link)) ((phone))"},
            f'the text reads "((name)), go: ((link)) ((phone))" and should read "{INVITATION.body}"',
        ),
        (
            BY_EMAIL,
            {"subject": "Your caution"},
            'the subject reads "Your caution" and should read "What you need to do, and by when"',
        ),
        (
            BY_EMAIL,
            {"body": BY_EMAIL.body + "\n\nThe police"},
            'the text reads "The police" and should read ""',
        ),
        (
            BY_EMAIL,
            {"body": BY_EMAIL.body.replace("You have things to do, and", "Keep")},
            f'the text reads "Keep{SECOND_LINE[26:]}" and should read "{SECOND_LINE}"',
        ),
    ],
    ids=["type", "placeholders", "text", "subject", "a line more", "a line"],
)
def test_what_is_not_ours_is_named_with_what_it_should_be(wording, changes, says):
    assert said_of(wording, a_template(wording, **changes)) == [Finding(wording.name, says)]


@pytest.mark.parametrize(
    "retyped",
    [
        lambda body: body.replace("\n", "\r\n"),
        lambda body: body + "  \n",
        lambda body: body.replace("'", "\N{RIGHT SINGLE QUOTATION MARK}"),
        lambda body: body.replace("\n\n", "\n\n\n"),
    ],
    ids=["line ends", "spaces at the end", "typographer's quotes", "blank lines"],
)
def test_what_copying_changes_is_no_difference(retyped):
    wording = Wording(Purpose.ANSWER_STOPPED, EMAIL, "cy")
    assert "'" in wording.body

    assert said_of(wording, a_template(wording, body=retyped(wording.body))) == []


def test_a_template_that_is_not_there_is_named():
    check = Check(template_ids(None), BASE_URL, Decimal(0))

    assert list(check.findings(INVITATION, {})) == [
        Finding(INVITATION.name, "Notify has no template of this id, or it is archived")
    ]


def test_an_arm_without_an_id_is_only_to_be_known():
    wording = Wording(Purpose.APPOINTMENT_TOMORROW, SMS, "en", arm=Arm.COST)

    [finding] = Check(TemplateIds({}), BASE_URL, Decimal(0)).findings(wording, {})

    assert not finding.is_wrong
    assert (
        str(finding) == "appointment_tomorrow.sms.en.cost: no id in the file: a trial of this arm needs one"
    )


# Length


def test_an_english_text_of_two_parts_is_to_be_shortened():
    """The address that people use is part of every link."""
    long = "https://out-of-court-resolutions.humberside.police.example"

    assert said_of(INVITATION, a_template(INVITATION), long) == [
        Finding(INVITATION.name, "186 letters when filled in, of 160 at most: shorten it")
    ]


def test_a_text_that_notify_would_refuse_is_wrong_in_any_language():
    body = WELSH.body + " x" * 400
    said = own(WELSH, a_template(WELSH, body=body))

    assert [(each.name, each.is_wrong) for each in said] == [("43/condition_due.sms.cy", True)]
    assert said[0].says.endswith("letters when filled in: Notify takes no such text")


def test_a_welsh_text_of_several_parts_is_told_with_its_price():
    [finding] = own(WELSH, a_template(WELSH, body=f"{WELSH.body} t\N{LATIN SMALL LETTER Y WITH CIRCUMFLEX}"))

    assert not finding.is_wrong
    assert finding.says.endswith("letters when filled in: 3 parts in UCS-2, £0.072 each time")


# A force's own


def test_a_force_may_use_words_of_its_own():
    assert own(INVITATION, a_template(INVITATION, body="((name)): ((link)) ((phone))")) == []


def test_a_forces_own_template_needs_the_same_places():
    template = a_template(INVITATION, personalisation={"name": {}, "link": {}, "hat": {}})

    assert own(INVITATION, template) == [
        Finding("43/invitation.sms.en", "the template wants what we do not fill: hat"),
        Finding("43/invitation.sms.en", "the template does not show: phone"),
    ]


def test_a_forces_own_neutral_words_must_tell_nothing():
    said = own(NEUTRAL, a_template(NEUTRAL, body="Humberside Police: see your caution ((link))"))

    assert said == [
        Finding(
            "43/neutral.invitation.sms.en",
            "the words tell what a neutral message must not: caution, police, humberside",
        )
    ]


def test_an_order_names_each_place_once_in_the_order_of_the_text():
    assert order(Wording(Purpose.CODE, SMS, "en"))["placeholders"] == ["code", "domain"]
