"""What the portal says stands in its catalogues, and every catalogue says all of it."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from html.parser import HTMLParser

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.frontend import CommandLineInterface
from babel.messages.pofile import read_po
from jinja2 import Environment, nodes

from portal.domain.messages import Channel
from portal.domain.texts import as_sent
from portal.languages import ENGLISH, LANGUAGES
from portal.notify.wordings import filled_in, wordings
from portal.settings import ROOT
from portal.web.i18n import LOCALES, TEMPLATES

EXTRACT = (
    "pybabel -q extract -F locales/babel.cfg -k pgettext:1c,2 --add-comments=Translators: "
    "--no-location --sort-output --omit-header -o {pot} ."
)
UPDATE = (
    "pybabel -q update -i locales/portal.pot -d {folder} -D portal "
    "--no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date"
)
TRANSLATED = sorted(LANGUAGES.keys() - {ENGLISH.code})
TYPICAL = {
    "name": "Morwenna",
    "date": "Mer 23 Chwef",
    "time": "11:30am",
    "place": "12 High Street, Lewisham SE13 6AB",
    "phone": "020 7946 0000",
    "officer": "PC Jo Merriweather",
    "link": "https://amends.police.example/a/" + "x" * 22,
    "code": "482915",
    "domain": "amends.police.example",
}


def pybabel(command: str) -> None:
    CommandLineInterface().run(command.split())  # type: ignore[no-untyped-call] # Babel leaves its commands untyped


def catalogue(code: str) -> Catalog:
    with (LOCALES / code / "LC_MESSAGES" / "portal.po").open("rb") as file:
        return read_po(file, locale=code, abort_invalid=True)


def messages(catalogue: Catalog) -> list[Message]:
    """All but the head."""
    return [message for message in catalogue if message.id]


def strings() -> list[tuple[str | None, object]]:
    """What there is to be translated."""
    with (LOCALES / "portal.pot").open("rb") as file:
        return [(message.context, message.id) for message in messages(read_po(file))]


def forms(said: object) -> list[str]:
    """A string, or each of its plural forms."""
    return [said] if isinstance(said, str) else [str(form) for form in said]  # type: ignore[attr-defined] # a tuple


# The catalogues are up to date


def test_the_template_of_all_catalogues_has_the_strings_of_now(tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)
    pybabel(EXTRACT.format(pot=tmp_path / "portal.pot"))

    assert (tmp_path / "portal.pot").read_text() == (LOCALES / "portal.pot").read_text(), "make translations"


@pytest.mark.parametrize("code", TRANSLATED)
def test_bringing_a_catalogue_up_to_date_changes_nothing(code, tmp_path, monkeypatch):
    committed = LOCALES / code / "LC_MESSAGES" / "portal.po"
    copy = tmp_path / code / "LC_MESSAGES" / "portal.po"
    copy.parent.mkdir(parents=True)
    copy.write_bytes(committed.read_bytes())
    monkeypatch.chdir(ROOT)
    pybabel(UPDATE.format(folder=tmp_path))

    assert copy.read_text() == committed.read_text(), "make translations"


def test_make_runs_what_we_check():
    makefile = (ROOT / "Makefile").read_text()

    assert EXTRACT.format(pot="locales/portal.pot") in makefile
    assert UPDATE.format(folder="locales") in makefile


def test_every_catalogue_is_of_a_language_that_we_speak():
    assert sorted(file.parts[-3] for file in LOCALES.glob("*/*/*")) == TRANSLATED


# A catalogue says everything


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_catalogue_translates_all_strings_and_no_others(code):
    ours = catalogue(code)

    assert [(message.context, message.id) for message in messages(ours)] == strings()
    assert not ours.obsolete
    assert not [message.id for message in messages(ours) if message.fuzzy or not all(forms(message.string))]


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_translation_keeps_placeholders_tags_and_outer_spaces(code):
    changed = [
        message.id
        for message in messages(catalogue(code))
        for said in forms(message.string)
        if bones(said) != bones(forms(message.id)[-1])
    ]

    assert not changed


def bones(text: str) -> tuple[Counter[str], list[str], bool, bool]:
    """What no translation changes: placeholders, tags in their order, spaces at the ends."""
    placeholders = re.findall(r"%\(\w+\)[a-z]|%.", text)
    return Counter(placeholders), re.findall(r"<[^>]*>", text), text[:1].isspace(), text[-1:].isspace()


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_language_is_a_draft_until_its_catalogue_is_signed_off(code):
    reviewed = re.search(r"^# Reviewed: (.+)$", catalogue(code).header_comment, re.MULTILINE)

    assert reviewed
    assert LANGUAGES[code].is_draft == (reviewed[1] == "no")


def test_welsh_declares_the_six_forms_of_its_numbers():
    assert catalogue("cy").plural_forms == (
        "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n==3 ? 3 : n==6 ? 4 : 5);"
    )


# A template says nothing by itself


class Words(HTMLParser):
    """What somebody would read in a template, or have read to them."""

    READ_OUT = ("alt", "aria-label", "aria-description", "placeholder", "title")
    COOKIE = re.compile(r"__Host-[a-z]+")

    def __init__(self, source: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.english: list[str] = []
        self._silent, self._into = False, self.found
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent = tag in ("script", "style")
        self._into = self.english if ("lang", "en") in attrs else self.found
        self.found += [value for name, value in attrs if name in self.READ_OUT and value]

    def handle_endtag(self, tag: str) -> None:
        self._silent, self._into = False, self.found

    def handle_data(self, data: str) -> None:
        if not self._silent and re.search(r"[A-Za-z]{2}", self.COOKIE.sub("", data)):
            self._into.append(data.strip())


def templates() -> Iterator[tuple[str, nodes.Template]]:
    """Every template's name, and the template taken apart."""
    environment = Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do"], autoescape=True)
    for file in sorted(TEMPLATES.rglob("*.html")):
        yield str(file.relative_to(TEMPLATES)), environment.parse(file.read_text())


