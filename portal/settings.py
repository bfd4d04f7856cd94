"""What an operator can set: `PORTAL_*` environment variables, read here and nowhere else.

Each is documented in docs/operations.md; a test holds the two together.
"""

import hmac
import os
import re
import secrets
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from decimal import Decimal
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from portal.errors import Misconfigured

ROOT = Path(__file__).resolve().parent.parent
"""The project's root: templates, locales and static files lie beside the package."""

SANDBOX_ADDRESS = "http://127.0.0.1:8001"
NAMES = (
    "PORTAL_ENVIRONMENT",
    "PORTAL_VAR",
    "PORTAL_DATABASE_URL",
    "PORTAL_SECRET_KEY",
    "PORTAL_SECRET_KEYS_RETIRED",
    "PORTAL_BASE_URL",
    "PORTAL_TRUSTED_PROXIES",
    "PORTAL_DEBUG",
    "PORTAL_NOTIFY_BASE_URL",
    "PORTAL_NOTIFY_API_KEY",
    "PORTAL_NOTIFY_NEUTRAL_API_KEY",
    "PORTAL_NOTIFY_CALLBACK_TOKEN",
    "PORTAL_NOTIFY_TEMPLATES",
    "PORTAL_NOTIFY_SMS_PRICE",
    "PORTAL_REGIMES_FILE",
    "PORTAL_FORCES_FILE",
)


@dataclass(frozen=True)
class ForceSettings:
    """What one force chose for itself."""

    phone: str = "101"
    drafts: bool = True
    """Whether languages without a reviewer's sign-off may be used."""
    arms: tuple[str, ...] = ("plan",)
    """The wordings of reminders that are tried against each other; one is no trial."""
    evening_before: time = time(18)
    """When a reminder of an appointment goes on the day before, of London, like all hours here."""
    week_before: time = time(10)
    due_days: tuple[int, ...] = (14, 7, 2)
    """How many days before a condition is due a reminder goes; one more goes on its day."""
    due_hour: time = time(10)
    due_today: time = time(9)


OUR_DEFAULTS = ForceSettings()


@dataclass(frozen=True)
class Settings:
    """One reading of the environment.  Nothing changes while the portal runs."""

    environment: str = "development"
    var: Path = ROOT / "var"
    database_url: str = ""
    secret_key: str = field(default="", repr=False)
    retired_secret_keys: tuple[str, ...] = field(default=(), repr=False)
    base_url: str = "http://127.0.0.1:8000"
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    debug: bool = False
    notify_base_url: str = SANDBOX_ADDRESS
    notify_api_key: str = field(default="", repr=False)
    notify_neutral_api_key: str = field(default="", repr=False)
    notify_callback_tokens: tuple[str, ...] = field(default=(), repr=False)
    """The one that Notify shall send from now on, then those that it may still send."""
    notify_templates: Path | None = None
    sms_price: Decimal = Decimal("0.024")
    """Pounds a fragment."""
    regimes_file: Path | None = None
    forces: Mapping[str, ForceSettings] = field(default_factory=dict)

    def of_force(self, code: str | None) -> ForceSettings:
        """What a force chose, or our defaults."""
        return self.forces.get(code or "", OUR_DEFAULTS)

    @property
    def notify_callback_token(self) -> str:
        """The newest; nothing where none is set."""
        return next(iter(self.notify_callback_tokens), "")

    @property
    def is_production(self) -> bool:
        """Whether real people's data may come in: then every guard must be on."""
        return self.environment == "production"

    @property
    def uses_sandbox(self) -> bool:
        """Whether no Notify key is set, so that messages go to the sandbox."""
        return not self.notify_api_key


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the environment, and refuse what is not safe or not understood.

    Raises:
        Misconfigured: naming the variable and what to write instead.
    """
    unknown = sorted(name for name in environment if name.startswith("PORTAL_") and name not in NAMES)
    unknown = [name for name in unknown if not name.startswith("PORTAL_TEST_")]
    if unknown:
        raise Misconfigured(f"{', '.join(unknown)}: no such setting; see docs/operations.md")
    get = {name: environment.get(name, "").strip() for name in NAMES}
    var = Path(get["PORTAL_VAR"] or ROOT / "var")
    kind = get["PORTAL_ENVIRONMENT"] or "development"
    if kind not in ("development", "production"):
        raise Misconfigured("PORTAL_ENVIRONMENT: write development or production")
    secret = get["PORTAL_SECRET_KEY"] or ("" if kind == "production" else _own_secret(var))
    settings = Settings(
        environment=kind,
        var=var,
        database_url=_database_url(get["PORTAL_DATABASE_URL"], var),
        secret_key=secret,
        retired_secret_keys=tuple(get["PORTAL_SECRET_KEYS_RETIRED"].split()),
        base_url=(get["PORTAL_BASE_URL"] or Settings.base_url).rstrip("/"),
        trusted_proxies=_proxies(get["PORTAL_TRUSTED_PROXIES"]),
        debug=get["PORTAL_DEBUG"].lower() in ("1", "true", "yes", "on"),
        notify_base_url=(get["PORTAL_NOTIFY_BASE_URL"] or SANDBOX_ADDRESS).rstrip("/"),
        notify_api_key=get["PORTAL_NOTIFY_API_KEY"],
        notify_neutral_api_key=get["PORTAL_NOTIFY_NEUTRAL_API_KEY"],
        notify_callback_tokens=tuple(get["PORTAL_NOTIFY_CALLBACK_TOKEN"].split())
        or (() if kind == "production" or get["PORTAL_NOTIFY_API_KEY"] else (_sandbox_token(secret),)),
        notify_templates=_path(get["PORTAL_NOTIFY_TEMPLATES"]),
        sms_price=_price(get["PORTAL_NOTIFY_SMS_PRICE"]),
        regimes_file=_path(get["PORTAL_REGIMES_FILE"]),
        forces=_forces(get["PORTAL_FORCES_FILE"]),
    )
    _check_shape(settings)
    if settings.is_production:
        _check_production(settings, get)
    return settings


def _path(value: str) -> Path | None:
    return Path(value) if value else None


def _price(value: str) -> Decimal:
    if not value:
        return Settings.sms_price
    if not re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,5})?", value):
        raise Misconfigured("PORTAL_NOTIFY_SMS_PRICE: write the pounds of one fragment, like 0.024")
    return Decimal(value)


def _forces(path: str) -> dict[str, ForceSettings]:
    """Each force's own settings: a TOML file with a table for each PNC code."""
    if not path:
        return {}
    try:
        tables = tomllib.loads(Path(path).read_text(encoding="utf-8"))
        return {code: _force(table) for code, table in tables.items()}
    except (OSError, ValueError, TypeError) as wrong:
        raise Misconfigured(f"PORTAL_FORCES_FILE: {wrong}") from wrong


