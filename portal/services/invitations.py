"""The first message: it tells a person that there is something to do, and gives them the link."""

import json

from portal.domain.audit import LoggedAs
from portal.domain.cases import Case
from portal.domain.links import LINK_LIFE, Link
from portal.domain.messages import Message, Purpose, next_waking
from portal.domain.offenders import Offender
from portal.storage.keys import new_token, token_hash
from portal.storage.unit_of_work import UnitOfWork


async def invite(work: UnitOfWork, offender: Offender, case: Case) -> None:
    """Post the first message about a case, unless one to this person still waits to be sent."""
    if not offender.is_reachable or await work.outbox.waiting(offender.id, Purpose.INVITATION):
        return
    token = new_token()
    message = Message(
        offender_id=offender.id,
        case_id=case.id,
        purpose=Purpose.INVITATION,
        language=offender.language,
        key=f"invitation:{case.id}",
        personalisation=json.dumps({"token": token, "phone": case.officer_phone}),
        posted_at=work.now,
        due_at=next_waking(work.now),
        send_before=work.now + Purpose.INVITATION.life,
    )
    if await work.outbox.post(message):
        work.links.add(
            Link(
                offender_id=offender.id,
                token_hash=token_hash(token),
                made_at=work.now,
                expires_at=work.now + LINK_LIFE,
            )
        )
        await work.record(
            "invitation.posted", LoggedAs.DISCLOSURE, force=case.force, case_id=case.id, record_id=message.id
        )
