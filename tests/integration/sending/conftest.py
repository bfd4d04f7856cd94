"""A worker with a real courier, and messages for it to send."""

from collections.abc import Awaitable, Callable, Iterator
from typing import Any, TypeAlias

import pytest
from sqlalchemy import select

from portal.clock import StoppedClock
from portal.domain.audit import Actor
from portal.domain.messages import Message
from portal.domain.offenders import Offender
from portal.services.invitations import invite
from portal.settings import Settings
from portal.storage.database import Database
from portal.storage.message_tables import tasks
from portal.storage.unit_of_work import Who, WholeWork, unit_of_work
from portal.worker import Worker
from tests.integration.sending.post_offices import PostOffice, a_number, a_post_office
from tests.making import a_case, an_offender

Post: TypeAlias = Callable[..., Awaitable[Message]]
Read: TypeAlias = Callable[[Message], Awaitable[Message]]


@pytest.fixture(scope="session")
def served_post_office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostOffice]:
    with a_post_office(Settings(var=tmp_path_factory.mktemp("post office"))) as office:
        yield office


@pytest.fixture
def post_office(served_post_office: PostOffice) -> Iterator[PostOffice]:
    """Notify, as far as anybody can tell.  What is asked of it to go wrong is over when the test is."""
    yield served_post_office
    served_post_office.works_again()


@pytest.fixture
def hired(database: Database, post_office: PostOffice, clock: StoppedClock) -> Callable[..., Worker]:
    """Call it for a worker; unless told otherwise its courier has a good key."""

    def worker(courier: Any = None, **changes: Any) -> Worker:
        given = {"clock": clock} | changes
        return Worker(database, courier or post_office.courier(), **given)

    return worker


@pytest.fixture
def worker(hired: Callable[..., Worker]) -> Worker:
    return hired()


@pytest.fixture
def post(database: Database, clock: StoppedClock) -> Post:
    """Post a first message, as the intake does, to somebody who can be reached."""

    async def post(offender: Offender | None = None, **changes: Any) -> Message:
        offender = offender or an_offender(mobile=a_number())
        case = a_case(offender)
        async with unit_of_work(database, WholeWork, now=clock.now(), who=Who(Actor.INTAKE)) as work:
            work.session.add_all([offender, case])
            invite(work, offender, case)
            [message] = [each for each in work.session.new if isinstance(each, Message)]
            for name, value in changes.items():
                setattr(message, name, value)
        return message

    return post


@pytest.fixture
def read(database: Database) -> Read:
    """How far a message is now."""

    async def read(message: Message) -> Message:
        async with database.changing() as session:
            found: Message = await session.get_one(Message, message.id)
            assert found.personalisation  # opened while its keys are at hand
            return found

    return read


@pytest.fixture
def kinds(database):
    """What staff are asked to do."""

    async def kinds() -> list[str]:
        async with database.reading() as connection:
            return [str(kind) for kind in (await connection.execute(select(tasks.c.kind))).scalars()]

    return kinds
