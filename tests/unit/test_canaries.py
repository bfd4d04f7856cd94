"""Our own nose is tested first: a canary is found in every form that it can take."""

import base64
import gzip
import html
import json
from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.canaries import appearances

NAME = "O'Brien-Ní Éireann & daughter"
FORMS: dict[str, Callable[[str], bytes]] = {
    "plain": lambda text: text.encode(),
    "in capitals": lambda text: text.encode().upper(),
    "utf-16-le": lambda text: text.encode("utf-16-le"),
    "utf-16-be": lambda text: text.encode("utf-16-be"),
    "hex": lambda text: text.encode().hex().encode(),
    "hex in capitals": lambda text: text.encode().hex().upper().encode(),
    "url": lambda text: quote(text).encode(),
    "json": lambda text: json.dumps({"name": text}).encode(),
    "html": lambda text: html.escape(text).encode(),
    "base64": lambda text: base64.b64encode(b"name=" + text.encode() + b"!"),
    "base64url": lambda text: base64.urlsafe_b64encode(b"name=" + text.encode() + b"!"),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_canary_is_found_in_every_form(form):
    assert appearances(b"before " + FORMS[form](NAME) + b" after", [NAME])


@given(st.binary(max_size=20), st.text("abcdefgh0123456789+", min_size=4), st.binary(max_size=20))
def test_a_canary_is_found_wherever_it_begins_in_base64(before, canary, after):
    assert appearances(base64.b64encode(before + canary.encode() + after), [canary])


def test_what_is_not_there_is_not_found():
    assert appearances(gzip.compress(NAME.encode()), [NAME]) == []
    assert appearances(b"+447700900123", ["+447700900124"]) == []


def test_an_empty_canary_is_a_mistake():
    with pytest.raises(ValueError, match="empty"):
        appearances(b"anything", [""])
