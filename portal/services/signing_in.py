"""How an offender gets in: a link, a code by text, a session.

Whether the link is right, run out, revoked or made up, the person sees the same pages and
waits as long (T-LK 7): whoever holds a stranger's phone learns nothing.
"""

import json
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from portal.domain.audit import LoggedAs
from portal.domain.links import CODE_DIGITS, Code, Link
from portal.domain.messages import Message, Purpose
from portal.domain.offenders import Offender
from portal.languages import Language, spoken
from portal.services import passwords
from portal.storage import limits, sessions
from portal.storage.keys import token_hash
from portal.storage.limits import Limit
from portal.storage.sessions import Session, Stage
from portal.storage.unit_of_work import UnitOfWork

CODES_AN_HOUR = Limit("codes an hour", 3, timedelta(hours=1))
CODES_A_DAY = Limit("codes a day", 10, timedelta(days=1))


async def ask_for_code(work: UnitOfWork, token: str) -> Session:
    """Somebody holds a link and asks for a code: send one to the person whom the link is for.

    Returns:
        The browser's session, not signed in.  It is given for a dead link too.

    Raises:
        TooMany: if an hour or a day allows no more for this person, or for this dead link.
    """
    link = await work.links.with_token(token)
    claim_id = link.id if link else UUID(bytes=token_hash(token)[:16])
    if work.who.session:
        await sessions.revoke(work.session, work.who.session, now=work.now)
    browser = await sessions.begin(
        work.session, surface="offender", stage=Stage.ASKED, now=work.now, claim_id=claim_id
    )
    await _send_code(work, link, browser)
    return browser


async def ask_again(work: UnitOfWork, browser: Session) -> None:
    """The text did not come: send a new code, which kills the old.

    Raises:
        TooMany: if this person was sent as many codes as an hour or a day allows.
    """
    link = await work.links.find(browser.claim_id) if browser.claim_id else None
    await _send_code(work, link, browser)


async def _send_code(work: UnitOfWork, link: Link | None, browser: Session) -> None:
    """Send it, if the link is live.  One that is dead or made up takes as long, and as many tries."""
    live = link if link and link.is_live(at=work.now) else None
    whose = str(live.offender_id if live else browser.claim_id)
    for limit in (CODES_AN_HOUR, CODES_A_DAY):
        await limits.count(work.session, limit, whose, now=work.now)
    digits = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
    code_hash = await passwords.hashed(digits)
    if live is None:
        return
    offender = await work.offenders.find(live.offender_id)
    code = Code(offender_id=offender.id, browser_hash=browser.id_hash, code_hash=code_hash, made_at=work.now)
    await work.codes.replace(code, now=work.now)
    await work.outbox.post(
        Message(
            offender_id=offender.id,
            purpose=Purpose.CODE,
            language=offender.language,
            key=f"code:{code.id}",
            personalisation=json.dumps({"code": digits}),
            posted_at=work.now,
            due_at=work.now,
            send_before=code.expires_at,
        )
    )
    await work.record("code.posted", LoggedAs.SECURITY, force=offender.force, record_id=offender.id)


@dataclass(frozen=True)
class SignedIn:
    """Somebody has proven who they are."""

    session: Session
    language: Language
    """The one that texts and pages speak to them."""


async def enter_code(
    work: UnitOfWork, browser: Session, typed: str, *, chosen: Language | None = None
) -> SignedIn | None:
    """Try a code.  Right, it is used up and the browser gets a new, signed-in session.

    Args:
        work: ours until it ends.
        browser: the session that asked for the code.
        typed: what they typed.
        chosen: the language that they chose on the way in; texts speak it from now on.

    Returns:
        The new session, or None when the code is wrong, used, worn out or run out.
    """
    digits = normal_form(typed)
    code = await work.codes.of_browser(browser.id_hash)
    if code is None or not code.is_live(at=work.now) or not await work.codes.count_try(code):
        await passwords.matches(passwords.NOBODY, digits)
        return None
    if not await passwords.matches(code.code_hash, digits):
        await work.record("code.refused", LoggedAs.SECURITY, record_id=code.offender_id)
        return None
    if not await work.codes.spend(code, now=work.now):
        return None
    offender = await work.offenders.find(code.offender_id)
    await sessions.revoke(work.session, browser, now=work.now)
    signed_in = await sessions.begin(
        work.session,
        surface="offender",
        stage=Stage.SIGNED_IN,
        now=work.now,
        person_id=offender.id,
        claim_id=browser.claim_id,
        force=offender.force,
    )
    await work.record("offender.signed_in", LoggedAs.SECURITY, force=offender.force, record_id=offender.id)
    return SignedIn(signed_in, await _speak(work, offender, chosen))


async def _speak(work: UnitOfWork, offender: Offender, chosen: Language | None) -> Language:
    language = spoken(offender.language)
    if chosen is None or chosen is language:
        return language
    offender.language = chosen.code
    await work.record(
        "language.chosen",
        LoggedAs.ALTERATION,
        force=offender.force,
        record_id=offender.id,
        language=chosen.code,
    )
    return chosen


async def sign_out(work: UnitOfWork, session: Session) -> None:
    """End the session at the server, now."""
    await sessions.revoke(work.session, session, now=work.now)
    await work.record(f"{session.surface}.signed_out", LoggedAs.SECURITY, record_id=session.person_id)


def normal_form(typed: str) -> str:
    """A code as people type it, in the digits of any script, without spaces and dashes (T-LK 3)."""
    plain = unicodedata.normalize("NFKC", typed)
    return "".join(str(unicodedata.decimal(letter)) for letter in plain if letter.isdecimal())
