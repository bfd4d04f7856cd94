"""How pages are written."""

import ast
import re
from collections.abc import Iterator

import pytest
from jinja2 import Environment
from jinja2 import nodes as jinja
from lxml import html  # type: ignore[import-untyped] # it ships no types

from tests.rules.sources import TEMPLATES, modules, nodes, texts

SOURCES = {str(path.relative_to(TEMPLATES)): path.read_text("utf-8") for path in TEMPLATES.rglob("*.html")}
PAGES = {name for name, source in SOURCES.items() if '{% extends "layout.html" %}' in source}
PARSING = Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do"])  # noqa: S701 - only parsed, never rendered
TREES = {name: PARSING.parse(source) for name, source in SOURCES.items()}
OF_THE_LIBRARY = "components/"
"""These are held against the Design System's own fixtures, whether a page uses them yet or not."""
ENTRY_SHEET = "<style>{{ entry_css }}</style>"
"""The one sheet inside a page, which its policy allows by a hash."""


def markup(name: str) -> str:
    """What a template writes itself; whatever it fills in is an x."""
    return re.sub(
        r"{#.*?#}|{%.*?%}", "", re.sub(r"{{.*?}}", "x", SOURCES[name], flags=re.DOTALL), flags=re.DOTALL
    )


def test_every_page_has_a_title_a_heading_and_its_main_content():
    for name in PAGES:
        blocks = {block.name for block in TREES[name].find_all(jinja.Block)}
        assert {"title", "main"} <= blocks, name
        assert len(re.findall(r"<h1\b", SOURCES[name])) == 1, name


def test_a_title_names_nobody():
    """It shows in the list of tabs, in the history and on a shared screen."""
    for name in PAGES:
        (title,) = (block for block in TREES[name].find_all(jinja.Block) if block.name == "title")
        names = {node.name for node in title.find_all(jinja.Name)}
        assert names <= {"_", "form"}, name


def test_every_template_is_used():
    given = {name for _, tree in modules() for name in _named_in(tree)}
    referred = {name for tree in TREES.values() for name in _referred_to(tree)}

    unused = {
        name for name in SOURCES if name not in given | referred and not name.startswith(OF_THE_LIBRARY)
    }
    assert unused == set()
    assert {name for name in given | referred if name.endswith(".html")} <= set(SOURCES)


def _named_in(tree: ast.AST) -> Iterator[str]:
    """The templates that a module names: written out, or as "errors/{name}.html" with its own words."""
    words = set(texts(tree))
    yield from (word for word in words if word.endswith(".html") and not word.startswith("."))
    for joined in nodes(tree, ast.JoinedStr):
        parts = [part.value if isinstance(part, ast.Constant) else "{}" for part in joined.values]
        pattern = "".join(map(str, parts))
        if pattern.endswith(".html"):
            yield from (name for word in words if (name := pattern.replace("{}", word)) in SOURCES)


def _referred_to(tree: jinja.Template) -> Iterator[str]:
    for node in tree.find_all((jinja.Extends, jinja.Include, jinja.FromImport, jinja.Import)):
        template = getattr(node, "template", None)
        yield str(template.value) if isinstance(template, jinja.Const) else "?"


@pytest.mark.parametrize("way", ["|safe", "| safe", "Markup(", "{% autoescape", "|tojson", "|forceescape"])
def test_nothing_goes_round_the_escaping(way):
    assert [name for name, source in SOURCES.items() if way in source] == []


def test_no_style_and_no_script_stands_in_a_page():
    for name in SOURCES:
        written = markup(name).replace("<style>x</style>", "" if name == "layout.html" else "<style>")
        assert "<style" not in written, name
        assert not re.search(r"<script(?![^>]* src=)", written), name
        assert not re.search(r"""[\s"'](on[a-z]+|style)\s*=""", re.sub(r"content='[^']*'", "", written)), name
        assert "javascript:" not in written, name
    assert ENTRY_SHEET in SOURCES["layout.html"]


def test_nothing_is_fetched_from_elsewhere():
    for name in SOURCES:
        fetched = re.findall(r"""(?:src|srcset|action|poster|data)\s*=\s*["']?(?:https?:)?//""", markup(name))
        assert fetched == [], name
        assert not re.search(r"""<(link|script|img|iframe)[^>]*https?:""", markup(name)), name


def forms(name: str) -> list[html.HtmlElement]:
    tree = html.fragment_fromstring(markup(name), create_parent="div")
    return list(tree.iter("form"))


def test_every_form_carries_our_token_and_is_checked_by_the_server():
    found = [(name, form) for name in SOURCES for form in forms(name)]

    assert len(found) >= 5
    for name, form in found:
        assert form.get("method") == "post", name
        assert form.xpath(".//input[@type='hidden'][@name='csrf']"), name
        assert "novalidate" in form.attrib or name == "_header.html", name


@pytest.mark.parametrize(
    "attribute", ["required", "maxlength", "placeholder", "disabled", "autofocus", "onpaste"]
)
def test_no_field_works_against_who_fills_it_in(attribute):
    for name in SOURCES:
        tree = html.fragment_fromstring(markup(name), create_parent="div")
        assert (
            tree.xpath(f".//input[@{attribute}] | .//textarea[@{attribute}] | .//button[@{attribute}]") == []
        ), name
        assert tree.xpath(".//input[@type='number']") == [], name


def test_no_link_opens_a_window():
    assert [name for name, source in SOURCES.items() if "target=" in source] == []


def test_words_on_pages_of_the_public_do_not_label_or_scold():
    for name, source in SOURCES.items():
        if not name.startswith(("staff/", OF_THE_LIBRARY)):
            said = " ".join(re.findall(r'_\("([^"]*)"', source)).lower()
            found = re.findall(r"\b(offender|invalid|forbidden|illegal|oops|please|perpetrator)\b", said)
            assert found == [], name
