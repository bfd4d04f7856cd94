"""The whole journey on a phone, over real HTTP: from the records system's file to the officer's timeline."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
from playwright.sync_api import Page, expect

from portal.clock import LONDON
from portal.languages import LANGUAGES
from portal.web.assets import Assets
from portal.web.i18n import environments, translations
from tests.browser.conftest import Opener
from tests.browser.tabs import NOTHING, Tab
from tests.running import Portal, until
from tests.sample import OFFENCES, SAMPLE, Sampled, reachable

STARTS = datetime(2026, 12, 8, 14, 30, tzinfo=LONDON)
PLACE = "Clearway Support, 12 Example Street, Anytown"
FAULTS = (
    "A problem with this website, a text or your phone never counts against you."
    " Call your officer and tell us."
)
PASSWORD = "a kettle of grey herons"
_staff = count(1)


@pytest.fixture(scope="module")
def running(portal: Portal) -> Iterator[Portal]:
    """Brought up as an operator would: the schema, the offences, the cases; then it runs."""
    portal.run("migrate")
    portal.run("reference", "load-offences", str(OFFENCES))
    assert portal.run("import", str(SAMPLE)) == "200 new, 0 changed, 0 unchanged, 0 refused\n"
    assert portal.run("import", str(SAMPLE)) == "0 new, 0 changed, 200 unchanged, 0 refused\n"
    with portal.running():
        yield portal


@dataclass
class Journey:
    """One person, their phone, and the language it speaks."""

    portal: Portal
    person: Sampled
    tab: Tab
    language: str = "en"

    @property
    def page(self) -> Page:
        return self.tab.page

    def words(self, text: str, **values: object) -> str:
        """What the page says for an English text."""
        said = translations(self.language).gettext(text)
        return said % values if values else said

    def day(self, day: date) -> str:
        return LANGUAGES[self.language].day(day)

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=self.words(name), exact=True).click()

    def sees(self, text: str, **values: object) -> None:
        expect(self.page.get_by_role("main")).to_contain_text(self.words(text, **values))

    def is_at(self, heading: str) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_have_text(self.words(heading))
        expect(self.page.locator("html")).to_have_attribute("lang", self.language)

    def messages(self, purpose: str = "") -> list[str]:
        """What reached them, of a kind or at all."""
        sent = self.portal.outbox(self.person.contact)
        end = f".{self.person.channel}.{self.language}"
        names = [message["template"]["name"].removesuffix(end) for message in sent]
        return [message["body"] for message, name in zip(sent, names, strict=True) if purpose in ("", name)]

    def opens_the_link(self) -> None:
        [invitation] = until(lambda: self.messages("invitation"))
        link = re.search(r"http\S+", invitation)
        assert link
        self.page.goto(link.group())
        self.is_at("Sign in")

    def signs_in(self) -> None:
        self.press("Send me a code")
        self.is_at("Enter your code")
        [message] = until(lambda: self.messages("code"))
        code = message[:6]
        self.enter("000000" if code != "000000" else "999999")
        self.is_told_of_the_error()
        self.enter(code)
        self.is_at("What you need to do")

    def enter(self, code: str) -> None:
        self.page.get_by_label(self.words("Security code")).fill(code)
        self.press("Continue")

    def is_told_of_the_error(self) -> None:
        words = self.words("That code did not work. Check the newest text we sent, or ask for a new code")
        expect(self.page).to_have_title(re.compile(f"^{re.escape(self.words('Error: '))}"))
        expect(self.page.get_by_role("alert")).to_contain_text(words)
        expect(self.page.locator("#code-error")).to_contain_text(words)
        if self.page.evaluate("document.body.classList.contains('js-enabled')"):
            expect(self.page.locator(".govuk-error-summary")).to_be_focused()

    def learns_what_to_do(self) -> None:
        self.sees(f"{self.day(STARTS)}, {LANGUAGES[self.language].time(STARTS)}")
        self.sees(PLACE)
        for condition in self.person.conditions:
            self.sees(condition["title"])
            self.sees(self.day(date.fromisoformat(condition["due_on"])))
        self.sees("Finish everything by %(day)s.", day=self.day(self.person.complete_by))
        self.sees(self.person.officer)
        self.sees(self.person.phone)
        self.sees("Tell your officer before the date. We will ask you why. We may be able to change it.")
        self.sees(FAULTS)

    def says_they_have_read(self) -> None:
        self.press("I have read these")
        today = self.day(self.portal.moment)
        self.sees("You told us on %(day)s that you have read these.", day=today)

    def says_they_will_come(self) -> None:
        """By a double tap; then back, forth, loaded again and sent again."""
        self.page.get_by_role("link", name=self.words("Tell us you will come")).click()
        self.is_at("Your appointment")
        again = self.form()
        self.page.get_by_role("button", name=self.words("Yes, I will come")).dblclick()
        self.is_thanked()
        self.page.go_back()
        self.page.go_forward()
        sent = self.page.request.post(again[0], form={"csrf": again[1]}, headers={"Origin": self.portal.url})
        assert sent.ok
        self.page.reload()
        self.is_thanked()

    def form(self) -> tuple[str, str]:
        """Where the form of this page goes, and its token."""
        form = self.page.locator("main form")
        return form.get_attribute("action") or "", form.locator("[name=csrf]").get_attribute("value") or ""

    def is_thanked(self) -> None:
        expect(self.page.get_by_role("alert")).to_contain_text(
            self.words("Thank you. You said you will come.")
        )

    def signs_out(self) -> None:
        """And whoever picks up the phone next finds nothing."""
        self.press("Sign out")
        self.is_at("You are signed out")
        for _ in range(3):
            self.page.go_back()
            for told in (self.person.officer, PLACE, self.person.conditions[0]["title"]):
                expect(self.page.locator("body")).not_to_contain_text(told)


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_an_offender_learns_what_to_do_and_says_so_and_staff_see_it(
    running: Portal, open_for: Opener, *, javascript: bool
):
    person = [one for one in reachable("en") if len(one.conditions) > 1][javascript]
    staff = _Colleague(running, person.force)

    _walk(Journey(running, person, open_for(running, javascript=javascript)))

    page = open_for(running, javascript=javascript).page
    staff.signs_in(page)
    _open_case(page, person)
    expect(page.get_by_role("heading", level=1)).to_contain_text(person.name)
    until(lambda: _tells_what_the_records_tell(page, running, person))


def test_it_is_the_same_in_welsh(running: Portal, open_for: Opener):
    person = next(iter(reachable("cy", "email")))

    _walk(Journey(running, person, open_for(running, locale="cy-GB"), "cy"))


def _walk(journey: Journey) -> None:
    person = journey.person
    given = ("--force", person.force, "--starts", f"{STARTS:%Y-%m-%dT%H:%M}", "--place", PLACE)
    journey.portal.run("appointments", "give", person.reference, *given)
    journey.opens_the_link()
    journey.signs_in()
    journey.learns_what_to_do()
    journey.says_they_have_read()
    journey.says_they_will_come()
    until(lambda: journey.messages("appointment_confirmed"))
    until(
        lambda: _story(journey.portal, person).count("message.delivered") == len(journey.messages()) - 1
    )  # the code
    assert len(journey.messages("appointment_confirmed")) == 1
    if journey.page.evaluate("document.body.classList.contains('js-enabled')"):
        assert journey.tab.remembers() == NOTHING
    journey.signs_out()


def _story(portal: Portal, person: Sampled) -> list[str]:
    """The deeds that `portal timeline` tells, in order."""
    lines = portal.run("timeline", person.reference, "--force", person.force).splitlines()
    return [line.split()[3] for line in lines]


class _Colleague:
    """A member of staff, added from the command line."""

    def __init__(self, portal: Portal, force: str) -> None:
        self.email = f"colleague{next(_staff)}@force.example"
        named = ("--name", "Jo Merriweather", "--force", force, "--password", PASSWORD)
        printed = portal.run("staff", "add", self.email, *named)
        uri = re.search(r"otpauth://\S+", printed)
        assert uri
        self.code = pyotp.TOTP(parse_qs(urlsplit(uri.group()).query)["secret"][0]).at(portal.moment)

    def signs_in(self, page: Page) -> None:
        page.goto("/staff/sign-in")
        page.get_by_label("Email address").fill(self.email)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Continue").click()
        page.get_by_label("Security code").fill(self.code)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Cases")


def _open_case(page: Page, person: Sampled) -> None:
    """Through the list, page by page."""
    row = page.get_by_role("row").filter(has_text=person.reference)
    while not row.count():
        page.get_by_role("link", name="Next").click()
    row.get_by_role("link").click()


def _tells_what_the_records_tell(page: Page, portal: Portal, person: Sampled) -> bool:
    """Whether nothing happened between the look into the records and the look at the page."""
    told = _in_words(_story(portal, person))
    page.reload()
    return _timeline(page) == told


def _in_words(deeds: list[str]) -> list[str]:
    """As staff read them."""
    words: Any = environments(Assets())["en"].get_template("staff/cases/_words.html").make_module()
    return [str(words.deed_words(SimpleNamespace(deed=deed))) for deed in deeds]


def _timeline(page: Page) -> list[str]:
    """From the oldest to the newest."""
    return page.locator(".portal-timeline strong").all_inner_texts()[::-1]
