"""Notify's markdown becomes HTML, and nothing else does."""

# ruff: noqa: RUF001 look-alikes are what these tests are about

import pytest

from portal.notify_sandbox import markdown


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("# Hello", "<h2>Hello</h2>"),
        ("## Hello", "<h3>Hello</h3>"),
        ("### Hello", "<p>Hello</p>"),
        ("one\ntwo\n\nthree", "<p>one<br>two</p><p>three</p>"),
        ("* a\n- b\n• c", "<ul><li>a</li><li>b</li><li>c</li></ul>"),
        ("1. a\n2. b", "<ol><li>a</li><li>b</li></ol>"),
        ("^ mind this", "<blockquote><p>mind this</p></blockquote>"),
        ("a\n\n---\n\nb", "<p>a</p><hr><p>b</p>"),
        (
            "[your page](https://a.example/x?y=1&z=2)",
            '<p><a href="https://a.example/x?y=1&amp;z=2">your page</a></p>',
        ),
        ("See https://a.example/x.", '<p>See <a href="https://a.example/x">https://a.example/x</a>.</p>'),
        ("it's <b>bold</b> **x**", "<p>it’s &lt;b&gt;bold&lt;/b&gt; **x**</p>"),
        ("a ![dot](https://a.example/dot.png) b", "<p>a  b</p>"),
        ("x\n\n| a | b |\n| --- | :-: |\n| 1 | 2 |\n\ny", "<p>x</p><p>y</p>"),
        ("**x", "<ul><li>*x</li></ul>"),
        ("Go to GOV.UK now", "<p>Go to GOV.\u200bUK now</p>"),
        ("See https://www.gov.uk/x", '<p>See <a href="https://www.gov.uk/x">https://www.gov.uk/x</a></p>'),
        ("[x](javascript:alert)", "<p>[x](javascript:alert)</p>"),
    ],
)
def test_what_notify_supports_is_rendered(source, html):
    assert markdown.to_html(source) == html


def test_headings_stand_under_the_one_that_is_there():
    assert markdown.to_html("# a\n## b", under=2) == "<h3>a</h3><h4>b</h4>"


def test_plain_text_keeps_its_characters_and_gains_links():
    assert markdown.linked('<a "b"> http://a.example/?q=1&r=2)') == (
        '&lt;a &#34;b&#34;&gt; <a href="http://a.example/?q=1&amp;r=2">http://a.example/?q=1&amp;r=2</a>)'
    )


def test_links_are_found_in_order():
    text = "Go to [one](https://a.example/1), https://a.example/2. Not ftp://a.example/3."

    assert markdown.links_in(text) == ["https://a.example/1", "https://a.example/2"]
