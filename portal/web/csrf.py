"""That a form was sent from our own page, by the person to whom we gave that page.

The token is bound to the session (HMAC over its id, one key a surface), and masked anew for
each page, so that compression tells nothing (BREACH).  Beside it, the browser itself must say
that the request comes from our site (security.md S5).
"""

import base64
import hmac
import os
from typing import Any

from litestar.connection import ASGIConnection

from portal.errors import Forged
from portal.storage.keys import KeyRing
from portal.storage.sessions import Session

FIELD = "csrf"
HEADER = "x-csrf-token"
SIZE = 32
OUR_OWN = ("same-origin", "none")


def _bound(keys: KeyRing, surface: str, session: Session | None) -> bytes:
    return keys.signature(f"csrf:{surface}", session.id_hash if session else b"nobody")


def token(keys: KeyRing, surface: str, session: Session | None) -> str:
    """A token for one page."""
    mask = os.urandom(SIZE)
    return base64.urlsafe_b64encode(mask + _masked(_bound(keys, surface, session), mask)).decode()


def _masked(secret: bytes, mask: bytes) -> bytes:
    return (int.from_bytes(secret) ^ int.from_bytes(mask)).to_bytes(SIZE)


def check_token(given: str, keys: KeyRing, surface: str, session: Session | None) -> None:
    """Compare in constant time.

    Raises:
        Forged: if it is not the token of this session on this surface.
    """
    try:
        raw = base64.urlsafe_b64decode(given.encode())
    except ValueError as wrong:
        raise Forged("the token is not ours") from wrong
    expected = _bound(keys, surface, session)
    if len(raw) != 2 * SIZE or not hmac.compare_digest(_masked(raw[SIZE:], raw[:SIZE]), expected):
        raise Forged("the token is not of this session")


def check_origin(connection: ASGIConnection[Any, Any, Any, Any], base_url: str) -> None:
    """Believe the browser about where a request comes from.

    Raises:
        Forged: if it comes from another site, or does not say.
    """
    site = connection.headers.get("sec-fetch-site")
    if site is not None:
        if site not in OUR_OWN:
            raise Forged(f"it comes from a page that is {site}")
    elif connection.headers.get("origin") != base_url:
        raise Forged("it does not come from our address")
