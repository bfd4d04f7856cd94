"""Whether contenders answer with the same page: the same words, in the same elements."""

from collections.abc import Iterator
from html.parser import HTMLParser

UNSEEN = frozenset({"script", "style"})


class Skeleton(HTMLParser):
    """A page's body as its words and elements in order, without attributes, scripts and space."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._is_in_body = False
        self._unseen = 0
        self.feed(page)

    @property
    def merged(self) -> list[str]:
        """The same, with neighbouring words together."""
        return list(_merged(self.parts))

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._is_in_body |= tag == "body"
        self._unseen += tag in UNSEEN
        self._add(f"<{tag}>" if tag not in UNSEEN else "")

    def handle_endtag(self, tag: str) -> None:
        self._unseen -= tag in UNSEEN
        self._add(f"</{tag}>" if tag not in UNSEEN else "")

    def handle_data(self, data: str) -> None:
        self._add(" ".join(data.split()))

    def _add(self, part: str) -> None:
        if part and self._is_in_body and not self._unseen:
            self.parts.append(part)


def _merged(parts: list[str]) -> Iterator[str]:
    words: list[str] = []
    for part in parts:
        if not part.startswith("<"):
            words.append(part)
            continue
        if words:
            yield " ".join(words)
            words.clear()
        yield part
    yield " ".join(words)


def difference(page: str, other: str) -> str:
    """Where two pages part, in words; nothing where they do not."""
    parts, others = Skeleton(page).merged, Skeleton(other).merged
    for position, (part, its) in enumerate(zip(parts, others, strict=False)):
        if part != its:
            return f"after {' '.join(parts[max(0, position - 3) : position])!r}: {part!r} against {its!r}"
    return "" if len(parts) == len(others) else f"{len(parts)} parts against {len(others)}"
