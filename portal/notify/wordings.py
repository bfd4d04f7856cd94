"""What messages say: a text file for each purpose, channel, language, service and arm.

The words stand here and in Notify's templates; the portal sends only the template's id and
what fills its ((placeholders)).
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from urllib.parse import urlsplit

from portal.domain.arms import Arm
from portal.domain.contacts import national_form
from portal.domain.deliveries import Content
from portal.domain.messages import Channel, NotifyService, Purpose
from portal.languages import ENGLISH, LANGUAGES, Language, spoken
from portal.settings import ROOT

FOLDER = ROOT / "templates" / "messages"
SUBJECT = "Subject: "
LINKS = "/a/"
"""Where the offender's links begin."""
PLACEHOLDER = re.compile(r"\(\((\w+)\)\)")
AS_THEY_ARE = ("place", "code", "officer")
"""Facts that a message says as they stand."""


@dataclass(frozen=True)
class Wording:
    """What one message says in one language on one channel, from one of our services."""

    purpose: Purpose
    channel: Channel
    language: str
    service: NotifyService = NotifyService.PLAIN
    arm: Arm = Arm.PLAN
    """Of a reminder in a trial; what has no arms is always :attr:`Arm.PLAN`."""

    @property
    def name(self) -> str:
        """Its name in the file of template ids, and in Notify."""
        name = f"{self.purpose}.{self.channel}.{self.language}{self._of_arm}"
        return name if self.service is NotifyService.PLAIN else f"{self.service}.{name}"

    @property
    def file(self) -> str:
        """Where its words stand, below :data:`FOLDER`."""
        name = f"{self.purpose}.{self.channel}{self._of_arm}.txt"
        folder = "" if self.service is NotifyService.PLAIN else f"{self.service}/"
        return f"{self.language}/{folder}{name}"

    @property
    def _of_arm(self) -> str:
        return "" if self.arm is Arm.PLAN else f".{self.arm}"

    @property
    def _text(self) -> str:
        return _read(self.file)

    @property
    def subject(self) -> str | None:
        """The subject of an e-mail; a text has none."""
        return self._text.splitlines()[0].removeprefix(SUBJECT) if self.channel is Channel.EMAIL else None

    @property
    def body(self) -> str:
        """The words, with ((placeholders))."""
        return self._text.split("\n", 1)[1].strip() if self.channel is Channel.EMAIL else self._text

    @property
    def version(self) -> str:
        """What tells these words from earlier or later ones under the same name."""
        return hashlib.sha256(self._text.encode()).hexdigest()[:12]

    @property
    def placeholders(self) -> frozenset[str]:
        """What has to be filled in."""
        return frozenset(PLACEHOLDER.findall(self._text))


@cache
def _read(file: str) -> str:
    """The words of a file: they do not change while the portal runs, and many messages say them."""
    return (FOLDER / file).read_text(encoding="utf-8").strip()


def filled_in(words: str, values: dict[str, str]) -> str:
    """Words with these values in their placeholders."""
    return PLACEHOLDER.sub(lambda place: values[place[1]], words)


def wordings(*services: NotifyService) -> Iterator[Wording]:
    """Every wording of these services, or of all."""
    for service in services or NotifyService:
        for language in LANGUAGES:
            for purpose in Purpose:
                for channel in Channel:
                    for arm in arms_of(purpose, service):
                        yield Wording(purpose, channel, language, service, arm)


def arms_of(purpose: Purpose, service: NotifyService) -> tuple[Arm, ...]:
    """The arms that a message has wordings for.  A neutral one says too little to differ."""
    return tuple(Arm) if purpose.has_arms and service is NotifyService.PLAIN else (Arm.PLAN,)


def chosen(content: Content, *, drafts: Callable[[str], bool]) -> Wording:
    """The wording that says it.

    Args:
        content: what is to be said.
        drafts: whether a force lets draft languages be used.
    """
    language = spoken(content.language)
    if language.is_draft and not drafts(content.force):
        language = ENGLISH
    arms = arms_of(content.purpose, content.service)
    arm = content.arm if content.arm in arms else Arm.PLAN
    return Wording(content.purpose, content.channel, language.code, content.service, arm)


def fill(content: Content, language: Language, *, base_url: str) -> dict[str, str]:
    """What fills the placeholders of a message."""
    facts: dict[str, str] = json.loads(content.personalisation)
    values: dict[str, str] = {
        "name": content.called,
        "domain": urlsplit(base_url).hostname or "",
        **{name: facts[name] for name in AS_THEY_ARE if name in facts},
    }
    if "phone" in facts:
        values["phone"] = national_form(facts["phone"])
    if "token" in facts:
        values["link"] = f"{base_url}{LINKS}{facts['token']}"
    if "starts_at" in facts:
        moment = datetime.fromisoformat(facts["starts_at"])
        values |= {"date": language.short_day(moment), "time": language.time(moment)}
    if "due_on" in facts:
        values["date"] = language.short_day(date.fromisoformat(facts["due_on"]))
    return values
