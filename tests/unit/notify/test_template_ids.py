"""Which template of Notify's says a wording: the operator says it in a file, the sandbox by a rule."""

import json
from uuid import UUID, uuid4

import pytest

from portal.domain.arms import Arm
from portal.domain.messages import Channel, NotifyService, Purpose
from portal.errors import Misconfigured
from portal.notify.template_ids import TemplateIds, sandbox_id, template_ids
from portal.notify.wordings import Wording, wordings

PLAIN, NEUTRAL = NotifyService.PLAIN, NotifyService.NEUTRAL
INVITATION = Wording(Purpose.INVITATION, Channel.SMS, "en")
COST = Wording(Purpose.APPOINTMENT_TOMORROW, Channel.SMS, "en", arm=Arm.COST)


def needed(*services: NotifyService) -> list[str]:
    return [wording.name for wording in wordings(*services) if wording.arm is Arm.PLAN]


@pytest.fixture
def read(tmp_path):
    """Call it with names for what a file says in which each has an id."""

    def read(names: list[str], **how) -> tuple[dict[str, UUID], TemplateIds]:
        ids = {name: uuid4() for name in names}
        file = tmp_path / "templates.json"
        file.write_text(json.dumps({name: str(each) for name, each in ids.items()}))
        return ids, template_ids(file, **how)

    return read


def test_the_sandbox_has_the_same_ids_everywhere():
    assert template_ids(None) == TemplateIds({wording.name: sandbox_id(wording) for wording in wordings()})


def test_ids_come_from_the_operators_file(read):
    ids, found = read([wording.name for wording in wordings()])

    assert found == TemplateIds(ids)


def test_without_a_neutral_key_no_neutral_template_is_needed(read):
    _, found = read(needed(PLAIN), services=[PLAIN])
    assert found.of(INVITATION, "42")

    with pytest.raises(Misconfigured, match=r"templates.json has no id for neutral.answer_change.email.cy, "):
        read(needed(PLAIN))


def test_the_templates_of_a_trial_are_needed_only_for_a_trial(read):
    _, found = read(needed())
    ids, of_trial = read([*needed(), COST.name])

    assert found.of(COST, "42") is None
    assert of_trial.of(COST, "42") == ids[COST.name]


def test_a_forces_own_template_wins_for_that_force_and_no_other(read):
    ids, found = read([*needed(), f"43/{INVITATION.name}", f"43/neutral.{INVITATION.name}"])

    assert found.of(INVITATION, "43") == ids["43/invitation.sms.en"]
    assert found.of(INVITATION, "42") == ids["invitation.sms.en"]
    assert found.is_the_forces_own(INVITATION, "43")
    assert not found.is_the_forces_own(INVITATION, "42")
    assert list(found.forces_with_their_own(INVITATION)) == [("43", ids["43/invitation.sms.en"])]


def test_a_name_that_is_none_is_known_as_such(read):
    strange = ["43/invitaton.sms.en", "99/invitation.sms.en", "invitaton.sms.en", "invitation.sms.en.cost"]
    _, found = read([*needed(), *strange])

    assert found.unknown == tuple(sorted(strange))
    assert not found.of_forces


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("{}", "has no id for answer_change.email.cy, "),
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
