"""Whatever was acknowledged is there, once, however often the server and the worker are killed."""

import asyncio
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import cycle
from typing import Any

from sqlalchemy import func, select, text

from portal.domain.audit import Actor
from portal.domain.messages import MessageState
from portal.services import appointments as services
from portal.settings import read_settings
from portal.storage.database import Database, open_database
from portal.storage.message_tables import messages
from portal.storage.tables import appointments, audit_events, cases, readings
from portal.storage.unit_of_work import Who, WholeWork, unit_of_work
from tests.faults.journeys import Journey, Phone, travellers
from tests.faults.killing import Killer
from tests.making import an_appointment
from tests.running import Portal, ended
from tests.sample import Sampled

KILLS = 50
"""In `make test`, on each database; in `make soak` as many for each of its rounds."""
AT_ONCE = 4


def test_nothing_acknowledged_is_lost_and_nothing_is_done_twice(portal: Portal, soak: int):
    people = travellers()
    asyncio.run(_give_appointments(portal, people))
    killer = Killer(portal, KILLS * soak)
    with ended(portal.sandbox()) as sandbox:
        portal.wait_for_sandbox(sandbox)
        with killer.at_work():
            journeys = _go(portal, people, killer)
        portal.moment += timedelta(minutes=10)
        portal.run("worker", "--once")
        sent = portal.outbox()

    assert killer.is_done
    assert sum(journey.has_confirmed for journey in journeys) > 0
    asyncio.run(_check_records(portal, journeys))
    _check_sent(journeys, sent)


async def _give_appointments(portal: Portal, people: Iterable[Sampled]) -> None:
    database = _database(portal)
    who = Who(Actor.OPERATOR)
    async with unit_of_work(database, WholeWork, now=portal.moment, who=who) as work:
        for person in people:
            (case,) = await work.cases.with_reference(person.reference, person.force)
            starts_at = portal.moment + timedelta(days=8)
            await services.give(work, an_appointment(case, starts_at=starts_at), force=case.force)
    await database.close()


def _database(portal: Portal) -> Database:
    settings = {"PORTAL_VAR": str(portal.var), "PORTAL_DATABASE_URL": portal.database_url}
    return open_database(read_settings(settings))


def _go(portal: Portal, people: list[Sampled], killer: Killer) -> list[Journey]:
    """Send people on their way, a few at once, until there were enough kills; then a few more, who arrive."""
    journeys = [
        Journey(portal, person, Phone(portal, f"198.51.100.{number % 250}"))
        for number, person in enumerate(people)
    ]

    def travel(mine: Iterable[Journey]) -> None:
        for journey in mine:
            is_last = killer.is_done
            journey.phone = Phone(portal, journey.phone.address)
            journey.go()
            if is_last:
                return

    with ThreadPoolExecutor(AT_ONCE) as threads:
        list(threads.map(travel, (cycle(journeys[start::AT_ONCE]) for start in range(AT_ONCE))))
    return journeys


async def _check_records(portal: Portal, journeys: list[Journey]) -> None:
    """Each acknowledged deed stands once in the records, with one event and one message."""
    database = _database(portal)
    async with database.reading() as connection:
        if database.is_sqlite:
            assert (await connection.scalar(text("PRAGMA integrity_check"))) == "ok"
        by_reference = {
            (row.force, row.reference): row.id
            for row in await connection.execute(select(cases.c.id, cases.c.force, cases.c.reference))
        }
        read = Counter((await connection.scalars(select(readings.c.case_id))).all())
        confirmed = await _confirmed(connection)
        deeds = await connection.execute(select(audit_events.c.case_id, audit_events.c.deed))
        events = Counter((row.case_id, row.deed) for row in deeds)
        posted = Counter(
            (
                await connection.scalars(
                    select(messages.c.case_id).where(messages.c.purpose == "appointment_confirmed")
                )
            ).all()
        )
        stuck = await connection.scalar(
            select(func.count())
            .select_from(messages)
            .where(
                messages.c.state.in_([MessageState.QUEUED, MessageState.CLAIMED]),
                messages.c.due_at <= portal.moment,
            )
        )
    await database.close()
    for journey in journeys:
        case_id = by_reference[journey.person.force, journey.person.reference]
        if journey.has_read:
            assert read[case_id] == 1
        if journey.has_confirmed:
            assert case_id in confirmed
        assert read[case_id] == events[case_id, "conditions.read"] <= 1
        assert (case_id in confirmed) == posted[case_id] == events[case_id, "appointment.confirmed"]
    assert stuck == 0


async def _confirmed(connection: Any) -> set[Any]:
    found = await connection.scalars(
        select(appointments.c.case_id).where(appointments.c.confirmed_at.is_not(None))
    )
    return set(found.all())


def _check_sent(journeys: list[Journey], sent: list[dict[str, Any]]) -> None:
    """Nobody got the same message twice, and who confirmed was thanked."""
    got = Counter((message["to"], message["template"]["name"].split(".")[0]) for message in sent)
    twice = {key: count for key, count in got.items() if count > 1 and key[1] != "code"}
    assert twice == {}
    for journey in journeys:
        if journey.has_confirmed:
            assert got[journey.person.contact, "appointment_confirmed"] == 1
    references = Counter(message["reference"] for message in sent)
    assert max(references.values()) == 1
