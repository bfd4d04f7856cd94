"""What stops messages from going out for a while: all of a service, a channel of it, or one wording."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(eq=False, kw_only=True)
class Brake:
    """While it is on, what it names is not handed to Notify; the messages wait."""

    name: str
    """``service``, ``service.channel`` or the name of a wording."""
    reason: str
    """Notify's status and error name, as in ``403 AuthError``."""
    set_at: datetime
    until: datetime
