"""How many requests a service may make in a minute: a bucket of tokens that refills."""

import math
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from portal.notify_sandbox.config import KeyType, SandboxService
from portal.notify_sandbox.errors import ApiError

LARGEST_BUCKET = 1000


@dataclass
class _Bucket:
    tokens: float
    filled_at: datetime


@dataclass
class RateLimit:
    """A bucket for each service and type of key.  Refused calls cost a token too."""

    buckets: dict[tuple[UUID, KeyType], _Bucket] = field(default_factory=dict)

    def take(self, service: SandboxService, key_type: KeyType, *, now: datetime) -> None:
        """Take a token for one call.

        Raises:
            ApiError: if that leaves less than one.
        """
        limit = service.requests_a_minute
        size = float(min(math.ceil(limit / 3) + 1, LARGEST_BUCKET))
        bucket = self.buckets.setdefault((service.id, key_type), _Bucket(size, now))
        refilled = bucket.tokens + (now - bucket.filled_at).total_seconds() * limit / 60
        bucket.tokens = max(min(refilled, size) - 1, 0)
        bucket.filled_at = now
        if bucket.tokens < 1:
            kind = key_type.value.upper()
            raise ApiError(
                429,
                "RateLimitError",
                f"Exceeded rate limit for key type {kind} of {limit} requests per 60 seconds",
            )
