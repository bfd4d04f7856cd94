"""Taking the sting out of what strangers typed, before it goes into an email."""

import re
from collections.abc import Mapping
from typing import Any

from portal.notify_sandbox.wording import by_key, key_of

_URL = re.compile(r"https?://\S+|www\.\S+", re.IGNORECASE)
_DOMAIN_DOT = re.compile(r"(?<=\w)\.(?=[A-Za-z]{2})")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-!^|<>])")


def sanitise(body: Mapping[str, Any]) -> tuple[dict[str, dict[str, str]], dict[str, object]]:
    """What was changed, and the values to fill a template with."""
    personalisation = body.get("personalisation", {})
    values = by_key(personalisation)
    wanted = {key_of(name) for name in body.get("sanitise_content_for") or ()}
    changed: dict[str, dict[str, str]] = {}
    for name, value in personalisation.items():
        if key_of(name) in wanted and isinstance(value, str) and (harmless := _harmless(value)) != value:
            changed[name] = {"unsanitised": value, "sanitised": harmless}
            values[key_of(name)] = harmless
    return changed, values


def _harmless(text: str) -> str:
    """The text with no address to follow and no markdown that works."""
    escaped = _MARKDOWN.sub(r"\\\1", _URL.sub("", text))
    return _DOMAIN_DOT.sub(r"\\. ", escaped)
