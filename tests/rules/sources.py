"""The portal's own sources, taken apart."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from portal.settings import ROOT

PORTAL = ROOT / "portal"
TEMPLATES = ROOT / "templates"
SURFACES = ("offender", "victim", "staff", "provider", "api", "web")
Node = TypeVar("Node", bound=ast.AST)


def name_of(path: Path) -> str:
    """How a failure names a file."""
    return str(path.relative_to(ROOT))


def modules(*packages: str) -> Iterator[tuple[str, ast.Module]]:
    """Every module of these packages, or of all, by its name."""
    folders = [PORTAL / package for package in packages] or [PORTAL]
    for folder in folders:
        for path in sorted(folder.rglob("*.py")):
            yield name_of(path), ast.parse(path.read_text("utf-8"))


def nodes(tree: ast.AST, kind: type[Node]) -> Iterator[Node]:
    """Every node of one kind."""
    return (node for node in ast.walk(tree) if isinstance(node, kind))


def texts(tree: ast.AST) -> Iterator[str]:
    """Every string that is written out."""
    return (node.value for node in nodes(tree, ast.Constant) if isinstance(node.value, str))
