"""What stops messages from going out for a while: all of a service, a channel of it, or one wording."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from portal.domain.messages import Channel, NotifyService

REFUSED_FOR = timedelta(seconds=30)
"""Notify refuses the key or the clock: until an operator mends it, it is tried again so often."""
BUSY_FOR = (2.0, 5.0)
"""Seconds for which nothing is sent once Notify was asked too fast; a probe would cost a turn, too."""
PAUSED_FOR = timedelta(minutes=10)
"""A wording or a channel that Notify does not take as it is."""


class Reach(StrEnum):
    """How much a brake stops, the most first."""

    ALL = "all"
    TEXTS = "texts"
    EMAILS = "emails"
    SOME = "some"
    """Those of one wording, or of the neutral service."""


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


def of_service(service: NotifyService) -> str:
    """The name of the brake on all that a service sends."""
    return service.value


def of_channel(service: NotifyService, channel: Channel) -> str:
    """The name of the brake on one channel of a service."""
    return f"{service}.{channel}"


def of_wording(wording: str) -> str:
    """The name of the brake on a wording, whatever its version."""
    return wording.partition("@")[0]


_REACHES = {
    of_service(NotifyService.PLAIN): Reach.ALL,
    of_channel(NotifyService.PLAIN, Channel.SMS): Reach.TEXTS,
    of_channel(NotifyService.PLAIN, Channel.EMAIL): Reach.EMAILS,
}
