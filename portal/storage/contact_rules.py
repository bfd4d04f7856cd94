"""How people want to be written to, and the numbers and addresses that are used no more."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from portal.domain.contact_rules import ContactRules, Fault, StoppedContact
from portal.domain.messages import Channel
from portal.storage.keys import KeyRing
from portal.storage.lookups import LookUp
from portal.storage.mapping import contact
from portal.storage.message_tables import contact_rules, stopped_contacts
from portal.storage.tables import offenders


@dataclass(frozen=True)
class AllContactRules:
    """Everybody's contact rules, to change them."""

    session: AsyncSession
    keys: KeyRing

    async def of_offender(self, offender_id: UUID, *, to_change: bool = False) -> ContactRules:
        """The person's own; those of somebody who chose nothing are new, and kept once changed."""
        query = select(ContactRules).where(contact_rules.c.id == offender_id)
        rules = await self.session.scalar(query.with_for_update() if to_change else query)
        if rules is None:
            rules = ContactRules(id=offender_id)
            if to_change:
                self.session.add(rules)
        return rules

    async def of_offenders(self, offender_ids: Collection[UUID]) -> dict[UUID, ContactRules]:
        """Those of many people at once; who is not among them chose nothing."""
        query = select(ContactRules).where(contact_rules.c.id.in_(offender_ids))
        return {rules.id: rules for rules in await self.session.scalars(query)}

    async def stop(self, stopped: StoppedContact) -> bool:
        """Use it no more, for anybody.  Say whether that is new."""
        if await self.is_stopped(stopped.channel, stopped.contact):
            return False
        self.session.add(stopped)
        return True

    async def is_stopped(self, channel: Channel, to: str) -> bool:
        """Whether a number or an address is used no more."""
        return await self.fault_of(channel, to) is not None

    async def fault_of(self, channel: Channel, to: str) -> Fault | None:
        """Why a number or an address is used no more; None if it may be used."""
        stopped = await self._stopped(channel, to)
        return stopped.fault if stopped else None

    async def use_again(self, channel: Channel, to: str) -> bool:
        """Somebody made sure that it is right after all.  Say whether it was stopped."""
        stopped = await self._stopped(channel, to)
        if stopped is not None:
            await self.session.delete(stopped)
        return stopped is not None

    async def _stopped(self, channel: Channel, to: str) -> StoppedContact | None:
        indexes = self.keys.indexes(*contact(channel, to))
        found: StoppedContact | None = await self.session.scalar(
            select(StoppedContact).where(stopped_contacts.c.contact_index.in_(indexes)).limit(1)
        )
        return found

    async def stopped_among(self, indexes: Collection[bytes]) -> set[bytes]:
        """Which of these blind indexes belong to numbers and addresses that are used no more."""
        query = select(stopped_contacts.c.contact_index).where(stopped_contacts.c.contact_index.in_(indexes))
        return set(await self.session.scalars(query))


_OF_OFFENDER = LookUp(
    select(
        *(contact_rules.c.channel, contact_rules.c.is_discreet, contact_rules.c.times),
        *(contact_rules.c.paused_until, contact_rules.c.in_custody, contact_rules.c.opted_out),
    ).where(contact_rules.c.id == bindparam("offender_id"))
)


async def of_offender(connection: AsyncConnection | AsyncSession, offender_id: UUID) -> ContactRules:
    """The person's own, to look at."""
    rows = await _OF_OFFENDER.rows(connection, offender_id=offender_id)
    if not rows:
        return ContactRules(id=offender_id)
    channel, is_discreet, times, paused_until, in_custody, opted_out = rows[0]
    return ContactRules(
        id=offender_id,
        channel=channel,
        is_discreet=is_discreet,
        times=times,
        paused_until=paused_until,
        in_custody=in_custody,
        opted_out=opted_out,
    )


_STOPPED_OF_OFFENDER = (
    select(stopped_contacts.c.channel, stopped_contacts.c.fault, stopped_contacts.c.at)
    .join(
        offenders,
        or_(
            stopped_contacts.c.contact_index == offenders.c.mobile_index,
            stopped_contacts.c.contact_index == offenders.c.email_index,
        ),
    )
    .where(offenders.c.id == bindparam("offender_id"))
    .order_by(stopped_contacts.c.channel)
)


@dataclass(frozen=True, slots=True)
class SeenStop:
    """That a number or an address of a person is used no more."""

    channel: Channel
    fault: Fault
    at: datetime


async def stopped_of_offender(
    connection: AsyncConnection | AsyncSession, offender_id: UUID
) -> Sequence[SeenStop]:
    """Which of the person's number and address are used no more."""
    found = await connection.execute(_STOPPED_OF_OFFENDER, {"offender_id": offender_id})
    return [SeenStop(*row) for row in found]
