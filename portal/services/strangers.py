"""What strangers tell us who get what was meant for somebody else."""

from uuid import UUID

from portal.domain.audit import LoggedAs
from portal.domain.contact_rules import Fault, StoppedContact
from portal.domain.links import Link
from portal.domain.messages import Channel
from portal.domain.offenders import Offender
from portal.domain.tasks import Task, TaskKind
from portal.storage.mapping import contact
from portal.storage.unit_of_work import UnitOfWork


async def disown(work: UnitOfWork, token: str) -> None:
    """Whoever holds a link says that it is not for them.  A dead link or a made-up one does nothing."""
    link = await work.links.with_token(token)
    if link is None or not link.is_live(at=work.now):
        return
    offender = await work.offenders.find(link.offender_id)
    await tell_of_stranger(work, offender, await _went_by(work, link, offender), about_id=link.message_id)


async def tell_of_stranger(
    work: UnitOfWork, offender: Offender, channel: Channel | None, *, about_id: UUID | None
) -> None:
    """A stranger got what was meant for the person.

    All that could let the stranger in ends at once, the contact is used for nobody any more, and
    staff are asked to find out how the person can be reached.

    Args:
        work: ours until it ends.
        offender: whom it was meant for.
        channel: which of the person's contacts reaches the stranger; None where that is not known.
        about_id: the message or the reply by which we know.
    """
    await work.codes.kill_of(offender.id, now=work.now)
    links = await work.links.revoke_of(offender.id, now=work.now)
    await _record(work, offender, "links.revoked", links=links)
    to = _contacts(offender).get(channel) if channel else None
    if channel and to:
        stopped = StoppedContact(channel=channel, contact=to, fault=Fault.WRONG_PERSON, at=work.now)
        if await work.contact_rules.stop(stopped):
            await _record(work, offender, "contact.stopped", channel=channel.value)
    await work.tasks.ask_for(
        Task(
            force=offender.force,
            kind=TaskKind.CONTACT_IS_WRONG,
            key=f"contact is wrong:{offender.id}",
            offender_id=offender.id,
            about_id=about_id,
            made_at=work.now,
        )
    )


async def _went_by(work: UnitOfWork, link: Link, offender: Offender) -> Channel | None:
    """By which of the person's present contacts a link reached whoever holds it, as far as we know.

    Where nobody wrote down where its message went, only somebody with one contact leaves no doubt.
    """
    theirs = _contacts(offender)
    message = await work.outbox.find(link.message_id) if link.message_id else None
    if message is None or message.contact_index is None:
        return next(iter(theirs)) if len(theirs) == 1 else None
    indexes = {channel: work.keys.indexes(*contact(channel, to)) for channel, to in theirs.items()}
    return next((channel for channel, known in indexes.items() if message.contact_index in known), None)


def _contacts(offender: Offender) -> dict[Channel, str]:
    contacts = {Channel.SMS: offender.mobile, Channel.EMAIL: offender.email}
    return {channel: to for channel, to in contacts.items() if to}


async def _record(work: UnitOfWork, offender: Offender, deed: str, **details: str | int) -> None:
    await work.record(
        deed, LoggedAs.ALTERATION, force=offender.force, case_id=None, record_id=offender.id, **details
    )
