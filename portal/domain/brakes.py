"""What stops messages from going out for a while: all of a service, a channel of it, or one wording."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from portal.domain.messages import Channel, NotifyService


class Reach(StrEnum):
    """How much a brake stops, the most first."""

    ALL = "all"
    TEXTS = "texts"
    EMAILS = "emails"
    SOME = "some"
    """Those of one wording, or of the neutral service."""


_REACHES = {
    NotifyService.PLAIN.value: Reach.ALL,
    f"{NotifyService.PLAIN}.{Channel.SMS}": Reach.TEXTS,
    f"{NotifyService.PLAIN}.{Channel.EMAIL}": Reach.EMAILS,
}


@dataclass(eq=False, kw_only=True)
class Brake:
    """While it is on, what it names is not handed to Notify; the messages wait."""

    name: str
    """``service``, ``service.channel`` or the name of a wording."""
    reason: str
    """Notify's status and error name, as in ``403 AuthError``."""
    set_at: datetime
    until: datetime

    @property
    def reach(self) -> Reach:
        """How much of what we send it stops."""
        return _REACHES.get(self.name, Reach.SOME)
