"""How fast the outbox empties, beside bare calls to the same sandbox: ``python -m bench.outbox``.

The portal claims, reads whom a message is for, signs and sends it with Notify's own client, and
stores what came of it, two commits a message and one a batch.  The yardstick posts the same body
again and again over as many connections.  The worker's own brake, 40 a second, is off.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from pathlib import Path
from secrets import token_urlsafe
from statistics import median
from uuid import uuid4

import requests
import uvloop
from notifications_python_client.authentication import create_jwt_token

from bench import records
from bench.load import LOOPBACK
from bench.servers import a_free_port, serving
from portal.clock import Clock
from portal.domain.audit import Actor
from portal.domain.messages import Channel, Message, NotifyService, Purpose
from portal.notify.client import Notify
from portal.notify.template_ids import sandbox_id, template_ids
from portal.notify.wordings import Wording
from portal.notify_sandbox.keys import DEVELOPMENT_KEY, parts_of
from portal.services.sending import AT_ONCE, send_due
from portal.storage.database import Database
from portal.storage.keys import KeyRing
from portal.storage.migrations import migrate
from portal.storage.unit_of_work import Who, WholeWork, unit_of_work

CODE = '{"code": "482915"}'


def a_message(person: records.Person, now: datetime) -> Message:
    """A code, which is due at once at any hour."""
    return Message(
        offender_id=person.offender.id,
        purpose=Purpose.CODE,
        language="en",
        key=f"code:{uuid4()}",
        personalisation=CODE,
        posted_at=now,
        due_at=now,
        send_before=now + timedelta(minutes=10),
    )


async def _fill(database: Database, crowd: list[records.Person]) -> None:
    await migrate(database)
    async with database.changing() as session:
        session.add_all(person.offender for person in crowd)


async def sent(database: Database, courier: Notify, crowd: list[records.Person], clock: Clock) -> float:
    """Messages a second through the outbox, one to each person."""
    async with database.changing() as session:
        session.add_all(a_message(person, clock.now()) for person in crowd)

    async def no_pause() -> None:
        return

    def works() -> AbstractAsyncContextManager[WholeWork]:
        return unit_of_work(database, WholeWork, now=clock.now(), who=Who(Actor.PORTAL))

    begun, count = time.perf_counter(), 0
    while taken := await send_due(works, courier, pause=no_pause):
        count += taken
    assert count == len(crowd), f"{count} of {len(crowd)} messages were sent"
    return count / (time.perf_counter() - begun)


def posted(address: str, crowd: list[records.Person]) -> float:
    """Calls a second, bare, one for each person, over as many connections as the outbox uses."""
    _, service, secret = parts_of(DEVELOPMENT_KEY)
    headers = {"Authorization": f"Bearer {create_jwt_token(str(secret), str(service))}"}
    template = str(sandbox_id(Wording(Purpose.CODE, Channel.SMS, "en")))
    sessions = [requests.Session() for _ in range(AT_ONCE)]

    def post(number: int) -> None:
        body = {
            "phone_number": crowd[number].offender.mobile,
            "template_id": template,
            "personalisation": {"code": "482915", "domain": "bench.example"},
            "reference": str(uuid4()),
        }
        url = f"{address}/v2/notifications/sms"
        answer = sessions[number % AT_ONCE].post(url, json=body, headers=headers, timeout=10)
        assert answer.status_code == 201, answer.text

    begun = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(post, range(len(crowd))))
    return len(crowd) / (time.perf_counter() - begun)


async def measure(folder: Path, address: str, rounds: int) -> tuple[list[float], list[float]]:
    """Both, in turns."""
    clock = Clock()
    crowd = records.people(clock.now())
    courier = Notify(
        {NotifyService.PLAIN: DEVELOPMENT_KEY},
        address=address,
        templates=template_ids(None),
        base_url="http://127.0.0.1:8000",
        drafts=lambda _: True,
    )
    database = Database(f"sqlite+aiosqlite:///{folder / 'portal.db'}", KeyRing((token_urlsafe(48),)))
    try:
        await _fill(database, crowd)
        ours, bare = [], []
        for _ in range(rounds):
            ours.append(await sent(database, courier, crowd, clock))
            bare.append(await asyncio.to_thread(posted, address, crowd))
    finally:
        await database.close()
    return ours, bare


def main() -> None:
    reading = argparse.ArgumentParser(description=__doc__)
    reading.add_argument("--rounds", type=int, default=3)
    asked = reading.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder, port = Path(name), a_free_port()
        command = (sys.executable, "-m", "portal", "notify-sandbox", "--port", port)
        with serving(command, port, {"PORTAL_VAR": folder}, log=folder / "sandbox.log"):
            ours, bare = uvloop.run(measure(folder, f"http://{LOOPBACK}:{port}", asked.rounds))
    print(f"{'outbox':<12}{median(ours):8.0f} messages/s")
    print(f"{'bare calls':<12}{median(bare):8.0f} calls/s")
    print(f"a message takes {median(bare) / median(ours):.1f} times as long as a bare call")


if __name__ == "__main__":
    main()