def html(template: nodes.Template) -> str:
    """A template without what is filled in, but that a tag's name is always one."""
    return "".join(data.data for data in template.find_all(nodes.TemplateData)).replace("< ", "<x ")


def translated(template: nodes.Template) -> list[nodes.Expr]:
    """Whatever a template gives to be translated."""
    calls = template.find_all(nodes.Call)
    return [
        word for call in calls if getattr(call.node, "name", "") in ("_", "pgettext") for word in call.args
    ]


def test_no_template_has_words_outside_the_catalogues():
    assert not {(name, said) for name, template in templates() for said in Words(html(template)).found}


def test_english_beside_a_translation_is_what_was_translated():
    beside = {said for _, template in templates() for said in Words(html(template)).english}

    assert beside <= {msgid for _, msgid in strings()}


def test_no_template_hands_on_words_outside_the_catalogues():
    prose = re.compile(r"[A-Z][a-z]+( [a-z]+)*[.?!:]?")
    for name, template in templates():
        given = {id(word) for word in translated(template)}
        others = [word.value for word in template.find_all(nodes.Const) if id(word) not in given]
        assert not [said for said in others if isinstance(said, str) and prose.fullmatch(said)], name


def test_only_what_extraction_can_read_is_translated():
    for name, template in templates():
        assert all(isinstance(word, nodes.Const) for word in translated(template)), name


# Messages

TRANSLATIONS = [wording for wording in wordings() if wording.language in TRANSLATED]
TEXTS = [wording for wording in wordings() if wording.channel is Channel.SMS]


@pytest.mark.parametrize("ours", TRANSLATIONS, ids=lambda wording: wording.name)
def test_a_message_has_the_same_places_to_fill_in_every_language(ours):
    english = replace(ours, language=ENGLISH.code)

    assert ours.placeholders == english.placeholders
    assert bool(ours.subject) == bool(english.subject)


@pytest.mark.parametrize("wording", TEXTS, ids=lambda wording: wording.name)
def test_a_text_fits_into_one_message(wording):
    filled = filled_in(wording.body, TYPICAL)
    text = as_sent(filled, price=Decimal(1))

    assert text.sent == filled, "only letters that the networks carry"
    assert text.fragments == 1, f"{text.units} letters"
