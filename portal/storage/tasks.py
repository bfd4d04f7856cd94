"""What staff have to do.  No query here forgets of which force."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from portal.domain.tasks import Task
from portal.errors import NotFound
from portal.storage.message_tables import tasks


@dataclass(frozen=True)
class Tasks:
    """The tasks of every force, to change them."""

    session: AsyncSession

    async def ask_for(self, task: Task) -> bool:
        """Keep it, unless one of its key is open already, or asked for just now.  Say whether it is new."""
        dialect = sqlite if self.session.get_bind().dialect.name == "sqlite" else postgresql
        given = {column.name: getattr(task, column.name) for column in tasks.c}
        await self.session.flush()
        put = dialect.insert(tasks).values(given).on_conflict_do_nothing().returning(tasks.c.id)
        return await self.session.scalar(put) is not None

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
