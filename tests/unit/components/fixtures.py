"""govuk-frontend's own fixtures: what it renders for which options."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from markupsafe import Markup

DESIGN_SYSTEM = Path(__file__).parents[3] / "node_modules/govuk-frontend/dist/govuk/components"


class Options:
    """The options of a fixture.  They remember which of them were read."""

    def __init__(self, values: dict[str, Any] | None) -> None:
        self._values = values or {}
        self._read: set[str] = set()
        self._parts: dict[str, list[Options | None]] = {}
        self._refused: set[str] = set()

    def __bool__(self) -> bool:
        return bool(self._values)

    def get(self, name: str, default: Any = "") -> Any:
        self._read.add(name)
        value = self._values.get(name)
        return default if value is None else value

    def part(self, name: str) -> "Options":
        """The options within an option."""
        if not isinstance(self._values.get(name, {}), dict):
            self.refuse(f"{name} that is empty")
        return self._within(name, [self._values.get(name)])[0] or Options({})

    def parts(self, name: str) -> list["Options | None"]:
        """The options within each item of an option.  An empty item is none."""
        return self._within(name, self._values.get(name) or [])

    def words(self, text: str = "text", html: str = "html") -> str:
        """The text, or the HTML that stands in for it."""
        rich = self.get(html)
        return Markup(rich) if rich else str(self.get(text))  # noqa: S704 - a fixture of our own tools

    def attributes(self) -> dict[str, str]:
        given: dict[str, Any] = self.get("attributes", {})
        return {
            name: str(value).lower() if isinstance(value, bool) else value for name, value in given.items()
        }

    def refuse(self, why: str) -> None:
        """Say that our macro has no way to do this."""
        self._refused.add(why)

    def unsupported(self) -> set[str]:
        """The names of the options that nobody read, and what was refused."""
        names = {name for name in self._values if name not in self._read and name not in self._parts}
        for name, parts in self._parts.items():
            names |= {f"{name}.{inner}" for part in parts if part for inner in part.unsupported()}
        return names | self._refused

    def _within(self, name: str, values: list[Any]) -> list["Options | None"]:
        if name not in self._parts:
            self._parts[name] = [Options(value) if isinstance(value, dict) else None for value in values]
        return self._parts[name]


@dataclass(frozen=True)
class Call:
    """What our macro is called with to do as a fixture says."""

    arguments: list[Any] = field(default_factory=list)
    keywords: dict[str, Any] = field(default_factory=dict)
    renamed: dict[str, str] = field(default_factory=dict)
    """What the fixture's HTML calls otherwise than we do."""


@dataclass(frozen=True)
class Fixture:
    """One way to use a component, and the HTML that the Design System makes of it."""

    component: str
    name: str
    options: dict[str, Any]
    html: str

    def __str__(self) -> str:
        return f"{self.component}: {self.name}"


def fixtures(component: str) -> Iterator[Fixture]:
    """The fixtures of a component that we call by ``component``, like "back_link"."""
    path = DESIGN_SYSTEM / component.replace("_", "-") / "fixtures.json"
    for fixture in json.loads(path.read_text())["fixtures"]:
        yield Fixture(component, fixture["name"], fixture["options"], fixture["html"])
