"""Looking for what must not be there: in a file, a dump, a log or an answer."""

import base64
import html
import json
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus


def appearances(haystack: bytes, canaries: Iterable[str]) -> list[str]:
    """Where ``haystack`` shows a canary: in plain text, or in a form that anybody can undo.

    Returns:
        ``form: canary`` for each that shows, in order.
    """
    lower = haystack.lower()
    found = set()
    for canary in canaries:
        for form, spelled in _spellings(canary):
            if spelled in (haystack if form in _WITH_CASE else lower):
                found.add(f"{form}: {canary}")
    return sorted(found)


_WITH_CASE = frozenset({"base64", "base64url"})
"""The forms in which a capital is another letter."""


def _spellings(canary: str) -> Iterator[tuple[str, bytes]]:
    if not canary:
        raise ValueError("an empty canary shows everywhere")
    plain = canary.encode()
    for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
        yield encoding, canary.encode(encoding).lower()
    yield "hex", plain.hex().encode()
    escaped = {
        "url": quote(canary, safe=""),
        "form": quote_plus(canary),
        "json": json.dumps(canary)[1:-1],
        "html": html.escape(canary),
    }
    for form, spelled in escaped.items():
        if spelled != canary:
            yield form, spelled.encode().lower()
    for shift in range(3):
        yield from _in_base64(plain, shift)


def _in_base64(plain: bytes, shift: int) -> Iterator[tuple[str, bytes]]:
    """What is left of it in base64, wherever in three bytes it begins."""
    padding = -(shift + len(plain)) % 3
    first, last = -(-shift * 8 // 6), -(-padding * 8 // 6)
    for name, encode in (("base64", base64.b64encode), ("base64url", base64.urlsafe_b64encode)):
        text = encode(bytes(shift) + plain + bytes(padding))
        yield name, text[first : len(text) - last]
