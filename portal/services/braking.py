"""Putting brakes on and taking them off.  Staff can see which are on; the journal keeps which were."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from portal.domain.audit import LoggedAs
from portal.domain.brakes import Brake
from portal.storage.unit_of_work import WholeWork


@dataclass
class Doubts:
    """The last message of each wording that Notify did not take as it is, and none was taken since.

    One message can be at fault alone.  When a second fails, the wording is.
    """

    of_wording: dict[str, UUID] = field(default_factory=dict)

    def confirms(self, wording: str, message_id: UUID) -> bool:
        """Whether this is the second to fail."""
        return self.of_wording.setdefault(wording, message_id) != message_id

    def end(self, wording: str) -> None:
        """One was taken."""
        self.of_wording.pop(wording, None)


@dataclass
class Braking:
    """The brakes, in one unit of work."""

    work: WholeWork
    brakes: dict[str, Brake]

    async def put_on(self, name: str, reason: str, *, until: datetime) -> datetime:
        """Put it on, if it is not on for so long already.  Say when it ends."""
        before = self.brakes.get(name)
        is_on = before is not None and before.until > self.work.now
        if before is not None and is_on and before.until >= until:
            return before.until
        brake = Brake(name=name, reason=reason, set_at=self.work.now, until=until)
        await self.work.brakes.put_on(brake)
        self.brakes[name] = brake
        if before is None or not is_on or before.reason != reason:
            await self.work.record("sending.stopped", LoggedAs.SECURITY, brake=name, reason=reason)
        return until

    async def take_off(self, names: Iterable[str], *, wording: str) -> None:
        """Something went that they would have stopped: those that have ended are over, and the wording's."""
        for name in names:
            brake = self.brakes.get(name)
            if brake and (brake.until <= self.work.now or name == wording):
                await self.work.brakes.take_off(name)
                del self.brakes[name]
                await self.work.record("sending.resumed", LoggedAs.SECURITY, brake=name)

    def end_of(self, names: Iterable[str]) -> datetime | None:
        """When the last of these brakes ends; None when none is on."""
        ends = [self.brakes[name].until for name in names if name in self.brakes]
        return max((end for end in ends if end > self.work.now), default=None)
