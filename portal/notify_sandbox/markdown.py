"""Notify's few rules of markdown, turned into HTML as a template's preview shows it."""

import re
from collections.abc import Iterator
from itertools import groupby

from markupsafe import escape

from portal.notify_sandbox.wording import typeset

_LINK = re.compile(r"\[([^\]]+)\]\((https?://[^\s)]+)\)")
_URL = re.compile(r"(?<![\"'=])https?://[^\s<]+[^\s<.,:\"')\]]")
_IMAGE = re.compile(r"!\[[^\]]*\]\([^)]*\)")
_TABLE = re.compile(r"^.*\|.*\n[ ]*\|?[ ]*:?-+:?[ ]*(?:\|[ ]*:?-+:?[ ]*)+\|?[ ]*(?:\n.*\|.*)*", re.MULTILINE)
_GOVUK = re.compile(r"(^|\s)(GOV)\.(UK)(?![/?#])", re.IGNORECASE)
_KINDS = {
    "rule": re.compile(r"\s*(-\s*){3,}$|\s*(\*\s*){3,}$"),
    "h2": re.compile(r"#(?!#)\s*(.+)"),
    "h3": re.compile(r"##(?!#)\s*(.+)"),
    "ul": re.compile(r"\s*[*•-]\s*(.+)"),
    "ol": re.compile(r"\s*\d+\.\s+(.+)"),
    "blockquote": re.compile(r"\s*\^\s*(.+)"),
    "p": re.compile(r"#{0,6}\s*(.+)"),
}


def to_html(markdown: str, *, under: int = 1) -> str:
    """The body of an email as a fragment of HTML, to stand under a heading of that rank."""
    shown = _TABLE.sub("", _IMAGE.sub("", markdown))
    blocks = groupby(map(_kind, shown.splitlines()), key=lambda line: line[0])
    return "".join(_block(kind, [text for _, text in lines], under) for kind, lines in blocks)


def links_in(text: str) -> list[str]:
    """The addresses of web pages in a message, in order of appearance."""
    return [match[0] for match in _URL.finditer(_LINK.sub(r"\2 ", text))]


def linked(text: str) -> str:
    """Plain text as HTML, with its web addresses to click on."""
    return "".join(_pieces(text, _URL))


def _kind(line: str) -> tuple[str, str]:
    for kind, pattern in _KINDS.items():
        if match := pattern.match(line):
            return kind, match[1] or ""
    return "", ""


def _block(kind: str, lines: list[str], under: int) -> str:
    said = [_inline(line) for line in lines]
    match kind:
        case "":
            return ""
        case "rule":
            return "<hr>"
        case "ul" | "ol":
            return f"<{kind}>{''.join(f'<li>{line}</li>' for line in said)}</{kind}>"
        case "h2" | "h3":
            rank = int(kind[1]) + under - 1
            return "".join(f"<h{rank}>{line}</h{rank}>" for line in said)
        case "blockquote":
            return f"<blockquote><p>{'<br>'.join(said)}</p></blockquote>"
        case _:
            return f"<p>{'<br>'.join(said)}</p>"


def _inline(line: str) -> str:
    return "".join(_pieces(line, re.compile(f"{_LINK.pattern}|{_URL.pattern}"), typeset_words=True))


def _pieces(text: str, pattern: re.Pattern[str], *, typeset_words: bool = False) -> Iterator[str]:
    """The text in between as words, what matches as links."""
    at = 0
    for match in pattern.finditer(text):
        yield _words(text[at : match.start()], typeset_words=typeset_words)
        label, address = match.groups() or ("", "")
        yield _anchor(address or match[0], label or match[0])
        at = match.end()
    yield _words(text[at:], typeset_words=typeset_words)


def _words(text: str, *, typeset_words: bool) -> str:
    """The text between links: in an email set in type, and GOV.UK kept from becoming a link."""
    if typeset_words and text.strip():
        text = _GOVUK.sub("\\1\\2.\u200b\\3", typeset(text))
    return str(escape(text))


def _anchor(address: str, label: str) -> str:
    return f'<a href="{escape(address)}">{escape(label)}</a>'