def _force(table: dict[str, Any]) -> ForceSettings:
    fixed: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in table.items()
    }
    return ForceSettings(**fixed)


def _database_url(value: str, var: Path) -> str:
    if not value:
        return f"sqlite+aiosqlite:///{var / 'portal.db'}"
    for plain, driven in (
        ("sqlite://", "sqlite+aiosqlite://"),
        ("postgresql://", "postgresql+asyncpg://"),
        ("postgres://", "postgresql+asyncpg://"),
    ):
        if value.startswith(plain):
            return driven + value.removeprefix(plain)
    if value.startswith(("sqlite+aiosqlite://", "postgresql+asyncpg://")):
        return value
    raise Misconfigured("PORTAL_DATABASE_URL: write sqlite:///path/to/file.db or postgresql://…")


def _proxies(value: str) -> tuple[IPv4Network | IPv6Network, ...]:
    if "*" in value:
        raise Misconfigured("PORTAL_TRUSTED_PROXIES: name each proxy's address; * would trust any client")
    try:
        networks = tuple(ip_network(word) for word in value.replace(",", " ").split())
    except ValueError as wrong:
        raise Misconfigured(f"PORTAL_TRUSTED_PROXIES: {wrong}") from wrong
    if any(network.prefixlen == 0 for network in networks):
        raise Misconfigured("PORTAL_TRUSTED_PROXIES: name each proxy's address; /0 would trust any client")
    return networks


def _own_secret(var: Path) -> str:
    """A secret of this machine's own, made once.  There is no default secret, anywhere."""
    kept = var / "secret_key"
    if not kept.exists():
        var.mkdir(parents=True, exist_ok=True)
        try:
            handle = os.open(kept, os.O_CREAT | os.O_EXCL | os.O_WRONLY, stat.S_IRUSR | stat.S_IWUSR)
        except FileExistsError:
            return kept.read_text().strip()
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(48))
    return kept.read_text().strip()


def _sandbox_token(secret: str) -> str:
    """What the sandbox and the portal of one machine agree on without being told."""
    return hmac.digest(secret.encode(), b"callbacks of the sandbox", "sha256").hex()


SHORTEST_SECRET = 32


def _check_shape(settings: Settings) -> None:
    secrets_given = (settings.secret_key, *settings.retired_secret_keys)
    if settings.secret_key and any(len(secret) < SHORTEST_SECRET for secret in secrets_given):
        raise Misconfigured("PORTAL_SECRET_KEY: at least 32 characters, made at random")
    base = urlsplit(settings.base_url)
    if base.scheme not in ("http", "https") or not base.netloc or base.path or base.query:
        raise Misconfigured("PORTAL_BASE_URL: write the address alone, like https://resolve.police.example")


SERVICE_OF_KEY = slice(-73, -37)
"""Where a key of Notify's tells its service: before the secret."""


def _check_production(settings: Settings, given: Mapping[str, str]) -> None:
    """Case 36 of the security design: a start that would not be safe is refused, with the reason."""
    wrong = [
        reason
        for reason, holds in (
            ("PORTAL_SECRET_KEY: set one; there is no default", bool(settings.secret_key)),
            ("PORTAL_DEBUG: must be off", not settings.debug),
            (
                "PORTAL_BASE_URL: must be set, and begin with https://",
                settings.base_url.startswith("https://"),
            ),
            (
                "PORTAL_DATABASE_URL: must be set; there is no default in production",
                bool(given["PORTAL_DATABASE_URL"]),
            ),
            ("PORTAL_NOTIFY_API_KEY: must be set; the sandbox is for development", not settings.uses_sandbox),
            (
                "PORTAL_NOTIFY_NEUTRAL_API_KEY: must be of another service, whose name tells nothing",
                not settings.notify_neutral_api_key
                or settings.notify_neutral_api_key[SERVICE_OF_KEY] != settings.notify_api_key[SERVICE_OF_KEY],
            ),
            (
                "PORTAL_NOTIFY_BASE_URL: must be set, and begin with https://",
                settings.notify_base_url.startswith("https://"),
            ),
            ("PORTAL_NOTIFY_CALLBACK_TOKEN: must be set", bool(settings.notify_callback_tokens)),
            ("PORTAL_NOTIFY_TEMPLATES: must name the file of template ids", bool(settings.notify_templates)),
        )
        if not holds
    ]
    if wrong:
        raise Misconfigured("refusing to start in production:\n  " + "\n  ".join(wrong))
