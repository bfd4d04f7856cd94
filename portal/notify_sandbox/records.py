"""What the sandbox remembers of a message, a reply and a callback."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

from portal.clock import LONDON

REPLIES_ARE_KEPT_FOR = 7
"""Days, whatever a service has set for what it sends."""


def stamp(moment: datetime) -> str:
    """A moment as Notify writes it.  Such texts sort by time."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"


def as_moment(text: str) -> datetime:
    """The moment that ``stamp`` wrote down."""
    return datetime.fromisoformat(text)


def retained_since(now: datetime, *, days: int) -> str:
    """The moment before which Notify has forgotten: a midnight in London."""
    midnight = now.astimezone(LONDON).replace(hour=0, minute=0, second=0, microsecond=0)
    return stamp(midnight - timedelta(days=days))


@dataclass(frozen=True, kw_only=True)
class Notification:
    """An accepted message.  How it will go is settled at once, and shows as time passes."""

    id: str
    service_id: str
    key_type: str
    type: str
    sender: str
    """Whom it is from: a name or number for a text, an address for an email."""
    recipient: str
    """As the sender wrote it."""
    comparable: str
    reference: str | None
    template_id: str
    template_version: int
    template_name: str
    subject: str | None
    body: str
    sent_text: str
    """What arrives: a text has the service's name before it, if the service wants that."""
    unsubscribe_url: str | None
    created_at: str
    sent_at: str
    completed_at: str
    handed_over: str
    """Its status between being sent and being completed."""
    outcome: str
    fragments: int
    multiplier: float
    seq: int = 0

    def status_at(self, now: str) -> str:
        """How far it has got."""
        if self.completed_at <= now:
            return self.outcome
        return self.handed_over if self.sent_at <= now else "created"


@dataclass(frozen=True, kw_only=True)
class ReceivedText:
    """A text that somebody sent to a service."""

    id: str
    service_id: str
    created_at: str
    notify_number: str
    user_number: str
    content: str
    seq: int = 0


@dataclass(frozen=True, kw_only=True)
class Call:
    """A callback to make.  One without a token takes the one that is set when it is made."""

    service_id: str
    url: str
    token: str | None
    payload: str
    due_at: str
    tries: int = 0
    outcome: str = "waiting"
    seq: int = 0


@dataclass(frozen=True, kw_only=True)
class Filters:
    """Which notifications to list."""

    service_id: str | None = None
    key_type: str | None = None
    statuses: Sequence[str] = ()
    types: Sequence[str] = ()
    reference: str | None = None
    comparable: str | None = None
    older_than: str | None = None
    before: int | None = None
    since: str | None = None

    def given(self) -> dict[str, object]:
        """The filters that do filter."""
        return {name: value for name, value in asdict(self).items() if value not in (None, (), [])}
