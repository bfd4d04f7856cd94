"""Runs: what staff sent to many at once.  No query here forgets of which force."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.domain.runs import Run, RunMessage
from portal.errors import NotFound
from portal.storage.message_tables import runs


@dataclass(frozen=True)
class Runs:
    """Runs, to change them."""

    session: AsyncSession

    def add(self, run: Run, messages: Sequence[RunMessage]) -> None:
        """Keep a new one with what it sends."""
        self.session.add(run)
        self.session.add_all(messages)

    async def of_force(self, force: str, run_id: UUID) -> Run:
        """One of the force's own.

        Raises:
            NotFound: if there is none, or it is another force's.
        """
        run: Run | None = await self.session.scalar(
            select(Run).where(runs.c.id == run_id, runs.c.force == force)
        )
        if run is None:
            raise NotFound(f"run {run_id} of force {force}")
        return run
