"""Sign-ins.  An id is made only by us, kept only hashed, and never brought back to life.

Limits of the security design, section 4.2: offender 15 minutes idle and 2 hours in all,
staff 15 minutes and 10 hours.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from portal.storage.keys import new_token, token_hash
from portal.storage.lookups import LookUp
from portal.storage.tables import sessions


class Stage(StrEnum):
    """How far somebody has come in signing in."""

    ASKED = "asked"
    PASSWORD = "password"  # noqa: S105 - a stage, not a secret
    SIGNED_IN = "signed_in"


@dataclass(frozen=True)
class Life:
    """How long a session may last: without a request, and in all."""

    idle: timedelta
    absolute: timedelta


LIVES = {
    "offender": Life(timedelta(minutes=15), timedelta(hours=2)),
    "staff": Life(timedelta(minutes=15), timedelta(hours=10)),
    "provider": Life(timedelta(minutes=15), timedelta(hours=10)),
    "victim": Life(timedelta(minutes=10), timedelta(minutes=60)),
}


@dataclass(frozen=True, slots=True)
class Session:
    """A live session, as it was read at the beginning of a request."""

    id: str
    id_hash: bytes
    surface: str
    stage: Stage
    person_id: UUID | None
    claim_id: UUID | None
    """What they said they are, before it is proven: the link, or the staff member."""
    force: str | None = None

    @property
    def is_signed_in(self) -> bool:
        """Whether they have proven who they are."""
        return self.stage is Stage.SIGNED_IN


_FIND = LookUp(
    select(
        *(sessions.c.stage, sessions.c.person_id, sessions.c.claim_id, sessions.c.force),
        *(sessions.c.seen_at, sessions.c.ends_at),
    ).where(
        sessions.c.id_hash == bindparam("id_hash"),
        sessions.c.surface == bindparam("surface"),
        sessions.c.revoked_at.is_(None),
    )
)
TOUCH = (
    update(sessions)
    .where(sessions.c.id_hash == bindparam("of"), sessions.c.revoked_at.is_(None))
    .values(seen_at=bindparam("seen_at"))
)


async def find(connection: AsyncConnection, id: str, *, surface: str, now: datetime) -> Session | None:  # noqa: A002
    """The live session with this id, if it is one of this surface and has not run out."""
    id_hash = token_hash(id)
    row = await _FIND.row(connection, id_hash=id_hash, surface=surface)
    if row is None:
        return None
    stage, person_id, claim_id, force, seen_at, ends_at = row
    if now >= ends_at or now >= seen_at + LIVES[surface].idle:
        return None
    return Session(id, id_hash, surface, Stage(stage), person_id, claim_id, force)


async def begin(  # its id is 256 bits
    connection: AsyncConnection | AsyncSession,
    *,
    surface: str,
    stage: Stage,
    now: datetime,
    person_id: UUID | None = None,
    claim_id: UUID | None = None,
    force: str | None = None,
) -> Session:
    """A new session.  At every change of privilege: this, and :func:`revoke` of the old one."""
    token = new_token(32)
    session = Session(token, token_hash(token), surface, stage, person_id, claim_id, force)
    await connection.execute(
        insert(sessions).values(
            id_hash=session.id_hash,
            surface=surface,
            person_id=person_id,
            stage=stage.value,
            claim_id=claim_id,
            force=force,
            begun_at=now,
            seen_at=now,
            ends_at=now + LIVES[surface].absolute,
        )
    )
    return session


async def touch(connection: AsyncConnection | AsyncSession, session: Session, *, now: datetime) -> None:
    """Somebody is still there.  Only a live row is written: a session that ended stays ended."""
    await connection.execute(TOUCH, touched(session, now=now))


def touched(session: Session, *, now: datetime) -> dict[str, Any]:
    """What :data:`TOUCH` is executed with."""
    return {"of": session.id_hash, "seen_at": now}


async def revoke(connection: AsyncConnection | AsyncSession, session: Session, *, now: datetime) -> None:
    """End it, at the server, now."""
    await connection.execute(
        update(sessions)
        .where(sessions.c.id_hash == session.id_hash, sessions.c.revoked_at.is_(None))
        .values(revoked_at=now)
    )


async def revoke_all(connection: AsyncConnection | AsyncSession, person_id: UUID, *, now: datetime) -> None:
    """End every session of a person: they were disabled, or asked to be signed out everywhere."""
    await connection.execute(
        update(sessions)
        .where(sessions.c.person_id == person_id, sessions.c.revoked_at.is_(None))
        .values(revoked_at=now)
    )


async def purge(connection: AsyncConnection | AsyncSession, *, now: datetime) -> None:
    """Forget sessions a day after their end (retention table)."""
    await connection.execute(delete(sessions).where(sessions.c.ends_at < now - timedelta(days=1)))
