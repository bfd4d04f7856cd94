"""Whatever the domain can say, a page or a message has words for."""

import ast
import re
from dataclasses import replace
from itertools import product

import pytest

from portal.domain.appointments import AppointmentState
from portal.domain.arms import Arm
from portal.domain.audit import Actor
from portal.domain.conditions import Progress
from portal.domain.contact_rules import Fault
from portal.domain.forces import FORCES
from portal.domain.messages import Channel, Held, MessageState, NotifyService, Purpose
from portal.domain.recipients import LeftOut
from portal.domain.regimes import Regime
from portal.domain.tasks import TaskKind
from portal.languages import ENGLISH, LANGUAGES
from portal.notify.wordings import FOLDER, PLACEHOLDER, Wording, wordings
from portal.settings import NAMES, ROOT
from portal.web.assets import Assets
from portal.web.i18n import environments
from tests.making import an_event
from tests.reading_ease import BANNED, grade, words_of
from tests.rules.sources import modules, nodes

WORDS = "staff/cases/_words.html"
OF = {
    **dict.fromkeys(
        ("purpose_words", "channel_words", "held_words", "arm_words"), "staff/messages/_words.html"
    ),
    **dict.fromkeys(("task_words", "to_do_words"), "staff/tasks/_words.html"),
    "fault_words": "staff/contact_rules/_chosen.html",
}
"""Where the words of a macro are, if not with those of cases."""
HARDEST, LONGEST_SENTENCE = 5.0, 20
NEVER_ON_A_CASE = {
    *("cases.listed", "code.posted", "code.refused", "language.chosen"),
    *("offender.signed_in", "offender.signed_out", "staff.signed_in", "staff.signed_out"),
    *("staff.added", "staff.refused", "arm.drawn", "messages.shown"),
    *("reply.received", "links.revoked", "contact.stopped"),
    *("tasks.listed", "runs.listed", "run.shown", "run.begun"),
    *("sending.stopped", "sending.resumed"),
}
"""Deeds that are written down without a case."""
WRITES_DOWN = {"record", "_record", "event", "_event", "saw"}
A_DEED = re.compile(r"[a-z]+\.[a-z_]+")
FORBIDDEN = {
    "en": "offen[cs]e caution police court crime criminal victim offender convict prison probation sentence",
    "cy": "trosedd heddlu llys rhybudd dioddefwr troseddwr carchar dedfryd",
}
"""Whoever looks at the screen of a phone over a shoulder must learn nothing from it."""


@pytest.fixture(scope="module")
def said():
    """Call it for what a macro of the words says of something."""
    environment = environments(Assets())["en"]

    def say(macro: str, value: object) -> str:
        source = f'{{% from "{OF.get(macro, WORDS)}" import {macro} with context %}}{{{{ {macro}(value) }}}}'
        return environment.from_string(source).render(value=value).strip()

    return say


@pytest.mark.parametrize(
    ("macro", "kind"),
    [
        ("regime_words", Regime),
        ("progress_words", Progress),
        ("appointment_words", AppointmentState),
        ("actor_words", Actor),
        ("purpose_words", Purpose),
        ("channel_words", Channel),
        ("held_words", Held),
        ("held_words", LeftOut),
        ("arm_words", Arm),
        ("task_words", TaskKind),
        ("to_do_words", TaskKind),
        ("fault_words", Fault),
    ],
)
def test_staff_read_words_and_never_codes(said, macro, kind):
    for member in kind:
        words = said(macro, member)
        assert words, member
        assert "_" not in words, member


def deeds() -> set[str]:
    """Every deed that the portal writes down."""
    found = set()
    for _, tree in modules():
        for call in nodes(tree, ast.Call):
            name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            if name in WRITES_DOWN:
                found |= {deed for argument in call.args for deed in _deeds_in(argument)}
    return found


def _deeds_in(argument: ast.expr) -> set[str]:
    if isinstance(argument, ast.Constant) and A_DEED.fullmatch(str(argument.value)):
        return {str(argument.value)}
    if isinstance(argument, ast.IfExp):
        return _deeds_in(argument.body) | _deeds_in(argument.orelse)
    if isinstance(argument, ast.JoinedStr):
        return DEEDS_IN_PARTS[ast.unparse(argument)]
    return set()


