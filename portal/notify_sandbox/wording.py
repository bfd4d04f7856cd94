"""Filling the placeholders of a template: ``((name))`` and ``((late??shown if late))``."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from portal.notify_sandbox import recipients, texts
from portal.notify_sandbox.config import Channel, SandboxTemplate

LONGEST_EMAIL = 2_000_000

_PLACEHOLDER = re.compile(r"\({2}([^()]+)\){2}")
_YES = {"yes", "y", "true", "t", "1", "include", "show"}
_UNSAID = str.maketrans("", "", " _-")
_OPENING_DOUBLE = re.compile(r'(^|[\s(\[{–—-])"(?=\S)')  # noqa: RUF001
_OPENING_SINGLE = re.compile(r"(^|[\s(\[{–—“-])'(?=\S)(?!\d\ds\b)")  # noqa: RUF001
_SPACED_DASH = re.compile(r"\s+[-–—]{1,3}\s+")  # noqa: RUF001
_WITH_SMART_QUOTES = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")

Values = Mapping[str, object]


@dataclass(frozen=True)
class Message:
    """A template with its placeholders filled."""

    body: str
    subject: str | None


@lru_cache(maxsize=1000)
def key_of(name: str) -> str:
    """The form of a placeholder's name that case, spaces, dashes and underscores do not change."""
    return name.translate(_UNSAID).lower()


def by_key(personalisation: Mapping[str, object]) -> dict[str, object]:
    return {key_of(name): value for name, value in personalisation.items()}


@lru_cache(maxsize=1000)
def placeholders(template: SandboxTemplate) -> tuple[str, ...]:
    """The names a template asks for, in order of appearance, the subject's first."""
    names: dict[str, str] = {}
    for part in (template.subject or "", template.body):
        for placeholder in _PLACEHOLDER.findall(part):
            name = placeholder.split("??")[0]
            names.setdefault(key_of(name), name)
    return tuple(names.values())


def missing(template: SandboxTemplate, values: Values) -> list[str]:
    """The names that are asked for and not given.  An empty text is given, None is not."""
    return [name for name in placeholders(template) if values.get(key_of(name)) is None]


def fill(template: SandboxTemplate, values: Values) -> Message:
    """The message as the API shows it: a text tidied, an email still in its markdown."""
    if template.type is Channel.SMS:
        return Message(texts.tidy(_filled(template.body, values, bullets=False)), None)
    subject = texts.one_spaced(typeset(_filled(template.subject or "", values, bullets=False)))
    return Message(_filled(template.body, values, bullets=True).strip(), subject)


def sent_text(template: SandboxTemplate, values: Values, *, prefix: str) -> str:
    """A text as the networks get it, behind the service's name."""
    return texts.tidy(texts.with_prefix(_filled(template.body, values, bullets=False), prefix))


def typeset(text: str) -> str:
    """The text with typographer's quotes and dashes, as in subjects and rendered emails."""
    text = texts.without_space_before_punctuation(text)
    text = _OPENING_DOUBLE.sub(r"\1“", text).replace('"', "”")
    text = _OPENING_SINGLE.sub(r"\1‘", text).replace("'", "’")  # noqa: RUF001
    text = _WITH_SMART_QUOTES.sub(lambda match: re.sub("[‘’]", "'", match[0]), text)  # noqa: RUF001
    return _SPACED_DASH.sub(" – ", text)  # noqa: RUF001


def _filled(text: str, values: Values, *, bullets: bool) -> str:
    def replace(match: re.Match[str]) -> str:
        name, conditional, shown = match[1].partition("??")
        value = values.get(key_of(name))
        if value is None:
            return match[0]
        said = _said(value, bullets=bullets)
        if conditional:
            return shown if said.lower() in _YES else ""
        return said

    return _PLACEHOLDER.sub(replace, text)


def _said(value: object, *, bullets: bool) -> str:
    if not isinstance(value, list):
        return str(value)
    items = list(_items(value))
    if not items:
        return ""
    if bullets:
        return "\n\n" + "\n".join(f"* {item}" for item in items)
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def _items(values: list[object]) -> Iterator[str]:
    for value in values:
        if value is not None and (item := recipients.trim(str(value))):
            yield item
