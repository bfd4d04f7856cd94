"""Placeholders are found and filled as Notify does it."""

# ruff: noqa: RUF001 look-alikes are what these tests are about

from uuid import uuid4

import pytest

from portal.notify_sandbox import wording
from portal.notify_sandbox.config import Channel, SandboxTemplate
from portal.notify_sandbox.sanitising import sanitise
from portal.notify_sandbox.wording import by_key


def a_template(body, *, subject=None) -> SandboxTemplate:
    return SandboxTemplate(uuid4(), Channel.EMAIL if subject else Channel.SMS, "A template", body, subject)


def filled(body, *, subject=None, **values) -> wording.Message:
    return wording.fill(a_template(body, subject=subject), by_key(values))


@pytest.mark.parametrize("given", ["first name", "FIRST_NAME", "first-name", "FirstName"])
def test_the_form_of_a_name_does_not_matter(given):
    assert wording.fill(a_template("Hi ((First name))"), by_key({given: "Ann"})).body == "Hi Ann"


@pytest.mark.parametrize("yes", ["yes", "Y", "TRUE", "t", "1", 1, True, "include", "Show"])
def test_a_condition_holds(yes):
    assert filled("Come.((late?? You are late??))", late=yes).body == "Come. You are late??"


@pytest.mark.parametrize("no", ["no", "", 0, False, "2", "maybe", [], ["yes", "no"]])
def test_a_condition_does_not_hold(no):
    assert filled("Come.((late?? You are late.))", late=no).body == "Come."


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (12, "12"),
        (1.5, "1.5"),
        (True, "True"),
        ({"a": 1}, "{'a': 1}"),
        ([], ""),
        (["a"], "a"),
        (["a", "b"], "a and b"),
        (["a", None, " ", "b", 3], "a, b and 3"),
    ],
)
def test_a_value_becomes_text(value, said):
    assert filled("<((it))>", it=value).body == f"<{said}>"


def test_a_list_becomes_bullets_in_the_body_of_an_email_and_not_in_its_subject():
    message = filled("Bring:((things))", subject="Bring ((things))", things=["a pen", "paper"])

    assert message.body == "Bring:\n\n* a pen\n* paper"
    assert message.subject == "Bring a pen and paper"


def test_names_are_listed_in_order_of_appearance_the_subjects_first():
    template = a_template("((b)) ((late??x)) ((A)) ((c))", subject="((a)) ((d))")

    assert wording.placeholders(template) == ("a", "d", "b", "late", "c")
    assert wording.missing(template, by_key({"B": "", "D": None, "c": 0})) == ["a", "d", "late"]


def test_the_subject_is_typeset():
    subject = filled("x", subject="It's  \"so\" -- said o'neill@mail.example .").subject

    assert subject == "It’s “so” – said o'neill@mail.example."


def test_a_value_that_is_not_there_leaves_its_placeholder():
    assert wording.fill(a_template("Hi ((name))"), {}).body == "Hi ((name))"


def test_values_are_made_harmless_only_on_request():
    body = {
        "personalisation": {"Name": "[x](https://evil.example) **hi** evil.com", "other": "*"},
        "sanitise_content_for": ["name"],
    }

    changed, values = sanitise(body)

    assert list(changed) == ["Name"]
    assert "https://" not in str(values["name"])
    assert values["name"] == changed["Name"]["sanitised"]
    assert "evil\\. com" in changed["Name"]["sanitised"]
    assert "\\*\\*hi\\*\\*" in changed["Name"]["sanitised"]
    assert values["other"] == "*"
