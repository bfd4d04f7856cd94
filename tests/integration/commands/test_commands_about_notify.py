"""What an operator does about Notify: create the templates, and see that they are right."""

import json

import pytest

from portal.commands.joining import notify_keys
from portal.domain.messages import Channel, NotifyService, Purpose
from portal.notify.template_ids import sandbox_id
from portal.notify.wordings import Wording, wordings
from portal.notify_sandbox.keys import DEVELOPMENT_KEY, NEUTRAL_DEVELOPMENT_KEY
from portal.settings import Settings
from tests.integration.commands.test_commands_on_records import failed
from tests.integration.sending.post_offices import PostOffice

CODE = Wording(Purpose.CODE, Channel.SMS, "en")


@pytest.fixture
def named(operator, tmp_path):
    """Call it to name templates in a file of ids; the others keep theirs."""

    def named(**changes: str | None) -> None:
        ids = {wording.name: str(sandbox_id(wording)) for wording in wordings()} | changes
        file = tmp_path / "templates.json"
        file.write_text(json.dumps({name: each for name, each in ids.items() if each}))
        operator.settings["PORTAL_NOTIFY_TEMPLATES"] = str(file)

    return named


def test_right_templates_are_right(operator):
    ran = operator.does("notify", "check")

    assert (ran.code, ran.err) == (0, "")
    assert ran.out.endswith("Every wording has its template in Notify.\n")


@pytest.mark.parametrize(
    ("service", "says"),
    [
        ("asking more", r"code\.sms\.cy: the template wants what we do not fill: shoe_size"),
        ("without templates", r"invitation\.email\.en: Notify has no template of this id, or it is archived"),
        ("deleted", r"invitation\.email\.en: Notify has no template of this id, or it is archived"),
        ("reworded", r"code\.sms\.en: the text reads \"Also: \(\(code\)\) is your security code"),
        ("revoked", r"Notify refuses the key or the clock \(403 AuthError\): see PORTAL_NOTIFY_API_KEY"),
    ],
)
def test_wrong_templates_are_named(operator, post_office: PostOffice, service, says):
    operator.settings["PORTAL_NOTIFY_API_KEY"] = post_office.keys[service]

    assert failed(operator.does("notify", "check"), says)


def test_a_portal_without_a_neutral_key_is_told_what_that_means(operator, post_office):
    operator.settings["PORTAL_NOTIFY_API_KEY"] = post_office.keys["at home"]

    ran = operator.does("notify", "check")

    assert ran.code == 0
    assert "Nothing neutral can be sent: PORTAL_NOTIFY_NEUTRAL_API_KEY is not set." in ran.out


@pytest.mark.parametrize(
    ("service", "says"),
    [
        ("without templates", r"neutral\.invitation\.email\.en: Notify has no template of this id"),
        (
            "revoked",
            r"Notify refuses the key or the clock \(403 AuthError\): see PORTAL_NOTIFY_NEUTRAL_API_KEY",
        ),
    ],
)
def test_the_neutral_service_is_checked_with_its_own_key(operator, post_office, service, says):
    operator.settings["PORTAL_NOTIFY_API_KEY"] = post_office.keys["at home"]
    operator.settings["PORTAL_NOTIFY_NEUTRAL_API_KEY"] = post_office.keys[service]

    ran = operator.does("notify", "check")

    assert failed(ran, says)
    assert not [line for line in ran.err.splitlines() if line.startswith("invitation")]


def test_templates_that_were_mixed_up_are_named(operator, named):
    code = str(sandbox_id(Wording(Purpose.CODE, Channel.EMAIL, "en")))
    named(**{"code.sms.en": code, "invitation.email.en": code, "43/code.sms.en": code})

    ran = operator.does("notify", "check")

    assert ran.err.splitlines() == [
        "invitation.email.en: the template wants what we do not fill: code",
        "invitation.email.en: the template does not show: link, name, phone",
        "code.sms.en: the template is of type email",
        "43/code.sms.en: the template is of type email",
    ]
    assert ran.code == 1


def test_what_a_trial_lacks_is_told_and_what_is_misspelt_is_wrong(operator, named):
    named(**{"appointment_tomorrow.sms.en.cost": None})
    ran = operator.does("notify", "check")
    assert "appointment_tomorrow.sms.en.cost: no id in the file: a trial of this arm needs one" in ran.out
    assert ran.code == 0

    named(**{"43/invitaton.sms.en": str(sandbox_id(CODE))})
    assert failed(operator.does("notify", "check"), r"43/invitaton\.sms\.en: no wording has this name")


def test_where_no_notify_is_the_check_says_so(operator):
    operator.settings["PORTAL_NOTIFY_BASE_URL"] = "http://127.0.0.1:9"

    assert failed(operator.does("notify", "check"), "Notify does not answer")


# What to create


def test_the_list_has_every_template_ready_to_copy(operator):
    ran = operator.does("notify", "push-list")

    assert ran.code == 0
    for wording in wordings():
        assert f"\nName: {wording.name}\nService: {wording.service}\n" in ran.out
        assert f"\n\n{wording.body}\n\n" in ran.out
        assert wording.subject is None or f"\nSubject: {wording.subject}\n" in ran.out


@pytest.mark.parametrize(
    ("options", "holds"),
    [
        (("--service", "neutral"), lambda order: order["service"] == "neutral"),
        (("--language", "cy"), lambda order: ".cy" in order["name"]),
        (
            ("--service", "plain", "--language", "en"),
            lambda order: ".en" in order["name"] and not order["name"].startswith("neutral."),
        ),
        ((), bool),
    ],
    ids=["a service", "a language", "both", "all"],
)
def test_the_list_can_be_read_by_a_program_and_cut_down(operator, options, holds):
    def orders(*given: str) -> list[dict[str, object]]:
        found: list[dict[str, object]] = json.loads(
            operator.does("notify", "push-list", "--json", *given).out
        )
        return found

    assert orders(*options) == [order for order in orders() if holds(order)]
    assert len(orders(*options)) > 20


def test_an_order_says_all_that_notify_asks_for(operator):
    orders = json.loads(operator.does("notify", "push-list", "--json").out)

    [email] = [order for order in orders if order["name"] == "invitation.email.en"]
    assert email == {
        "name": "invitation.email.en",
        "service": "plain",
        "type": "email",
        "subject": "What you need to do, and by when",
        "body": Wording(Purpose.INVITATION, Channel.EMAIL, "en").body,
        "placeholders": ["name", "link", "phone"],
        "version": Wording(Purpose.INVITATION, Channel.EMAIL, "en").version,
    }


def test_a_service_that_is_none_is_refused(operator):
    assert operator.does("notify", "push-list", "--service", "neutral").code == 0
    assert operator.does("notify", "push-list", "--service", "loud").code == 2


# Keys


def test_in_development_both_services_are_the_sandboxs():
    assert notify_keys(Settings()) == {
        NotifyService.PLAIN: DEVELOPMENT_KEY,
        NotifyService.NEUTRAL: NEUTRAL_DEVELOPMENT_KEY,
    }


@pytest.mark.parametrize(
    ("neutral", "keys"),
    [("", {NotifyService.PLAIN: "a"}), ("b", {NotifyService.PLAIN: "a", NotifyService.NEUTRAL: "b"})],
    ids=["plain alone", "both"],
)
def test_no_service_ever_borrows_the_key_of_the_other(neutral, keys):
    assert notify_keys(Settings(notify_api_key="a", notify_neutral_api_key=neutral)) == keys
