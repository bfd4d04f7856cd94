"""Texts that come in, and a worker's dealing with them."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import select

from portal.clock import StoppedClock
from portal.domain.audit import Actor
from portal.domain.contact_rules import Topic
from portal.domain.messages import Message
from portal.domain.offenders import Offender
from portal.domain.replies import Received, Reply
from portal.domain.tasks import Task
from portal.services import contents, receiving, replies
from portal.services.circumstances import look_up
from portal.storage.database import Database
from portal.storage.message_tables import messages, tasks
from portal.storage.tables import audit_events
from portal.storage.unit_of_work import Who, WholeWork, unit_of_work
from tests.visitor import BASE_URL

Works: TypeAlias = Callable[[], AbstractAsyncContextManager[WholeWork]]
Text: TypeAlias = Callable[..., Awaitable[Reply]]


@pytest.fixture
def works(database: Database, clock: StoppedClock) -> Works:
    """Units of work as the worker begins them."""
    return lambda: unit_of_work(database, WholeWork, now=clock.now(), who=Who(Actor.PORTAL))


@pytest.fixture
def receive(works: Works, clock: StoppedClock) -> Callable[..., Awaitable[UUID]]:
    """A text comes in, and waits."""

    async def receive(
        whose: Offender | str, content: str, *, sent_at: datetime | None = None, id_: UUID | None = None
    ) -> UUID:
        number = whose if isinstance(whose, str) else str(whose.mobile)
        received = Received(id_ or uuid4(), number.removeprefix("+"), content, sent_at or clock.now())
        async with works() as work:
            await replies.receive(work, received)
        return received.id

    return receive


@pytest.fixture
def text(works: Works, receive: Callable[..., Awaitable[UUID]]) -> Text:
    """A text comes in, and the worker deals with it."""

    async def text(whose: Offender | str, content: str, **how: Any) -> Reply:
        id_ = await receive(whose, content, **how)
        while await receiving.take_some(works):
            pass
        async with works() as work:
            reply = await work.replies.find(id_)
        assert reply is not None
        return reply

    return text


@dataclass(frozen=True)
class Looking:
    """What there is now in the records."""

    database: Database

    async def answers(self) -> list[Message]:
        """Answers to texts, in the order in which they were posted."""
        async with self.database.changing() as session:
            query = select(Message).where(messages.c.key.startswith("answer:")).order_by(messages.c.posted_at)
            return list(await session.scalars(query))

    async def said(self) -> list[str]:
        """What the answers are."""
        return [answer.purpose.value.removeprefix("answer_") for answer in await self.answers()]

    async def tasks(self) -> list[Task]:
        async with self.database.changing() as session:
            return list(await session.scalars(select(Task).order_by(tasks.c.force, tasks.c.made_at)))

    async def kinds_of_tasks(self) -> list[str]:
        return [task.kind.value for task in await self.tasks()]

    async def told(self, deed: str) -> list[Any]:
        """What was written down of one deed."""
        async with self.database.reading() as connection:
            query = select(audit_events).where(audit_events.c.deed == deed).order_by(audit_events.c.id)
            return list((await connection.execute(query)).all())

    async def again(self, record: Any) -> Any:
        """A record as it is now."""
        async with self.database.changing() as session:
            return await session.get_one(type(record), record.id)


@pytest.fixture
def look(database: Database) -> Looking:
    return Looking(database)


@pytest.fixture
async def notify(app: Any, settings: Any) -> AsyncIterator[httpx.AsyncClient]:
    """Notify, calling us back."""
    headers = {"Authorization": f"Bearer {settings.notify_callback_token}"}
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url=BASE_URL, headers=headers) as client:
        yield client


@pytest.fixture
def says(works):
    """What an answer's wording is given to fill in."""

    async def says(answer: Message) -> dict[str, str]:
        async with works() as work:
            message = await work.session.get_one(Message, answer.id)
            assert contents.write(await look_up(work, [message]), message)
            facts: dict[str, str] = json.loads(message.personalisation)
            return facts

    return says


@pytest.fixture
def declined(works):
    async def declined(offender) -> frozenset[Topic]:
        async with works() as work:
            rules = await work.contact_rules.of_offender(offender.id)
        return frozenset(rules.topics_declined)

    return declined
