"""Refusals, in the words of Notify's second API."""

import json
import logging
from collections.abc import Mapping
from typing import Any

from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.types import ExceptionHandlersMap

log = logging.getLogger(__name__)

_OLD_WORDS = {
    404: "The requested URL was not found on the server. If you entered the URL manually please check your "
    "spelling and try again.",
    405: "The method is not allowed for the requested URL.",
}


class ApiError(Exception):
    """The API refuses a request, for one reason or for several of the same kind."""

    def __init__(self, status: int, name: str, *messages: str) -> None:
        super().__init__(f"{status} {name}: {'; '.join(messages)}")
        self.status, self.name, self.messages = status, name, messages


def bad_request(message: str, *, status: int = 400) -> ApiError:
    return ApiError(status, "BadRequestError", message)


def no_result() -> ApiError:
    return ApiError(404, "NoResultFound", "No result found")


def as_json(content: object, status: int = 200) -> Response[bytes]:
    """An answer with its keys in order, as Notify's are."""
    return Response(
        json.dumps(content, sort_keys=True, ensure_ascii=False).encode() + b"\n",
        status_code=status,
        media_type="application/json",
    )


def error_body(status: int, name: str, *messages: str) -> dict[str, object]:
    return {"status_code": status, "errors": [{"error": name, "message": message} for message in messages]}


def old_error_body(message: str) -> Mapping[str, str]:
    """What answers where no route does: the form of the first API."""
    return {"result": "error", "message": message}


def no_such_address() -> Mapping[str, str]:
    return old_error_body(_OLD_WORDS[404])


Conversation = Request[Any, Any, Any]


def _refusal(_: Conversation, error: ApiError) -> Response[bytes]:
    return as_json(error_body(error.status, error.name, *error.messages), error.status)


def _no_route(_: Conversation, error: HTTPException) -> Response[bytes]:
    message = _OLD_WORDS.get(error.status_code, error.detail)
    return as_json(old_error_body(message), error.status_code)


def _crash(_: Conversation, error: Exception) -> Response[bytes]:
    log.error("the sandbox broke", exc_info=error)
    return as_json(error_body(500, type(error).__name__, "Internal server error"), 500)


ERRORS: ExceptionHandlersMap = {ApiError: _refusal, HTTPException: _no_route, Exception: _crash}
