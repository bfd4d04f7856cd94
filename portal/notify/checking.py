"""What is wrong with Notify's templates, and what an operator must know of them."""

import json
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from portal.domain.deliveries import Content
from portal.domain.messages import Channel, NotifyService
from portal.domain.texts import ONE_FRAGMENT, Encoding, as_sent
from portal.languages import ENGLISH, LANGUAGES
from portal.notify.discretion import telling
from portal.notify.template_ids import TemplateIds
from portal.notify.wordings import PLACEHOLDER, Wording, fill, filled_in

NAME = "Mary-Elizabeth"
FACTS = {
    "place": "12 High Street, Lewisham SE13 6AB",
    "starts_at": "2027-02-24T11:30:00+00:00",
    "phone": "+442079460000",
    "officer": "Detective Constable Aneira Rees-Hughes",
    "token": "x" * 22,
    "code": "482915",
}
"""As long as they commonly are.  The day is the longest that Welsh has: Mer 24 Chwef."""
TYPOGRAPHY = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "\u00a0": " "})  # noqa: RUF001


@dataclass(frozen=True)
class Finding:
    """One thing about one template."""

    name: str
    says: str
    is_wrong: bool = True
    """Whether it is to be mended; else it is only to be known."""

    def __str__(self) -> str:
        return f"{self.name}: {self.says}"


@dataclass(frozen=True)
class Check:
    """Compares our wordings with what Notify has."""

    ids: TemplateIds
    base_url: str
    price: Decimal

    def findings(self, wording: Wording, templates: Mapping[UUID, Mapping[str, Any]]) -> Iterator[Finding]:
        """All there is to say of a wording: of the template for every force, and of each force's own."""
        shared = self.ids.shared.get(wording.name)
        if shared is None:
            yield Finding(wording.name, "no id in the file: a trial of this arm needs one", is_wrong=False)
        else:
            yield from self._of_template(wording.name, wording, templates.get(shared), is_ours=True)
        for force, own in self.ids.forces_with_their_own(wording):
            yield from self._of_template(
                f"{force}/{wording.name}", wording, templates.get(own), is_ours=False
            )

    def _of_template(
        self, name: str, wording: Wording, template: Mapping[str, Any] | None, *, is_ours: bool
    ) -> Iterator[Finding]:
        if template is None:
            yield Finding(name, "Notify has no template of this id, or it is archived")
            return
        if template["type"] != wording.channel:
            yield Finding(name, f"the template is of type {template['type']}")
            return
        wants = set(template["personalisation"])
        if surplus := sorted(wants - wording.placeholders):
            yield Finding(name, f"the template wants what we do not fill: {', '.join(surplus)}")
        if lacking := sorted(wording.placeholders - wants):
            yield Finding(name, f"the template does not show: {', '.join(lacking)}")
        if surplus or lacking:
            return
        yield from self._of_words(name, wording, template, is_ours=is_ours)
        if wording.channel is Channel.SMS:
            yield from self._of_length(name, wording, template["body"])

    @staticmethod
    def _of_words(
        name: str, wording: Wording, template: Mapping[str, Any], *, is_ours: bool
    ) -> Iterator[Finding]:
        """Ours must be as we wrote them; a force may say its own, but no more than may be told."""
        if not is_ours:
            text = f"{template['subject'] or ''} {template['body']}"
            found = telling(text, wording.language) if wording.service is NotifyService.NEUTRAL else []
            if found:
                yield Finding(name, f"the words tell what a neutral message must not: {', '.join(found)}")
            return
        subject = template["subject"] if wording.channel is Channel.EMAIL else None
        for part, theirs, ours in (
            ("subject", subject or "", wording.subject or ""),
            ("text", template["body"], wording.body),
        ):
            if difference := _difference(theirs, ours):
                yield Finding(name, f"the {part} {difference}")

    def _of_length(self, name: str, wording: Wording, body: str) -> Iterator[Finding]:
        text = as_sent(filled_in(body, self.example(wording)), price=self.price)
        if text.is_too_long:
            yield Finding(name, f"{len(text.sent)} letters when filled in: Notify takes no such text")
        elif text.encoding is Encoding.UCS_2 or wording.language != ENGLISH.code:
            if text.fragments > 1:
                cost = f"{text.fragments} parts in {text.encoding}, £{text.cost} each time"
                yield Finding(name, f"{text.units} letters when filled in: {cost}", is_wrong=False)
        elif text.units > ONE_FRAGMENT:
            yield Finding(name, f"{text.units} letters when filled in, of {ONE_FRAGMENT} at most: shorten it")

    def example(self, wording: Wording) -> dict[str, str]:
        """What fills a wording, as long as that commonly is."""
        of_day = {} if "time" in wording.placeholders else {"due_on": FACTS["starts_at"][:10]}
        content = Content(
            wording.purpose,
            json.dumps(FACTS | of_day),
            wording.channel,
            wording.language,
            NAME,
            "",
            wording.service,
            wording.arm,
        )
        return fill(content, LANGUAGES[wording.language], base_url=self.base_url)


def _difference(theirs: str, ours: str) -> str | None:
    """The first line that is not the same, quotes and spaces at the ends apart."""
    there, here = _lines(theirs), _lines(ours)
    for number in range(max(len(there), len(here))):
        reads, should = (lines[number] if number < len(lines) else "" for lines in (there, here))
        if reads != should:
            return f'reads "{reads}" and should read "{should}"'
    return None


def _lines(text: str) -> list[str]:
    """The lines that say something."""
    plain = unicodedata.normalize("NFC", text).translate(TYPOGRAPHY)
    return [line.strip() for line in plain.splitlines() if line.strip()]


def order(wording: Wording) -> dict[str, Any]:
    """What an operator creates in Notify for a wording."""
    places = PLACEHOLDER.findall(f"{wording.subject or ''} {wording.body}")
    return {
        "name": wording.name,
        "service": wording.service.value,
        "type": wording.channel.value,
        "subject": wording.subject,
        "body": wording.body,
        "placeholders": list(dict.fromkeys(places)),
        "version": wording.version,
    }
