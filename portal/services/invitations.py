"""The first message: it tells a person that there is something to do, and gives them the link."""

import json

from portal.domain.audit import Event, LoggedAs
from portal.domain.cases import Case
from portal.domain.links import LINK_LIFE, Link
from portal.domain.messages import Message, Purpose
from portal.domain.offenders import Offender
from portal.domain.windows import WAKING
from portal.storage.keys import new_token, token_hash
from portal.storage.unit_of_work import UnitOfWork


def invite(work: UnitOfWork, offender: Offender, case: Case) -> Event:
    """Post the first message about a case, with a link of its own.  Say what is to be written down."""
    token = new_token()
    message = Message(
        offender_id=offender.id,
        case_id=case.id,
        purpose=Purpose.INVITATION,
        language=offender.language,
        key=f"invitation:{token_hash(token).hex()}",
        personalisation=json.dumps({"token": token, "phone": case.officer_phone}),
        posted_at=work.now,
        due_at=WAKING.next_open(work.now),
        send_before=work.now + Purpose.INVITATION.life,
    )
    work.outbox.add(message)
    work.links.add(
        Link(
            offender_id=offender.id,
            token_hash=token_hash(token),
            made_at=work.now,
            expires_at=work.now + LINK_LIFE,
            message_id=message.id,
        )
    )
    return work.event(
        "invitation.posted", LoggedAs.DISCLOSURE, force=case.force, case_id=case.id, record_id=message.id
    )
