"""Texts that people send back, and what they mean by them.

Reading is timid.  A text is understood only if every word of it belongs to a phrase of
``replies.toml``; one that merely holds such a word goes to staff.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache, cached_property
from pathlib import Path
from typing import Any, TypeAlias
from uuid import UUID

PHRASES = Path(__file__).with_name("replies.toml")
ALWAYS = ("en", "cy")
"""The languages that anybody may answer in, whatever their own is."""
MOST_WORDS = 12
"""A keyword is looked for among the first so many: an answer is short."""
_SENTENCES = re.compile(r"[.!?\n\u0964\u06d4\u061f\u3002]+")
_CLAUSES = re.compile(r"[.!?\n\u0964\u06d4\u061f\u3002,;:\u060c\u2013\u2014-]+")
_ACCENTS = re.compile(r"[\u0300-\u036f]")
_PLAIN = str.maketrans("\u0131\u0142\u00f8\u0111", "ilod")
"""Letters that are no base letter with an accent, as people without them on their keys type them."""
_DRAWN_OUT = re.compile(r"([a-z])\1{2,}")
_WITHIN_WORDS = re.compile(r"['\u2019\u2018`\u00b4\u200b-\u200f\u2060\ufeff\ufe0f\U0001f3fb-\U0001f3ff]")
"""What may stand inside a word or a sign without changing it: apostrophes, joiners, shades of skin."""
Words: TypeAlias = tuple[str, ...]


class Meaning(StrEnum):
    """What a text says (domain.md, "Reminders": a reply counts)."""

    YES = "yes"
    CHANGE = "change"
    NEXT = "next"
    HELP = "help"
    HERE = "here"
    STOP = "stop"
    START = "start"
    WRONG_PERSON = "wrong_person"
    UNCLEAR = "unclear"


@dataclass(frozen=True)
class Received:
    """A text as Notify tells of it."""

    id: UUID
    number: str
    content: str
    sent_at: datetime


@dataclass(eq=False, kw_only=True, repr=False)
class Reply:
    """A text that came in.  Its id is Notify's own, so that the same one counts once."""

    id: UUID
    number: str
    """As in E.164 without the plus; or what Notify could not read as a number."""
    content: str
    sent_at: datetime
    """When Notify had it."""
    came_at: datetime
    taken_at: datetime | None = None
    """When a worker dealt with it."""
    offender_id: UUID | None = None
    """Who wrote it; None while nobody has looked, and where several people could have."""
    meaning: Meaning | None = None


def understand(text: str, language: str) -> Meaning:
    """What somebody means who is written to in ``language`` (a BCP 47 tag).

    STOP wins over all else, then "wrong number"; two other meanings in one text are none.
    """
    phrases = _phrases_of(language.split("-", maxsplit=1)[0].lower())
    own = _without_quotes(text)
    words = _words(own)
    said = phrases.read(words)
    if said is None:
        said = phrases.read_mistyped(words)
    for meaning, marks in ((Meaning.STOP, _SENTENCES), (Meaning.WRONG_PERSON, _CLAUSES)):
        parts = (phrases.read(_words(part)) or () for part in marks.split(own))
        if meaning in said or any(meaning in part for part in parts):
            return meaning
    if said == {Meaning.YES, Meaning.HERE}:
        return Meaning.HERE
    return next(iter(said)) if len(said) == 1 else Meaning.UNCLEAR


@dataclass(frozen=True)
class _Phrases:
    """What people write in a few languages, ready to be looked for."""

    known: Mapping[Words, Meaning | None]
    """None is a phrase that says nothing, like "please"."""
    no_slip: frozenset[str]
    """Words of their own that look like a slip of the thumb in a keyword."""

    def read(self, words: Words) -> set[Meaning] | None:
        """All that the words say; None where some of them are in no phrase.

        It is read from the end, so that a long phrase gives way where what follows would be none.
        """
        read: list[set[Meaning] | None] = [None] * len(words) + [set()]
        for place in reversed(range(len(words))):
            for end in range(min(place + self._most_words, len(words)), place, -1):
                rest, phrase = read[end], words[place:end]
                if rest is not None and phrase in self.known:
                    meaning = self.known[phrase]
                    read[place] = rest | {meaning} if meaning else rest
                    break
        return read[0]

    @cached_property
    def _most_words(self) -> int:
        return max(map(len, self.known))

    def read_mistyped(self, words: Words) -> set[Meaning]:
        """What the words say if one of them is a keyword with one letter wrong; nothing if that is unsure."""
        readings = {
            frozenset(self.read((*words[:place], keyword, *words[place + 1 :])) or ())
            for place, word in enumerate(words[:MOST_WORDS])
            for keyword in _KEYWORDS
            if word not in self.no_slip and (word,) not in self.known and _is_one_letter_off(word, keyword)
        } - {frozenset()}
        return set(*readings) if len(readings) == 1 else set()


_KEYWORDS = ("yes", "change", "next", "help", "here", "stop", "start")
"""What our own texts ask people to reply."""


def _is_one_letter_off(word: str, keyword: str) -> bool:
    """Whether one letter is missing, too many, wrong, or changed places with the next."""
    if abs(len(word) - len(keyword)) > 1 or word == keyword:
        return False
    same = next((at for at, (a, b) in enumerate(zip(word, keyword, strict=False)) if a != b), None)
    if same is None:
        return True
    rest, wanted = word[same:], keyword[same:]
    swapped = rest[:2] == wanted[:2][::-1] and rest[2:] == wanted[2:]
    return swapped or rest[1:] == wanted[1:] or rest[1:] == wanted or rest == wanted[1:]


@cache
def _phrases_of(language: str) -> _Phrases:
    """The phrases of one language, over those that anybody may use."""
    tables = _tables()
    known: dict[Words, Meaning | None] = {}
    for code in (*ALWAYS, language):
        known |= dict(_known(tables.get(code, {})))
    return _Phrases(known, frozenset(tables["en"]["no_slip"]))


def _known(table: Mapping[str, Any]) -> Iterator[tuple[Words, Meaning | None]]:
    for phrase in table.get("nothing", ()):
        yield _words(phrase), None
    for meaning in Meaning:
        for phrase in table.get(meaning, ()):
            yield _words(phrase), meaning


@cache
def _tables() -> dict[str, dict[str, Any]]:
    return tomllib.loads(PHRASES.read_text(encoding="utf-8"))


def _without_quotes(text: str) -> str:
    """What the person wrote, without lines of ours that their phone put before it."""
    lines = unicodedata.normalize("NFKC", text).splitlines()
    return "\n".join(line for line in lines if not line.lstrip().startswith(">"))


def _words(text: str) -> Words:
    """The words and signs of a text in one form: no case, no accents, no punctuation.

    In scripts whose vowels are marks, those stay: a word is another one without them.
    """
    plain = unicodedata.normalize("NFKD", _WITHIN_WORDS.sub("", text.upper())).casefold()
    plain = _DRAWN_OUT.sub(r"\1", _ACCENTS.sub("", plain).translate(_PLAIN))
    return tuple("".join(map(_letter, plain)).split())


def _letter(letter: str) -> str:
    kind = unicodedata.category(letter)
    if kind == "So":
        return f" {letter} "
    return letter if kind[0] in "LMN" else " "
