"""A number or an address that turned out to reach nobody: it is used no more, and staff are told."""

from portal.domain.audit import LoggedAs
from portal.domain.contact_rules import Fault, StoppedContact
from portal.domain.messages import Message
from portal.domain.tasks import TaskKind
from portal.services.left_to_staff import leave
from portal.services.reaching import contact_of
from portal.storage.mapping import contact
from portal.storage.unit_of_work import WholeWork


async def stop_contact_of(work: WholeWork, message: Message, fault: Fault) -> None:
    """Stop the contact that the message went to, if the person still has it."""
    await leave(work, TaskKind.CONTACT_IS_WRONG, message)
    if message.channel is None:
        return
    offender = await work.offenders.find(message.offender_id)
    to = contact_of(offender, message.channel)
    if to is None or message.contact_index not in work.keys.indexes(*contact(message.channel, to)):
        return
    stopped = StoppedContact(channel=message.channel, contact=to, fault=fault, at=work.now)
    if await work.contact_rules.stop(stopped):
        await work.record(
            "contact.stopped",
            LoggedAs.ALTERATION,
            force=offender.force,
            case_id=message.case_id,
            record_id=offender.id,
            channel=message.channel.value,
            fault=fault.value,
        )