DEEDS_IN_PARTS = {
    "f'message.{message.state.value}'": {
        f"message.{state}" for state in (MessageState.DELIVERED, MessageState.FAILED)
    },
    "f'{session.surface}.signed_out'": {"offender.signed_out", "staff.signed_out"},
}


def test_every_deed_that_shows_on_a_case_has_words(said):
    wordless = {deed for deed in deeds() if said("deed_words", an_event(deed=deed)) == deed}

    assert wordless == NEVER_ON_A_CASE
    assert len(deeds()) > len(NEVER_ON_A_CASE)


# Messages


def test_every_message_has_its_words_in_every_language_and_there_are_no_others():
    files = {str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.txt")}

    assert files == {wording.file for wording in wordings()}


def test_every_message_says_something():
    for wording in wordings():
        assert wording.body, wording.name
        assert bool(wording.subject) is (wording.channel is Channel.EMAIL), wording.name


def test_no_message_tells_what_it_is_about_to_who_looks_over_a_shoulder():
    forces = {force.name.lower() for force in FORCES.values()}
    for wording in wordings():
        text = f"{wording.subject or ''} {wording.body}".lower()
        words = FORBIDDEN.get(wording.language, FORBIDDEN["en"]).split()
        assert [word for word in words if re.search(rf"\b{word}", text)] == [], wording.name
        assert [name for name in forces if name in text] == [], wording.name


def test_a_message_has_one_link_at_most_and_it_is_ours():
    for wording in wordings():
        assert wording.body.count("((link))") <= 1, wording.name
        assert not re.search(r"https?:|www\.", wording.body), wording.name


def test_a_subject_says_nothing_of_the_person():
    for wording in wordings():
        assert "((" not in (wording.subject or ""), wording.name


def test_a_code_can_be_filled_in_by_the_phone():
    for code, service in product(LANGUAGES, NotifyService):
        body = Wording(Purpose.CODE, Channel.SMS, code, service).body
        assert body.splitlines()[-1] == "@((domain)) #((code))", (code, service)


def test_no_code_travels_with_a_link():
    """Whoever can read one message must not get in with it alone."""
    for wording in wordings():
        assert not {"link", "code"} <= wording.placeholders, wording.name


def test_the_arms_of_a_reminder_differ_in_their_words_alone():
    for wording in wordings():
        usual = replace(wording, arm=Arm.PLAN)
        assert wording.placeholders == usual.placeholders, wording.name
        assert wording.subject == usual.subject, wording.name
        assert (wording.version == usual.version) is (wording.arm is Arm.PLAN), wording.name


def test_a_reminder_that_tells_a_consequence_threatens_nobody():
    threats = re.compile(
        r"\b(must|warn|final|fail|breach|punish|consequence|rhaid|rhybudd|methu)", re.IGNORECASE
    )
    for wording in wordings():
        if wording.arm in (Arm.CONSEQUENCE, Arm.COST):
            assert not threats.search(wording.body), wording.name


def test_messages_are_plain_english():
    """As pages are: a reading grade of five at most, and twenty words a sentence."""
    said = []
    for wording in wordings():
        if wording.language == ENGLISH.code:
            text = PLACEHOLDER.sub("Jo", f"{wording.subject or ''}\n{wording.body}")
            here = [part for part in re.split(r"(?<=[.?!:])\s+|\n", text) if words_of(part)]
            assert [part for part in here if len(words_of(part)) > LONGEST_SENTENCE] == [], wording.name
            assert not BANNED.search(text), wording.name
            said += [part for part in here if part.endswith((".", "?"))]

    assert grade(said) <= HARDEST


def test_english_needs_no_reviewer():
    assert not ENGLISH.is_draft


# Settings


def test_every_setting_is_documented_and_nothing_else_is():
    table = (ROOT / "docs" / "operations.md").read_text("utf-8")

    documented = re.findall(r"^\| `(PORTAL_[A-Z_]+)` \|", table, re.MULTILINE)

    assert sorted(documented) == sorted(NAMES)
    assert all(
        line.count("|") == 4
        for line in table.splitlines()
        if line.startswith("| `PORTAL_")  # three columns
    )
