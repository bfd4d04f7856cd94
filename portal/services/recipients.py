"""Who gets what staff are about to send, by the rules that hold for every message."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from portal.clock import LONDON
from portal.domain.messages import Channel, MessageState, Purpose
from portal.domain.recipients import LeftOut, Reason, Way, hindrance, way_to
from portal.domain.runs import Choice
from portal.domain.windows import QUIET_FROM
from portal.storage import recipients
from portal.storage.recipients import Candidate, OfTheDay


@dataclass(frozen=True, slots=True)
class Recipient:
    """One person, when the message goes to them, and why not, if it does not."""

    candidate: Candidate
    due_at: datetime
    send_before: datetime
    channel: Channel | None
    replaces: OfTheDay | None
    """The reminder of the same that was planned: it is withdrawn."""
    reason: Reason | None = None


@dataclass(frozen=True)
class Recipients:
    """All whom a choice names, each person once."""

    chosen: Sequence[Recipient]
    left_out: Sequence[Recipient]

    @cached_property
    def reasons(self) -> Mapping[Reason, int]:
        """How many are left out, and why; most first."""
        return dict(Counter(each.reason for each in self.left_out if each.reason).most_common())

    def without(self, offender_ids: set[UUID], reason: Reason) -> "Recipients":
        """The same, with these people left out."""
        out = [each for each in self.chosen if each.candidate.offender_id in offender_ids]
        return Recipients(
            [each for each in self.chosen if each.candidate.offender_id not in offender_ids],
            [*self.left_out, *(replace(each, reason=reason) for each in out)],
        )


async def find(
    records: AsyncConnection | AsyncSession, force: str, choice: Choice, *, now: datetime
) -> Recipients:
    """Everybody of the force whom the choice names, and who of them gets the message."""
    days = await recipients.reminders_of_the_day(records, force, choice, now=now)
    found: dict[UUID, Recipient] = {}
    for candidate in await recipients.candidates(records, force, choice, now=now):
        known = found.get(candidate.offender_id)
        if known is None or known.reason is not None:
            each = _judged(candidate, choice.purpose, days.get(candidate.offender_id, ()), now=now)
            found[candidate.offender_id] = known if known and each.reason else each
    return Recipients(
        [each for each in found.values() if each.reason is None],
        [each for each in found.values() if each.reason is not None],
    )


def _judged(
    candidate: Candidate, purpose: Purpose, of_them: Sequence[OfTheDay], *, now: datetime
) -> Recipient:
    due_at = candidate.rules.times.window.next_open(now)
    send_before = _end(candidate, purpose, due_at)
    replaces = _planned(candidate, purpose, of_them)
    way = way_to(candidate.ways, candidate.rules.channel)
    day = due_at.astimezone(LONDON).date()
    reason: Any = hindrance(
        purpose,
        candidate.ways,
        candidate.rules,
        on=day,
        is_open=candidate.is_open,
        is_needed=candidate.is_needed,
    )
    if reason is None and due_at >= send_before:
        reason = LeftOut.TOO_LATE
    if reason is None and any(
        each is not replaces and each.at.astimezone(LONDON).date() == day for each in of_them
    ):
        reason = LeftOut.ALREADY_TODAY
    channel = way.channel if isinstance(way, Way) else None
    return Recipient(candidate, due_at, send_before, channel, replaces, reason)


def _end(candidate: Candidate, purpose: Purpose, due_at: datetime) -> datetime:
    """The moment from which the message would be of no use."""
    if candidate.starts_at:
        return candidate.starts_at
    if candidate.due_on:
        return datetime.combine(candidate.due_on, QUIET_FROM, LONDON)
    return due_at + purpose.life


def _planned(candidate: Candidate, purpose: Purpose, of_them: Sequence[OfTheDay]) -> OfTheDay | None:
    """The next reminder of the very same, if one is planned."""
    same = [
        each
        for each in of_them
        if each.is_planned
        and each.state is MessageState.QUEUED
        and (each.purpose, each.about_id) == (purpose, candidate.about_id)
    ]
    return min(same, key=lambda each: each.at, default=None) if candidate.about_id else None
