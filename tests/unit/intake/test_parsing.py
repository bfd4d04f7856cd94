"""What is not one JSON object, or could be read in two ways, is refused by the line."""

import pytest

from portal.intake.parsing import parse
from portal.intake.reading import LONGEST_LINE
from portal.intake.refusals import Wrong
from tests.unit.intake.making import refused


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (b"", "not valid JSON at character 1"),
        (b'{"a": 1', "not valid JSON at character 8"),
        (b'{"a": 1} {"b": 2}', "not valid JSON"),
        (b'{"a": "\x01"}', "not valid JSON"),
        (b'{"a": "\xff"}', "not valid UTF-8"),
        ('{"a": "é"}'.encode("latin-1"), "not valid UTF-8"),
        ('{"a": 1}'.encode("utf-16"), "not valid UTF-8"),
        (b'{"a": "\xed\xa0\x80"}', "not valid UTF-8"),
        (b'{"a": NaN}', "NaN and Infinity"),
        (b'{"a": -Infinity}', "NaN and Infinity"),
        (b'{"a": ' + b"9" * 5000 + b"}", "too many digits"),
        (b"[" * 200_000, "too many brackets"),
        (b'{"a":' * 100_000, "too many brackets"),
        (b'["not", "an", "object"]', "not an object"),
        (b"null", "not an object"),
        (b'{"mobile": 1, "mobile": 2}', "given twice in one object: mobile"),
        (b'{"a": {"mobile": 1, "\\u006dobile": 2}}', "given twice in one object: mobile"),
        (b'{"Bob Smith": 1, "Bob Smith": 2}', "its name is no plain word"),
        (b"x" * (LONGEST_LINE + 1), "longer than 1 MiB"),
    ],
)
def test_such_a_line_is_refused(line, says):
    with pytest.raises(Wrong, match=says):
        parse(line)

    assert says in refused(line)[""]


def test_a_line_of_the_greatest_length_is_read():
    line = b'{"a": "' + b"x" * (LONGEST_LINE - 9) + b'"}'

    assert len(line) == LONGEST_LINE
    assert parse(line).keys() == {"a"}
