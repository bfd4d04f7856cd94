"""What becomes of a message: Notify's numbers and addresses that fail, and the rest that arrive."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.notify_sandbox.config import Channel, SandboxConfig
from portal.notify_sandbox.phones import Phone

DELIVERED, PERMANENT, TEMPORARY = "delivered", "permanent-failure", "temporary-failure"

_SMOKE_NUMBERS = {"447700900000", "447700900111", "447700900222"}
_SMOKE_ADDRESSES = {f"simulate-delivered{suffix}@notifications.service.gov.uk" for suffix in ("", "-2", "-3")}
_NUMBERS = {"7700900002": PERMANENT, "7700900003": TEMPORARY}
_ADDRESSES = {"perm-fail@simulator.notify": PERMANENT, "temp-fail@simulator.notify": TEMPORARY}


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
    if phone is None:
        outcome = _ADDRESSES.get(recipient, DELIVERED)
    else:
        outcome = _NUMBERS.get(phone.digits[-10:], DELIVERED)
    if config.receipts_before_answer:
        sent_at = completed_at = now
    else:
        sent_at = now + timedelta(seconds=config.sending_after)
        completed_at = max(sent_at, now + timedelta(seconds=config.receipt_after))
    handed_over = "sent" if phone is not None and phone.abroad else "sending"
    return Plan(sent_at, completed_at, handed_over, outcome)
