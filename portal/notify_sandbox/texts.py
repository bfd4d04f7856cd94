"""What becomes of a text message on its way to the networks, and what it costs."""

import math
import re
import unicodedata

from portal.notify_sandbox.phones import NO_BREAK_SPACE, ZERO_WIDTH

LONGEST_TEXT = 918
RATE = 0.024

EXTENDED = frozenset("^{}\\[~]|€")
"""In the networks' seven-bit alphabet, but two units each."""
GSM = EXTENDED | frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
COSTLY_WELSH = frozenset("ÀÁÂÈÊËÌÍÎÏÒÓÔÙÚÛÝáâêëíîïóôúûýÿŴŵŶŷŸẀẁẂẃẄẅỲỳ")
"""Welsh letters that the alphabet lacks.  One of them makes the whole text a sixteen-bit one."""

_KEPT = GSM | COSTLY_WELSH
_REPLACED = (
    dict.fromkeys("‑–—−", "-")  # noqa: RUF001
    | dict.fromkeys("‘’‚", "'")  # noqa: RUF001
    | dict.fromkeys("“”„", '"')
    | dict.fromkeys("\u00a0\u202f\t", " ")
    | dict.fromkeys(ZERO_WIDTH + "\u2028\u2029", "")
    | {"…": "...", "Ł": "L", "ł": "l"}
)
_SPACE_BEFORE_PUNCTUATION = re.compile(r"[ \t]+([,.])")
_BLANK_LINES = re.compile(r"\n{3,}")
_HIDDEN = str.maketrans({NO_BREAK_SPACE: " "} | dict.fromkeys(ZERO_WIDTH, ""))


def tidy(text: str) -> str:
    """A text as it is sent: spaces put right, and letters that the networks can carry."""
    text = without_space_before_punctuation(text)
    text = "\n".join(one_spaced(line) for line in text.splitlines())
    text = _BLANK_LINES.sub("\n\n", text).strip()
    return text if GSM.issuperset(text) else "".join(map(_carried, text))


def without_space_before_punctuation(text: str) -> str:
    return _SPACE_BEFORE_PUNCTUATION.sub(r"\1", text)


def one_spaced(line: str) -> str:
    """The line with one space between words and none around them."""
    return " ".join(line.translate(_HIDDEN).split())


def with_prefix(text: str, name: str) -> str:
    """The text behind the name of the service that sends it."""
    return f"{name.strip()}: {text}"


def fragments(text: str) -> int:
    """How many messages the networks count a tidy text as."""
    if not COSTLY_WELSH.isdisjoint(text):
        return _pieces(len(text), alone=70, joined=67)
    return _pieces(units(text), alone=160, joined=153)


def units(text: str) -> int:
    """The length of a text in the networks' seven-bit alphabet."""
    return len(text) if EXTENDED.isdisjoint(text) else len(text) + sum(map(EXTENDED.__contains__, text))


def _pieces(length: int, *, alone: int, joined: int) -> int:
    return 1 if length <= alone else math.ceil(length / joined)


def _carried(character: str) -> str:
    if character in _KEPT:
        return character
    parts = unicodedata.decomposition(character)
    if parts and "<" not in parts:
        letter = chr(int(parts.split()[0], 16))
        return letter if letter in _KEPT else "?"
    return _REPLACED.get(character, "?")
