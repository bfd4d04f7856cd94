"""Slow hashes for what people can guess: passwords and six-digit codes (ASVS 6.5.2, 11.4.2).

argon2id with OWASP's least parameters, two at once, so that a crowd at the door costs memory
for two (security.md S12).
"""

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
_doors = asyncio.Semaphore(2)
NOBODY = _hasher.hash("nobody has this password")
"""Checked when there is no account, so that the answer takes as long as if there were."""


async def hashed(secret: str) -> str:
    """The hash to keep."""
    async with _doors:
        return await asyncio.to_thread(_hasher.hash, secret)


async def matches(kept: str, secret: str) -> bool:
    """Whether this is the secret that the hash was made of."""
    async with _doors:
        return await asyncio.to_thread(_matches, kept, secret)


def _matches(kept: str, secret: str) -> bool:
    try:
        return _hasher.verify(kept, secret)
    except (VerificationError, InvalidHashError):
        return False


def is_weak(kept: str) -> bool:
    """Whether the hash was made with less than today's parameters."""
    return _hasher.check_needs_rehash(kept)
