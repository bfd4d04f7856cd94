"""A compiled template says what it says, and what it names must be there."""

import pytest
from jinja2 import DictLoader, StrictUndefined, UndefinedError
from markupsafe import Markup

from portal.web.translating import TranslatedEnvironment

TAGS = """{% macro tag(text, colour="") -%}
<b class='{{ colour }}'{{ kwargs|xmlattr }}>{{ text }}</b>
{%- endmacro %}"""
BOX = "{% macro box() %}<div>{{ caller() }}</div>{% endmacro %}{% macro line(x) %}{{ x }}{% endmacro %}"


def rendered(source: str, **context: object) -> str:
    environment = TranslatedEnvironment(
        {"_": lambda text: text},
        loader=DictLoader({"page": source, "tags": TAGS, "box": BOX}),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.do"],
    )
    return environment.get_template("page").render(context)


class Person:
    name = "<Aoife>"
    places = ("here", "<there>")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{{ person.name }}", "&lt;Aoife&gt;"),
        ("{{ person.places[1] }}", "&lt;there&gt;"),
        ("{{ person.places[:1]|join }}", "here"),
        ("{{ {'a': person.name}['a'] }}", "&lt;Aoife&gt;"),
        ("{{ (person or none).name }}", "&lt;Aoife&gt;"),
        ("{{ person.name.upper().lower() }}", "&lt;aoife&gt;"),
        ("{{ _('<i>so</i>') }}", "<i>so</i>"),
        ("{{ [_('<i>so</i>'), person.name]|join }}", "<i>so</i>&lt;Aoife&gt;"),
        ("{% set all = [] %}{% do all.append(person.name) %}{{ all|length }}", "1"),
        ("{% from 'tags' import tag %}{{ tag(person.name, colour='red', id='x') }}",
         "<b class='red' id=\"x\">&lt;Aoife&gt;</b>"),
        ("{% from 'tags' import tag %}{{ tag(*person.places, **{'class': 'y'}) }}",
         "<b class='&lt;there&gt;' class=\"y\">here</b>"),
        ("{% from 'box' import box %}{% call box() %}{{ person.name }}{% endcall %}",
         "<div>&lt;Aoife&gt;</div>"),
        ("{% for place in person.places %}{{ loop.index }}{% endfor %}", "12"),
    ],
)  # fmt: skip
def test_it_means_what_it_says_and_escapes_it(source, expected):
    assert rendered(source, person=Person()) == expected


@pytest.mark.parametrize(
    ("source", "error"),
    [
        ("{{ person.age }}", AttributeError),
        ("{{ person.places[2] }}", IndexError),
        ("{{ {}['x'] }}", KeyError),
        ("{% from 'tags' import tag %}{{ tag() }}", UndefinedError),
        ("{% from 'box' import line %}{{ line(1, size=2) }}", TypeError),
        ("{% from 'box' import line %}{{ line(1, 2) }}", TypeError),
    ],
)
def test_what_is_missing_or_too_much_is_an_error(source, error):
    with pytest.raises(error):
        rendered(source, person=Person())


def test_markup_is_made_when_the_template_is_loaded():
    kept: list[object] = []

    rendered("{% for _x in [1, 2] %}{% do kept.append(_('<b>')) %}{% endfor %}", kept=kept)

    assert kept == [Markup("<b>")] * 2
    assert kept[0] is kept[1]
