"""The key ring: what is personal is sealed before it reaches the database.

AES-256-GCM under keys derived (HKDF-SHA256) from the operator's secrets, one key for each
purpose.  The associated data names table, column and row, so that a sealed value moved
elsewhere does not open.  A sealed value is ``version · key id · nonce · ciphertext and tag``.
"""

import base64
import functools
import hashlib
import hmac
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from portal.errors import PortalError

VERSION = b"\x01"
KEY_ID_BYTES = 4
NONCE_BYTES = 12
HEAD = len(VERSION) + KEY_ID_BYTES


class CannotOpen(PortalError):
    """A sealed value does not open: it was moved or damaged, or its key is gone from the ring."""


@functools.cache
def derive(secret: str, purpose: str, length: int = 32) -> bytes:
    """A key for one purpose: who learns it learns nothing of the others."""
    return HKDF(SHA256(), length, salt=b"portal/1", info=purpose.encode()).derive(secret.encode())


def place(table: str, column: str, row: UUID) -> bytes:
    """Where a sealed value belongs."""
    return b"\x00".join((table.encode(), column.encode(), row.bytes))


@dataclass(frozen=True)
class KeyRing:
    """The operator's secrets, the one in use first, then those retired but still read."""

    secrets: Sequence[str] = field(repr=False)

    @functools.cached_property
    def _ciphers(self) -> dict[bytes, AESGCM]:
        return {
            derive(secret, "seal-id", KEY_ID_BYTES): AESGCM(derive(secret, "seal")) for secret in self.secrets
        }

    @functools.cached_property
    def current(self) -> bytes:
        """The id of the key that new values are sealed with."""
        return next(iter(self._ciphers))

    def seal(self, text: str, where: bytes) -> bytes:
        """Seal ``text`` so that it opens only at ``where`` (see :func:`place`)."""
        nonce = os.urandom(NONCE_BYTES)
        return (
            VERSION + self.current + nonce + self._ciphers[self.current].encrypt(nonce, text.encode(), where)
        )

    def open(self, sealed: bytes, where: bytes) -> str:
        """What was sealed.

        Raises:
            CannotOpen: if it was sealed for elsewhere, is damaged, or its key is gone.
        """
        cipher = self._ciphers.get(sealed[1:HEAD])
        if cipher is None or sealed[:1] != VERSION:
            raise CannotOpen("sealed with a key that is not on the ring")
        try:
            return cipher.decrypt(
                sealed[HEAD : HEAD + NONCE_BYTES], sealed[HEAD + NONCE_BYTES :], where
            ).decode()
        except (InvalidTag, ValueError) as wrong:
            raise CannotOpen("this value was not sealed for this place") from wrong

    def is_current(self, sealed: bytes) -> bool:
        """Whether a value needs no sealing anew after a change of keys."""
        return sealed[1:HEAD] == self.current

    def index(self, kind: str, text: str) -> bytes:
        """A blind index: equal texts of one kind have equal indexes, and nothing else shows."""
        return hmac.digest(derive(self.secrets[0], f"index:{kind}"), text.encode(), "sha256")

    def indexes(self, kind: str, text: str) -> list[bytes]:
        """The index under every key of the ring, for look-ups while keys are being changed."""
        return [
            hmac.digest(derive(secret, f"index:{kind}"), text.encode(), "sha256") for secret in self.secrets
        ]

    def signature(self, purpose: str, text: bytes) -> bytes:
        """A signature that is accepted for its own purpose alone."""
        return hmac.digest(derive(self.secrets[0], f"sign:{purpose}"), text, "sha256")


def token_hash(token: str) -> bytes:
    """How a token of 128 bits or more is kept (ASVS 6.5.2: SHA-256 suffices for such)."""
    return hashlib.sha256(token.encode()).digest()


def new_token(size: int = 16) -> str:
    """A token from the system's randomness, safe in a path; 16 bytes are 128 bits."""
    return base64.urlsafe_b64encode(os.urandom(size)).rstrip(b"=").decode()
