"""How a sandbox lives may change while it runs."""

from datetime import timedelta

import pytest

from portal.notify_sandbox.config import Callback
from tests.integration.notify_sandbox.sandboxes import a_config, a_service
from tests.integration.notify_sandbox.servers import a_receiver

MODES = "/sandbox/modes"


async def test_what_is_not_given_stays(sender):
    before = (await sender.client.get(MODES)).json()

    after = (await sender.client.patch(MODES, json={"receipts_twice": True})).json()

    assert before["receipts_twice"] is False
    assert after == before | {"receipts_twice": True} == (await sender.client.get(MODES)).json()


async def test_limits_are_lifted_and_held_again(open_sandbox):
    sender = open_sandbox(a_config(a_service(requests_a_minute=0)))
    statuses = []
    for limited in (False, True):
        await sender.client.patch(MODES, json={"limited": limited})
        statuses.append((await sender.text()).status_code)

    assert statuses == [201, 429]


async def test_callbacks_live_by_it_too(open_sandbox, clock):
    with a_receiver() as receiver:
        sender = open_sandbox(a_config(a_service(receipts=Callback(receiver.url, "a token of ours"))))
        await sender.client.patch(MODES, json={"receipts_before_answer": True, "retry_scale": 0.01})
        receiver.answers = [503]
        await sender.text()
        tried = len(receiver.calls)
        clock.moment += timedelta(seconds=3)
        await sender.text()

        assert (tried, len(receiver.calls)) == (1, 3)


async def test_messages_to_somebody_may_end_otherwise(sender, clock):
    await sender.client.patch(MODES, json={"outcomes": {"07700900123": "technical-failure"}})
    sent_id = (await sender.text()).json()["id"]
    clock.moment += timedelta(seconds=1)

    assert (await sender.get(f"/v2/notifications/{sent_id}")).json()["status"] == "technical-failure"


@pytest.mark.parametrize(
    "modes", [{"colour": 1}, {"limited": "no"}, {"retry_scale": -1}, {"outcomes": {"07700900123": "lost"}}]
)
async def test_a_mode_that_is_none(sender, modes):
    assert (await sender.client.patch(MODES, json=modes)).status_code == 400
