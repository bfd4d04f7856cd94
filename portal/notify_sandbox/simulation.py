"""What becomes of a message: Notify's numbers and addresses that fail, and the rest that arrive."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from portal.notify_sandbox import recipients
from portal.notify_sandbox.config import Channel, SandboxConfig
from portal.notify_sandbox.phones import Phone

DELIVERED, PERMANENT, TEMPORARY = "delivered", "permanent-failure", "temporary-failure"
NEVER = datetime.max.replace(tzinfo=UTC)

_SMOKE_NUMBERS = {"447700900000", "447700900111", "447700900222"}
_SMOKE_ADDRESSES = {f"simulate-delivered{suffix}@notifications.service.gov.uk" for suffix in ("", "-2", "-3")}
_NUMBERS = {"7700900002": PERMANENT, "7700900003": TEMPORARY}
_ADDRESSES = {"perm-fail@simulator.notify": PERMANENT, "temp-fail@simulator.notify": TEMPORARY}
_NOT_FINAL = {"sending", "pending", "sent"}


@dataclass(frozen=True)
class Plan:
    """When a message is handed over and when it ends, and how."""

    sent_at: datetime
    completed_at: datetime
    handed_over: str
    outcome: str


def vanishes(channel: Channel, comparable: str) -> bool:
    """Whether Notify accepts a message to this recipient, and forgets it at once."""
    return comparable in (_SMOKE_NUMBERS if channel is Channel.SMS else _SMOKE_ADDRESSES)


def plan(config: SandboxConfig, recipient: str, phone: Phone | None, *, now: datetime) -> Plan:
    """Settle what becomes of a message.  A recipient that fails does so with every type of key."""
    outcome = _outcome(config.outcomes, recipient, phone)
    if config.receipts_before_answer:
        sent_at = completed_at = now
    else:
        sent_at = now + timedelta(seconds=config.sending_after)
        completed_at = max(sent_at, now + timedelta(seconds=config.receipt_after))
    if outcome in _NOT_FINAL:
        return Plan(sent_at, NEVER, outcome, outcome)
    return Plan(sent_at, completed_at, "sent" if phone is not None and phone.abroad else "sending", outcome)


def _outcome(chosen: Mapping[str, str], recipient: str, phone: Phone | None) -> str:
    key = recipient.lower() if phone is None else phone.digits
    for written, outcome in chosen.items():
        if recipients.any_comparable(written) == key:
            return outcome
    if phone is None:
        return _ADDRESSES.get(recipient, DELIVERED)
    return _NUMBERS.get(phone.digits[-10:], DELIVERED)
