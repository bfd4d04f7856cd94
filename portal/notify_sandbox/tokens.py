"""Who is calling: the JSON web token that every request to the API carries."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

import jwt

from portal.notify_sandbox.config import ApiKey, SandboxConfig, SandboxService
from portal.notify_sandbox.errors import ApiError

LEEWAY = 30
REVOKED_KEYS_ARE_KNOWN_FOR = timedelta(days=7)

_OUR_CLOCK = {"verify_exp": False, "verify_iat": False, "verify_nbf": False}
"""Times are held against the sandbox's own clock."""


_TOKENS_REMEMBERED = 1000
"""A sender's tokens of one second are the same text; their times are checked with every call."""


@dataclass(frozen=True)
class Caller:
    """A service, and the key that it showed."""

    service: SandboxService
    key: ApiKey


class _SignedByAnother(Exception):
    """This key did not sign the token; another of the service's keys may have."""


def authenticate(header: str | None, config: SandboxConfig, *, now: datetime) -> Caller:
    """Find out who shows this Authorization header.

    Raises:
        ApiError: if it proves nothing.
    """
    token = _token_in(header)
    service = _service_named_in(token, config)
    keys = list(_known_keys(service, now))
    if not keys:
        raise _invalid("service has no API keys")
    for key in keys:
        try:
            _check(token, key, now)
        except _SignedByAnother:
            continue
        if key.revoked_at is not None:
            raise _invalid("API key revoked")
        return Caller(service, key)
    raise _invalid("API key not found")


def _token_in(header: str | None) -> str:
    if not header:
        raise ApiError(401, "AuthError", "Unauthorized: authentication token must be provided")
    if header[:7].title() != "Bearer ":
        raise ApiError(401, "AuthError", "Unauthorized: authentication bearer scheme must be used")
    return header[7:]


def _service_named_in(token: str, config: SandboxConfig) -> SandboxService:
    try:
        claims = _claimed(token)
    except jwt.InvalidTokenError as error:
        raise _unlike_the_example() from error
    if "iss" not in claims:
        raise _invalid("iss field not provided")
    try:
        service = config.service(UUID(claims["iss"]))
    except (ValueError, AttributeError, TypeError) as error:
        raise _invalid("service id is not the right data type") from error
    if service is None:
        raise _invalid("service not found")
    if service.archived:
        raise _invalid("service is archived")
    return service


@lru_cache(_TOKENS_REMEMBERED)
def _claimed(token: str) -> dict[str, Any]:
    return jwt.decode(token, options={"verify_signature": False})


@lru_cache(_TOKENS_REMEMBERED)
def _signed(token: str, secret: str) -> dict[str, Any]:
    return jwt.decode(token, secret, algorithms=["HS256"], options=_OUR_CLOCK)  # type: ignore[arg-type]


def _known_keys(service: SandboxService, now: datetime) -> Iterator[ApiKey]:
    for key in service.keys:
        if key.revoked_at is None or now - key.revoked_at < REVOKED_KEYS_ARE_KNOWN_FOR:
            yield key


def _check(token: str, key: ApiKey, now: datetime) -> None:
    try:
        claims = _signed(token, key.secret)
    except jwt.InvalidAlgorithmError as error:
        raise _invalid("algorithm used is not HS256") from error
    except jwt.DecodeError as error:
        raise _SignedByAnother from error
    except jwt.InvalidTokenError as error:
        raise _unlike_the_example() from error
    if "iat" not in claims:
        raise _SignedByAnother
    _check_times(claims, int(now.timestamp()))


def _check_times(claims: dict[str, Any], now: int) -> None:
    try:
        issued, usable = int(claims["iat"]), int(claims.get("nbf", now))
    except (ValueError, TypeError) as error:
        raise _wrong_clock() from error
    if abs(now - issued) > LEEWAY or usable > now + LEEWAY:
        raise _wrong_clock()
    try:
        expires = int(claims.get("exp", now + 1))
    except (ValueError, TypeError) as error:
        raise _SignedByAnother from error
    if expires <= now - LEEWAY:
        raise _unlike_the_example()


def _invalid(reason: str) -> ApiError:
    return ApiError(403, "AuthError", f"Invalid token: {reason}")


def _unlike_the_example() -> ApiError:
    return _invalid(
        "make sure your API token matches the example at "
        "https://docs.notifications.service.gov.uk/rest-api.html#authorisation-header"
    )


def _wrong_clock() -> ApiError:
    return ApiError(403, "AuthError", "Error: Your system clock must be accurate to within 30 seconds")
