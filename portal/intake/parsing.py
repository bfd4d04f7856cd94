"""From the bytes of one line to one JSON object, and nothing that JSON leaves open."""

import json
import re
from collections import Counter
from typing import Any, Never

from portal.intake.reading import LONGEST_LINE
from portal.intake.refusals import Wrong

_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}")


def parse(line: bytes) -> dict[str, Any]:
    """The object that the line holds.

    Raises:
        Wrong: if it holds no single object, or one that could be read in two ways.
    """
    if len(line) > LONGEST_LINE:
        raise Wrong("longer than 1 MiB: one line is one case")
    try:
        document = _decoder.decode(line.decode())
    except UnicodeDecodeError:
        raise Wrong("not valid UTF-8: save the file as UTF-8") from None
    except json.JSONDecodeError as error:
        raise Wrong(f"not valid JSON at character {error.pos + 1}: {error.msg}") from None
    except RecursionError:
        raise Wrong("not valid JSON for us: too many brackets within brackets") from None
    except ValueError:
        raise Wrong("not valid JSON for us: a number has too many digits") from None
    if not isinstance(document, dict):
        raise Wrong("not an object: a case stands between { and }")
    return document


def is_plain(name: str) -> bool:
    """Whether the name of a field can be shown to anybody as it is."""
    return _PLAIN_NAME.fullmatch(name) is not None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) < len(pairs):
        times = Counter(name for name, _ in pairs)
        twice = [name for name in document if times[name] > 1 and is_plain(name)]
        raise Wrong(
            f"a field is given twice in one object: {twice[0] if twice else 'its name is no plain word'}"
        )
    return document


def _no_number(_: str) -> Never:
    raise Wrong("not valid JSON: NaN and Infinity are no numbers in JSON")


_decoder = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_no_number)
