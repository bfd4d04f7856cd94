"""Every route says whose it is, and no form is taken that is not guarded."""

from collections.abc import Iterator

import pytest
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler

from portal.app import SEES_NO_VICTIM, SURFACES, create_app
from portal.settings import Settings
from portal.storage.tables import VICTIM_TABLES
from portal.web.signing_in import PUBLIC, SAFE_METHODS, only_their_own_pages
from tests.visitor import litestar_of, routes_of, site_of

AUDIENCES = {
    "public": {PUBLIC},
    "offender": {"offender", PUBLIC},
    "staff": {"staff", PUBLIC},
    "api": {"bearer"},
}
"""Whom the routes of each surface may be for."""
PREFIXES = {
    "offender": ("offender.",),
    "staff": ("staff.",),
    "api": ("api.",),
    "public": ("public.", "assets."),
}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Litestar:
    file = tmp_path_factory.mktemp("routes") / "portal.db"
    return litestar_of(create_app(Settings(database_url=f"sqlite+aiosqlite:///{file}", secret_key="s" * 48)))


@pytest.fixture(scope="module")
def handlers(app: Litestar) -> list[tuple[str, HTTPRouteHandler, str]]:
    return list(routes_of(app))


def test_every_route_has_a_surface_and_an_audience_that_go_together(handlers):
    wrong = [
        (method, path, handler.opt.get("surface"), handler.opt.get("audience"))
        for method, handler, path in handlers
        if handler.opt.get("audience") not in AUDIENCES.get(handler.opt.get("surface"), ())
    ]

    assert wrong == []


def test_every_route_is_named_after_its_surface_and_once(handlers):
    names = [str(handler.name) for _, handler, _ in handlers]

    assert len(names) == len(set(names))
    assert all(str(handler.name).startswith(PREFIXES[handler.opt["surface"]]) for _, handler, _ in handlers)


def test_every_route_is_under_the_guard_of_all(app, handlers):
    assert app.guards == [only_their_own_pages]
    assert all(only_their_own_pages in guards_of(handler) for _, handler, _ in handlers)


def guards_of(handler: HTTPRouteHandler) -> list[object]:
    """What stands before a handler, from the application down to itself."""
    return [getattr(guard, "func", guard) for guard in handler.resolve_guards()]


def test_only_machines_send_what_is_no_form_of_ours(handlers):
    unsafe = [(method, handler) for method, handler, _ in handlers if method not in SAFE_METHODS]

    assert {method for method, _ in unsafe} == {"POST"}
    assert {handler.name for _, handler in unsafe if handler.opt["audience"] == "bearer"} == {
        "api.receipts",
        "api.received_texts",
    }


def test_an_open_form_is_counted_or_changes_nothing_for_others(handlers):
    """Anybody may send these: each counts tries, by a guard or in its service."""
    counted_in_the_service = {"staff.sign_in.password", "staff.sign_in.enter"}
    open_forms = {
        str(handler.name): handler
        for method, handler, _ in handlers
        if method == "POST" and handler.opt["audience"] == PUBLIC
    }

    alone = {name for name, handler in open_forms.items() if len(guards_of(handler)) == 1}
    assert alone == counted_in_the_service


def test_looking_takes_no_unit_of_work(handlers):
    for method, handler, path in handlers:
        if method == "GET":
            assert "work" not in handler.parsed_fn_signature.parameters, path


def test_no_route_takes_a_number_or_text_where_a_record_is_meant(handlers):
    gaps = {gap for _, handler, _ in handlers for path in handler.paths for gap in _gaps(path)}

    assert {
        gap for gap in gaps if gap.partition(":")[0].endswith("_id") and not gap.endswith(":uuid")
    } == set()


def _gaps(path: str) -> Iterator[str]:
    return (part[1:-1] for part in path.split("/") if part.startswith("{"))


def test_every_surface_that_sees_no_victim_is_fenced_off(tmp_path):
    settings = Settings(database_url=f"sqlite+aiosqlite:///{tmp_path / 'portal.db'}", secret_key="s" * 48)
    app = create_app(settings)

    assert set(SURFACES) | {"public"} == set(site_of(app).databases)
    assert {"offender", "public"} <= SEES_NO_VICTIM
    assert VICTIM_TABLES


def test_nothing_of_the_framework_is_served(handlers):
    paths = {path for _, _, path in handlers}

    assert not [path for path in paths if path.startswith(("/schema", "/docs", "/openapi", "/debug"))]
