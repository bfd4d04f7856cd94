"""What messages say: one text file for each purpose, channel and language.

The words stand here and in Notify's templates; the portal sends only the template's id and
what fills its ((placeholders)).
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit
from uuid import NAMESPACE_URL, UUID, uuid5

from portal.domain.contacts import national_form
from portal.domain.deliveries import Letter
from portal.domain.messages import Channel, Purpose
from portal.errors import Misconfigured
from portal.languages import LANGUAGES, Language
from portal.settings import ROOT

FOLDER = ROOT / "templates" / "messages"
SUBJECT = "Subject: "
LINKS = "/a/"
"""Where the offender's links begin."""


@dataclass(frozen=True)
class Wording:
    """What one message says in one language on one channel."""

    purpose: Purpose
    channel: Channel
    language: str

    @property
    def name(self) -> str:
        """Its name in the file of template ids, and in Notify."""
        return f"{self.purpose}.{self.channel}.{self.language}"

    @property
    def path(self) -> Path:
        """Where its words are."""
        return FOLDER / self.language / f"{self.purpose}.{self.channel}.txt"

    @cached_property
    def _text(self) -> str:
        return self.path.read_text(encoding="utf-8").strip()

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
        return frozenset(re.findall(r"\(\((\w+)\)\)", self._text))


def wordings() -> Iterator[Wording]:
    """Every wording that there is."""
    for language in LANGUAGES:
        for purpose in Purpose:
            for channel in Channel:
                wording = Wording(purpose, channel, language)
                if wording.path.exists():
                    yield wording


def sandbox_id(wording: Wording) -> UUID:
    """The template's id in the sandbox, where nobody has to create it by hand."""
    return uuid5(NAMESPACE_URL, f"portal:wording:{wording.name}")


def template_ids(path: Path | None) -> Mapping[str, UUID]:
    """The id of each wording's template in Notify.

    Args:
        path: a JSON file of names and ids; None for the sandbox's own.

    Raises:
        Misconfigured: if the file cannot be read, or lacks a wording.
    """
    if path is None:
        return {wording.name: sandbox_id(wording) for wording in wordings()}
    try:
        given = {
            name: UUID(written) for name, written in json.loads(path.read_text(encoding="utf-8")).items()
        }
    except (OSError, ValueError, AttributeError) as wrong:
        raise Misconfigured(f"PORTAL_NOTIFY_TEMPLATES: {path.name} cannot be read: {wrong}") from wrong
    missing = sorted(wording.name for wording in wordings() if wording.name not in given)
    if missing:
        raise Misconfigured(f"PORTAL_NOTIFY_TEMPLATES: {path.name} has no id for {', '.join(missing)}")
    return given


def fill(letter: Letter, language: Language, *, base_url: str) -> dict[str, str]:
    """What fills the placeholders of a message."""
    facts: dict[str, str] = json.loads(letter.message.personalisation)
    values: dict[str, str] = {
        "name": letter.called,
        "domain": urlsplit(base_url).hostname or "",
        **{name: facts[name] for name in ("place", "code") if name in facts},
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
