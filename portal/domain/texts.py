"""What becomes of a text message on its way to the networks, and what it costs.

GOV.UK Notify puts spaces right and replaces what the networks cannot carry, and the networks
bill a text in fragments (notify.md, section 8).  Whoever reads a preview reads the result.
"""

import math
import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

LONGEST_TEXT = 918
"""Notify takes no longer text, whatever its letters cost."""

EXTENDED = frozenset("^{}\\[~]|€")
"""In the networks' seven-bit alphabet, but two units each."""
GSM = EXTENDED | frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
COSTLY_WELSH = frozenset("ÀÁÂÈÊËÌÍÎÏÒÓÔÙÚÛÝáâêëíîïóôúûýÿŴŵŶŷŸẀẁẂẃẄẅỲỳ")
"""Welsh letters that the alphabet lacks.  One of them makes the whole text a sixteen-bit one."""

_KEPT = GSM | COSTLY_WELSH
_NO_BREAK_SPACE = "\u00a0"
_UNSEEN = "\u180e\u200b\u200c\u200d\u2060\ufeff"
_REPLACED = (
    dict.fromkeys("‑–—−", "-")  # noqa: RUF001 - look-alikes are what this is about
    | dict.fromkeys("‘’‚", "'")  # noqa: RUF001
    | dict.fromkeys("“”„", '"')
    | dict.fromkeys(_NO_BREAK_SPACE + "\u202f\t", " ")
    | dict.fromkeys(_UNSEEN + "\u2028\u2029", "")
    | {"…": "...", "Ł": "L", "ł": "l"}
)
_SPACE_BEFORE_PUNCTUATION = re.compile(r"[ \t]+([,.])")
_BLANK_LINES = re.compile(r"\n{3,}")
_HIDDEN = str.maketrans({_NO_BREAK_SPACE: " "} | dict.fromkeys(_UNSEEN, ""))


class Encoding(StrEnum):
    """How the networks carry a text."""

    GSM_7 = "GSM-7"
    UCS_2 = "UCS-2"


@dataclass(frozen=True)
class _Room:
    """How much fits into a fragment that stands alone, and into one of several."""

    alone: int
    joined: int


_ROOM = {Encoding.GSM_7: _Room(160, 153), Encoding.UCS_2: _Room(70, 67)}
ONE_FRAGMENT = _ROOM[Encoding.GSM_7].alone
"""Units of a text that is sent, and billed, as one."""


@dataclass(frozen=True)
class Text:
    """A text message as the networks get it."""

    sent: str
    encoding: Encoding
    units: int
    """Its length as the networks count it."""
    fragments: int
    """How many messages they bill."""
    cost: Decimal
    """In pounds."""

    @property
    def is_too_long(self) -> bool:
        """Whether Notify would refuse it."""
        return len(self.sent) > LONGEST_TEXT


@dataclass(frozen=True)
class Preview:
    """A message as the person will read it, and what sending it costs."""

    subject: str | None
    """Of an e-mail; a text has none."""
    body: str
    encoding: Encoding | None = None
    fragments: int = 0
    cost: Decimal = Decimal(0)
    """In pounds; an e-mail costs nothing."""
    is_the_forces_own: bool = False
    """Whether the force has a template of its own in Notify, whose words may be others."""


def as_sent(written: str, *, price: Decimal) -> Text:
    """What a text becomes when it is sent, at so many pounds a fragment."""
    sent = cleaned(written)
    encoding = Encoding.UCS_2 if COSTLY_WELSH & set(sent) else Encoding.GSM_7
    extra = sum(character in EXTENDED for character in sent) if encoding is Encoding.GSM_7 else 0
    units = len(sent) + extra
    room = _ROOM[encoding]
    fragments = 1 if units <= room.alone else math.ceil(units / room.joined)
    return Text(sent, encoding, units, fragments, fragments * price)


def cleaned(text: str) -> str:
    """The text with its spaces put right, and only with letters that the networks can carry."""
    text = _SPACE_BEFORE_PUNCTUATION.sub(r"\1", text)
    text = "\n".join(" ".join(line.translate(_HIDDEN).split()) for line in text.splitlines())
    text = _BLANK_LINES.sub("\n\n", text).strip()
    return "".join(map(_carried, text))


def _carried(character: str) -> str:
    """The character, the nearest that the networks can carry, or a question mark."""
    if character in _KEPT:
        return character
    parts = unicodedata.decomposition(character)
    if parts and "<" not in parts:
        letter = chr(int(parts.split()[0], 16))
        return letter if letter in _KEPT else "?"
    return _REPLACED.get(character, "?")
