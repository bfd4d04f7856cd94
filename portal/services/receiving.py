"""Taking what people text back: what Notify told us of, and what it could not tell us."""

import asyncio
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from sqlalchemy.exc import DBAPIError

from portal.domain.deliveries import CourierIsAway, CourierStopped
from portal.domain.messages import NotifyService
from portal.domain.replies import Received
from portal.services import replies
from portal.services.couriers import Courier, Works

log = logging.getLogger("portal.receiving")
AT_ONCE = 5
A_BATCH = 200
ASK_EVERY = timedelta(minutes=15)
OVERLAP = timedelta(hours=1)
"""Notify tries a callback for 25 minutes, so a text may come to us long after a later one."""
KEPT_BY_NOTIFY = timedelta(days=7)


class Correspondent(Courier, Protocol):
    """Who carries messages, and knows what people send back.  Its methods block too."""

    def received(self, service: NotifyService, *, since: datetime) -> Iterator[Received]:
        """What people texted to a service since then, the newest first.

        Raises:
            CourierStopped, CourierIsAway: if that cannot be known now.
        """


@dataclass
class Receiving:
    """One worker's taking of texts."""

    works: Works
    courier: Correspondent
    _asked_at: datetime | None = None
    _know_until: dict[NotifyService, datetime] = field(default_factory=dict)
    _troubles: dict[NotifyService, str] = field(default_factory=dict)

    async def turn(self, now: datetime) -> int:
        """Ask Notify, if it is time to, and deal with a few texts.  Say how many."""
        if self._asked_at is None or now - self._asked_at >= ASK_EVERY:
            self._asked_at = now
            for service in NotifyService:
                await self._ask(service, now)
        return await take_some(self.works)

    async def _ask(self, service: NotifyService, now: datetime) -> None:
        """Keep what we were not told of.  Where Notify does not answer, the next time asks further back."""
        since = self._know_until.get(service, now - KEPT_BY_NOTIFY) - OVERLAP
        try:
            texts = await asyncio.to_thread(lambda: list(self.courier.received(service, since=since)))
        except (CourierIsAway, CourierStopped) as trouble:
            if self._troubles.get(service) != str(trouble):
                log.info("Notify's %s service does not say what came in (%s)", service, trouble)
            self._troubles[service] = str(trouble)
            return
        self._troubles.pop(service, None)
        for first in range(0, len(texts), A_BATCH):
            await self._keep(texts[first : first + A_BATCH])
        self._know_until[service] = now

    async def _keep(self, texts: Sequence[Received]) -> None:
        async with self.works() as work:
            known = await work.replies.known_among([text.id for text in texts])
            for text in texts:
                if text.id not in known:
                    await replies.receive(work, text)


async def take_some(works: Works) -> int:
    """Deal with the few texts that have waited longest, each in a transaction of its own.

    Returns:
        How many there were.
    """
    for taken in range(AT_ONCE):
        reply_id: UUID | None = None
        try:
            async with works() as work:
                waiting = await work.replies.to_take(most=1)
                for reply in waiting:
                    reply_id = reply.id
                    await replies.take(work, reply)
        except DBAPIError:
            raise
        except Exception as fault:
            if reply_id is None:
                raise
            log.error("a text cannot be taken: %s", type(fault).__name__)  # noqa: TRY400 - values stay out of logs
            async with works() as work:
                await replies.set_aside(work, reply_id)
        if reply_id is None:
            return taken
    return AT_ONCE
