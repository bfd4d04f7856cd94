"""HTML written so that two ways of writing the same page are equal, and a difference is one line."""

from lxml import html  # type: ignore[import-untyped]
from lxml.html import HtmlElement  # type: ignore[import-untyped]


def normal_form(markup: str) -> list[str]:
    """Its elements and words, one a line, indented by depth.

    Attributes are in order of the alphabet, and so are the classes in one; white space at the
    edges of words means nothing.
    """
    return [line for part in html.fragments_fromstring(markup) for line in _lines(part)]


def _lines(part: HtmlElement | str, depth: int = 0) -> list[str]:
    if isinstance(part, str):
        return _words(part, depth)
    lines = [f"{'  ' * depth}<{part.tag}{_attributes(part)}>", *_words(part.text, depth + 1)]
    for child in part:
        lines += [*_lines(child, depth + 1), *_words(child.tail, depth + 1)]
    return lines


def _attributes(element: HtmlElement) -> str:
    values = {name: " ".join(value.split()) for name, value in element.items()}
    if "class" in values:
        values["class"] = " ".join(sorted(values["class"].split()))
    return "".join(f' {name}="{values[name]}"' for name in sorted(values))


def _words(text: str | None, depth: int) -> list[str]:
    words = " ".join((text or "").split())
    return [f"{'  ' * depth}{words}"] if words else []
