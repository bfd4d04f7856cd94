"""Staff accounts, and their two steps of signing in."""

from dataclasses import dataclass
from datetime import timedelta

import pyotp

from portal.domain.audit import LoggedAs
from portal.domain.staff import Role, StaffMember
from portal.errors import RuleBroken
from portal.services import passwords
from portal.services.signing_in import normal_form
from portal.storage import limits, sessions
from portal.storage.limits import Limit
from portal.storage.sessions import Session, Stage
from portal.storage.unit_of_work import StaffWork

TRIES_PER_ACCOUNT = Limit("staff sign-ins per account", 10, timedelta(minutes=5))
CODES_PER_ACCOUNT = Limit("staff codes per account", 10, timedelta(minutes=5))
FAILURES_PER_ADDRESS = Limit("staff sign-ins refused per address", 10, timedelta(minutes=5))
"""Failures alone: a whole station signs in from one address."""
LONGEST_PASSWORD = 128
SHORTEST_PASSWORD = 12
STEP_SECONDS = 30


class AlreadyAdded(RuleBroken):
    """Somebody signs in with this e-mail address already."""


class PasswordIsWeak(RuleBroken):
    """A password needs 12 to 128 characters."""


@dataclass(frozen=True)
class Added:
    """A new account, and what to put into the authenticator app, shown this once."""

    member: StaffMember
    totp_uri: str


async def add(work: StaffWork, *, force: str, name: str, email: str, role: Role, password: str) -> Added:
    """Add a member of staff.

    Raises:
        AlreadyAdded: if the address is taken.
        PasswordIsWeak: if the password is too short or too long.
    """
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise PasswordIsWeak("a password needs 12 to 128 characters")
    if await work.staff.with_email(email):
        raise AlreadyAdded("somebody signs in with this e-mail address already")
    secret = pyotp.random_base32()
    member = StaffMember(
        force=force,
        name=name,
        email=email,
        role=role,
        password_hash=await passwords.hashed(password),
        totp_secret=secret,
        added_at=work.now,
    )
    work.staff.add(member)
    await work.record("staff.added", LoggedAs.COLLECTION, force=force, record_id=member.id, role=role.value)
    return Added(member, pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name="Amends"))


async def check_password(work: StaffWork, email: str, password: str, *, address: str) -> Session | None:
    """The first step.  It takes as long whether there is such an account or not.

    Returns:
        A session that still needs the second step, or None.

    Raises:
        TooMany: after ten tries in five minutes, right ones too; other accounts are not affected.
    """
    await limits.check(work.session, FAILURES_PER_ADDRESS, address, now=work.now)
    await limits.count(work.session, TRIES_PER_ACCOUNT, email.casefold(), now=work.now)
    member = await work.staff.with_email(email)
    usable = member if member and member.disabled_at is None else None
    right = len(password) <= LONGEST_PASSWORD and await passwords.matches(
        usable.password_hash if usable else passwords.NOBODY, password
    )
    if usable is None or not right:
        await limits.count(work.session, FAILURES_PER_ADDRESS, address, now=work.now)
        await work.record(
            "staff.refused", LoggedAs.SECURITY, record_id=usable.id if usable else None, factor=1
        )
        return None
    if work.who.session:
        await sessions.revoke(work.session, work.who.session, now=work.now)
    if passwords.is_weak(usable.password_hash):
        usable.password_hash = await passwords.hashed(password)
    return await sessions.begin(
        work.session, surface="staff", stage=Stage.PASSWORD, now=work.now, claim_id=usable.id
    )


async def check_totp(work: StaffWork, first: Session, typed: str, *, address: str) -> Session | None:
    """The second step: a code of their authenticator, of now or the step before or after, once.

    Returns:
        A new, signed-in session, or None.
    """
    member = await work.staff.find(first.claim_id) if first.claim_id else None
    if member is None or member.disabled_at is not None:
        return None
    await limits.check(work.session, FAILURES_PER_ADDRESS, address, now=work.now)
    await limits.count(work.session, CODES_PER_ACCOUNT, str(member.id), now=work.now)
    step = _step_of(member, normal_form(typed), at=int(work.now.timestamp()))
    if step is None or not await work.staff.use_step(member, step):
        await limits.count(work.session, FAILURES_PER_ADDRESS, address, now=work.now)
        await work.record(
            "staff.refused", LoggedAs.SECURITY, force=member.force, record_id=member.id, factor=2
        )
        return None
    await sessions.revoke(work.session, first, now=work.now)
    signed_in = await sessions.begin(
        work.session,
        surface="staff",
        stage=Stage.SIGNED_IN,
        now=work.now,
        person_id=member.id,
        force=member.force,
    )
    await work.record("staff.signed_in", LoggedAs.SECURITY, force=member.force, record_id=member.id)
    return signed_in


def _step_of(member: StaffMember, code: str, *, at: int) -> int | None:
    totp = pyotp.TOTP(member.totp_secret)
    steps = (at // STEP_SECONDS + drift for drift in (0, -1, 1))
    return next((step for step in steps if pyotp.utils.strings_equal(totp.generate_otp(step), code)), None)
