"""A message that did not arrive goes once more, another way: at once, or when nothing was heard for long."""

from portal.clock import LONDON
from portal.domain.contact_rules import ContactRules
from portal.domain.messages import Channel, Held, Message, MessageState
from portal.domain.offenders import Offender
from portal.services.contents import can_be_written_anew
from portal.services.couriers import Works
from portal.services.reaching import reach_of
from portal.storage.unit_of_work import WholeWork

NOTHING = "{}"
AT_ONCE = 40


async def fall_back(work: WholeWork, message: Message, *, again: bool = False) -> bool:
    """Post it anew for the other channel, if that is allowed, safe and in time.

    Args:
        work: ours until it ends.
        message: what did not arrive; it may not have been wiped yet.
        again: whether it may go by the same channel once more, where the other cannot be used.

    Returns:
        Whether it goes.  At most one message goes in place of another, and none in place of that.
    """
    can_be_said = message.personalisation != NOTHING or can_be_written_anew(message)
    if message.instead_of or message.channel is None or not can_be_said:
        return False
    offender = await work.offenders.find(message.offender_id)
    rules = await work.contact_rules.of_offender(offender.id)
    if not _is_in_time(work, message, rules):
        return False
    channel = await _channel(work, message.channel, offender, rules, again=again)
    return channel is not None and await work.outbox.post(_instead_of(work, message, channel))


async def fall_back_in_silence(works: Works) -> int:
    """Send by e-mail too what nobody said in time had arrived.  Say of how many texts that was so."""
    async with works() as work:
        silent = await work.outbox.to_fall_back(now=work.now, most=AT_ONCE)
        for message in silent:
            message.falls_back_at = None
            if message.state is MessageState.ACCEPTED:
                await fall_back(work, message)
    return len(silent)


def _is_in_time(work: WholeWork, message: Message, rules: ContactRules) -> bool:
    now = work.now
    if rules.hindrance(message.purpose, on=now.astimezone(LONDON).date()):
        return False
    goes_at = now if message.purpose.answers_the_person else rules.times.window.next_open(now)
    return goes_at < message.send_before


async def _channel(
    work: WholeWork, tried: Channel, offender: Offender, rules: ContactRules, *, again: bool
) -> Channel | None:
    """Never one that they did not choose: whoever chose texts gets no e-mail instead."""
    reach = await reach_of(work, [offender])
    for channel in (tried.other, tried) if again else (tried.other,):
        if not isinstance(reach.choose(offender, rules, only=channel), Held):
            return channel
    return None


def _instead_of(work: WholeWork, message: Message, channel: Channel) -> Message:
    return Message(
        offender_id=message.offender_id,
        case_id=message.case_id,
        about_id=message.about_id,
        purpose=message.purpose,
        language=message.language,
        key=f"{message.key}:other",
        personalisation=message.personalisation,
        posted_at=work.now,
        due_at=work.now,
        send_before=message.send_before,
        channel=channel,
        instead_of=message.id,
    )
