"""Every error has a page that says what happened and what to do, and gives nothing away."""

import logging
from http import HTTPStatus
from typing import Any

from litestar import Response
from litestar.exceptions import HTTPException, NotFoundException
from litestar.types import ExceptionHandlersMap
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnection

from portal.errors import Forged, NotFound, NotSignedIn, RuleBroken, TooMany
from portal.web.pages import page
from portal.web.site import Visit

log = logging.getLogger("portal.errors")
SIGN_IN_PAGES = {"staff": "/staff/sign-in", "offender": "/signed-out"}


def _shown(name: str, status: HTTPStatus) -> Any:  # noqa: ANN401 - Litestar's own type for handlers
    def handler(request: Visit, error: Exception) -> Response[bytes]:
        return page(request, f"errors/{name}.html", status=status, entry=True)

    return handler


def _sign_in_first(request: Visit, error: NotSignedIn) -> Response[bytes]:
    surface = str(error)
    headers = {"Location": SIGN_IN_PAGES.get(surface, "/signed-out")}
    return Response(b"", status_code=HTTPStatus.SEE_OTHER, headers=headers)


def _too_many(request: Visit, error: TooMany) -> Response[bytes]:
    minutes = -(-error.retry_after // 60)
    answer = page(
        request, "errors/too_many.html", status=HTTPStatus.TOO_MANY_REQUESTS, entry=True, minutes=minutes
    )
    answer.headers["Retry-After"] = str(error.retry_after)
    return answer


def _broken_rule(request: Visit, error: RuleBroken) -> Response[bytes]:
    return page(
        request,
        "errors/rule_broken.html",
        status=HTTPStatus.CONFLICT,
        entry=True,
        rule=type(error).__name__,
    )


def _unusable(request: Visit, error: HTTPException) -> Response[bytes]:
    status = HTTPStatus(error.status_code)
    if status is HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return page(request, "errors/too_large.html", status=status, entry=True)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return _crash(request, error)
    answer = page(request, "errors/unusable.html", status=status, entry=True)
    if allow := (error.headers or {}).get("allow"):
        answer.headers["Allow"] = allow
    return answer


def _crash(request: Visit, error: Exception) -> Response[bytes]:
    """Say nothing of the cause on the page, and none of its values in the log (T-LOG 3)."""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = f"{place.tb_frame.f_code.co_filename}:{place.tb_lineno}" if place else "?"
    log.error("%s at %s in request %s", type(error).__name__, where, request.scope["state"].get("request_id"))
    return page(request, "errors/crash.html", status=HTTPStatus.INTERNAL_SERVER_ERROR, entry=True)


def _records_away(request: Visit, error: DBAPIError | NoConnection | OSError) -> Response[bytes]:
    """The database is full, locked or gone: nothing was changed, and trying again may work."""
    log.error(
        "database: %s in request %s",
        type(getattr(error, "orig", error)).__name__,
        request.scope["state"].get("request_id"),
    )
    answer = page(request, "errors/unavailable.html", status=HTTPStatus.SERVICE_UNAVAILABLE, entry=True)
    answer.headers["Retry-After"] = "30"
    return answer


ERROR_PAGES: ExceptionHandlersMap = {
    NotFound: _shown("not_found", HTTPStatus.NOT_FOUND),
    NotFoundException: _shown("not_found", HTTPStatus.NOT_FOUND),
    RuleBroken: _broken_rule,
    NotSignedIn: _sign_in_first,
    Forged: _shown("forged", HTTPStatus.FORBIDDEN),
    TooMany: _too_many,
    HTTPException: _unusable,
    DBAPIError: _records_away,
    NoConnection: _records_away,
    OSError: _records_away,
    Exception: _crash,
}
"""Litestar picks the nearest ancestor of what was raised, so a new kind of
error needs a line here only when it needs a page of its own."""
