"""The API keys that only the sandbox takes.  They are public, and no secret."""

from uuid import UUID

DEVELOPMENT_KEY = "sandbox-3f6f0a5e-2f0b-4c1d-9a53-5d1c6f0e7a01-8e0f7b52-6a4d-4d0e-b1a7-0c9e4d5f2a11"
"""The key that the portal uses when it is given none."""

NEUTRAL_DEVELOPMENT_KEY = (
    "sandbox_neutral-3f6f0a5e-2f0b-4c1d-9a53-5d1c6f0e7a02-8e0f7b52-6a4d-4d0e-b1a7-0c9e4d5f2a12"
)
"""The key of the second service, whose name says nothing about why somebody is written to."""

_UUID_LENGTH = 36


def parts_of(key: str) -> tuple[str, UUID, UUID]:
    """The name, the service id and the secret that an API key spells out.

    Raises:
        ValueError: if it is not ``{name}-{service id}-{secret}``.
    """
    secret, rest = key[-_UUID_LENGTH:], key[: -_UUID_LENGTH - 1]
    return rest[: -_UUID_LENGTH - 1], UUID(rest[-_UUID_LENGTH:]), UUID(secret)


def is_sandbox_key(key: str) -> bool:
    """Whether the key shares its service or its secret with a sandbox key, whatever it is called."""
    try:
        _, service, secret = parts_of(key.strip())
    except ValueError:
        return False
    return service in _SERVICES or secret in _SECRETS


_SANDBOX_KEYS = [parts_of(key) for key in (DEVELOPMENT_KEY, NEUTRAL_DEVELOPMENT_KEY)]
_SERVICES = {service for _, service, _ in _SANDBOX_KEYS}
_SECRETS = {secret for *_, secret in _SANDBOX_KEYS}
