"""How the portal's code is written, where no linter says it."""

import ast

import pytest

from tests.rules.sources import PORTAL, SURFACES, modules, name_of, nodes

MOST_LINES = 400
MOST_LINES_OF_A_FUNCTION = 40
MAY_COMMIT = ("portal/storage/", "portal/intake/")
KNOWS_ERRORS_OF_THE_DATABASE = {"portal/web/errors.py"}
EMPTY_NAMES = {"utils", "helpers", "common", "base", "core", "misc", "manager"}


def test_no_file_is_long():
    lines = {name_of(path): len(path.read_text("utf-8").splitlines()) for path in PORTAL.rglob("*.py")}

    assert {name: count for name, count in lines.items() if count > MOST_LINES} == {}


def test_no_function_is_long():
    lengths = {
        f"{name}:{function.lineno} {function.name}": (function.end_lineno or 0) - function.lineno + 1
        for name, tree in modules()
        for function in functions(tree)
        if "/migrations/versions/" not in name
    }

    assert {name: length for name, length in lengths.items() if length > MOST_LINES_OF_A_FUNCTION} == {}


def functions(tree: ast.Module) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [*nodes(tree, ast.FunctionDef), *nodes(tree, ast.AsyncFunctionDef)]


def test_no_module_has_a_name_that_says_nothing():
    assert {path.stem for path in PORTAL.rglob("*.py")} & EMPTY_NAMES == set()


@pytest.mark.parametrize("act", ["commit", "rollback", "flush"])
def test_only_storage_and_the_intake_end_a_transaction(act):
    elsewhere = [
        f"{name}:{call.lineno}"
        for name, tree in modules()
        for call in nodes(tree, ast.Call)
        if isinstance(call.func, ast.Attribute) and call.func.attr == act and not name.startswith(MAY_COMMIT)
    ]

    assert elsewhere == []


def imported(tree: ast.Module) -> set[str]:
    """The modules that a module imports, as far as it names them."""
    plain = {alias.name for node in nodes(tree, ast.Import) for alias in node.names}
    return plain | {node.module or "" for node in nodes(tree, ast.ImportFrom)}


def test_surfaces_build_no_statements_and_touch_no_tables():
    database = ("sqlalchemy", "asyncpg", "sqlite3", "portal.storage.tables", "portal.storage.mapping")
    known = {
        name: sorted(module for module in imported(tree) if module.startswith(database))
        for name, tree in modules(*(surface for surface in SURFACES if (PORTAL / surface).exists()))
    }

    assert {
        name: found for name, found in known.items() if found and name not in KNOWS_ERRORS_OF_THE_DATABASE
    } == {}


def test_the_pages_of_errors_know_the_databases_errors_alone():
    (tree,) = (tree for name, tree in modules("web") if name in KNOWS_ERRORS_OF_THE_DATABASE)

    assert {module for module in imported(tree) if module.startswith("sqlalchemy")} == {"sqlalchemy.exc"}


def test_nothing_is_marked_as_to_be_done():
    marks = [
        f"{name_of(path)}:{number}"
        for folder in ("portal", "templates", "tests")
        for path in (PORTAL.parent / folder).rglob("*")
        if path.suffix in (".py", ".html", ".txt") and path.name != "test_sources.py"
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if any(mark in line for mark in ("TODO", "FIXME", "XXX", "pytest.mark.skip", "xfail"))
    ]

    assert marks == []
