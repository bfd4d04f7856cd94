"""As many cases as a test needs, each of another person."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.unit.intake.making import OFFENCES, a_case


def many(number: int, *, first: int = 0) -> Iterator[bytes]:
    """Lines of a file of cases."""
    line = json.dumps(a_case({"reference": "@R", "offender.reference": "@P", "offender.email": "@E"}))
    for each in range(first, first + number):
        filled = line.replace("@R", f"43/M/{each}/26").replace("@P", f"M{each:09}")
        yield filled.replace("@E", f"person{each}@mail.example").encode()


def written(file: Path, lines: Iterable[bytes]) -> Path:
    """A file of cases."""
    with file.open("wb") as stream:
        stream.writelines(line + b"\n" for line in lines)
    return file


def listed_offences(folder: Path) -> Path:
    """The few offences of these cases, written like the published list."""
    file = folder / "offences.json"
    entries = [
        {
            "cjsCode": offence.code,
            "offenceCategory": offence.category.value,
            "offenceTitle": offence.title,
            "recordableOnPnc": offence.recordable,
        }
        for offence in OFFENCES.values()
    ]
    file.write_text(json.dumps(entries))
    return file
