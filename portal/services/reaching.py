"""Which of a person's numbers and addresses may be used: it reaches them, and nobody else (T-MSG 4)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from portal.domain.contact_rules import ContactRules
from portal.domain.messages import Channel, Held
from portal.domain.offenders import Offender
from portal.domain.recipients import Way, way_to
from portal.errors import PortalError
from portal.storage.keys import KeyRing
from portal.storage.mapping import contact, identity
from portal.storage.unit_of_work import WholeWork


@dataclass(frozen=True)
class Reach:
    """What is known of the contacts of some people, looked up for all of them at once."""

    keys: KeyRing
    stopped: Collection[bytes]
    of_victims: Mapping[Channel, Collection[bytes]]
    of_offenders: Mapping[tuple[Channel, bytes], set[bytes]]
    """Who has it, by their identity: one person may have several records."""

    def choose(
        self, offender: Offender, rules: ContactRules, *, only: Channel | None = None
    ) -> tuple[Channel, str] | Held:
        """By which channel to write to the person, and where; or why by none.

        Args:
            offender: the person.
            rules: their choices.
            only: the one that a message must go by.
        """
        contacts = {
            channel: to
            for channel in Channel
            if only in (None, channel) and (to := contact_of(offender, channel))
        }
        way = way_to([self._way(offender, channel, to) for channel, to in contacts.items()], rules.channel)
        return (way.channel, contacts[way.channel]) if isinstance(way, Way) else way

    def _way(self, offender: Offender, channel: Channel, to: str) -> Way:
        indexes = self.keys.indexes(*contact(channel, to))
        them = set(self.keys.indexes(*identity(offender)))
        return Way(
            channel,
            is_stopped=any(index in self.stopped for index in indexes),
            is_shared=any(
                index in self.of_victims[channel] or not self.of_offenders[channel, index] <= them
                for index in indexes
            ),
        )


def contact_of(offender: Offender, channel: Channel) -> str | None:
    """Their number or their address."""
    return (offender.mobile if channel is Channel.SMS else offender.email) or None


async def reach_of(work: WholeWork, offenders: Iterable[Offender]) -> Reach:
    """Look up what must be known before any of these people is written to."""
    wanted: dict[Channel, set[bytes]] = {channel: set() for channel in Channel}
    for offender in offenders:
        for channel in Channel:
            wanted[channel].update(_indexes(work.keys, offender, channel))
    owners: dict[tuple[Channel, bytes], set[bytes]] = defaultdict(set)
    of_victims: dict[Channel, set[bytes]] = {channel: set() for channel in Channel}
    for channel, indexes in wanted.items():
        if indexes:
            of_victims[channel] = await work.victims.at(channel, indexes)
            for index, who in await work.offenders.at(channel, indexes):
                owners[channel, index].add(who)
    everything = set().union(*wanted.values())
    stopped = await work.contact_rules.stopped_among(everything) if everything else set()
    return Reach(work.keys, stopped, of_victims, owners)


def _indexes(keys: KeyRing, offender: Offender, channel: Channel) -> list[bytes]:
    """Of a contact that cannot be opened there are none; whoever writes to that person finds out."""
    try:
        to = contact_of(offender, channel)
    except PortalError:
        return []
    return keys.indexes(*contact(channel, to)) if to else []
