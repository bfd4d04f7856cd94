"""Whether it is Notify that calls: by a bearer token, since its callbacks carry no signature (TH23)."""

import hmac

from portal.web.site import Visit, site_of

BEARER = "Bearer "
LARGEST = 8192
"""Bytes of a callback's body."""


def is_notify(request: Visit) -> bool:
    """Whether the request carries one of our tokens.  Each is compared, in constant time."""
    given = request.headers.get("authorization", "").removeprefix(BEARER).encode()
    tokens = site_of(request).settings.notify_callback_tokens
    return sum(hmac.compare_digest(given, token.encode()) for token in tokens) > 0
