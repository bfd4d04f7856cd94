"""What staff have to do.  No query here forgets of which force."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.domain.tasks import Task
from portal.errors import NotFound
from portal.storage.message_tables import tasks


@dataclass(frozen=True)
class Tasks:
    """The tasks of every force, to change them."""

    session: AsyncSession

    async def ask_for(self, task: Task) -> bool:
        """Keep it, unless one of its key is open already.  Say whether it is new."""
        query = select(tasks.c.id).where(tasks.c.key == task.key, tasks.c.done_at.is_(None))
        if await self.session.scalar(query):
            return False
        self.session.add(task)
        await self.session.flush()
        return True

    async def of_force(self, force: str, task_id: UUID) -> Task:
        """One of the force's own, ours until the work ends.

        Raises:
            NotFound: if there is none, or it is another force's.
        """
        query = select(Task).where(tasks.c.id == task_id, tasks.c.force == force).with_for_update()
        task: Task | None = await self.session.scalar(query)
        if task is None:
            raise NotFound(f"task {task_id} of force {force}")
        return task
