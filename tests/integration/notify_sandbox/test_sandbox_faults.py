"""Trouble comes when it is asked for, as often as it is asked for, and then no more."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.integration.notify_sandbox.sandboxes import error_of

FAULTS = "/sandbox/faults"


async def order(sender, **fault) -> Any:
    response = await sender.client.post(FAULTS, json=fault)
    assert response.status_code == 201, response.text
    return response.json()["faults"]


async def stored(sender) -> int:
    return len((await sender.get("/v2/notifications")).json()["notifications"])


@pytest.mark.parametrize(
    ("kind", "refusal"),
    [
        ("500", (500, "OperationalError", "Internal server error")),
        ("504", (504, "SoftEventletTimeout", "Timeout serving request")),
        (
            "429",
            (
                429,
                "RateLimitError",
                "Exceeded rate limit for key type LIVE of 3000 requests per 60 seconds",
            ),
        ),
    ],
)
async def test_notifys_own_failures(sender, kind, refusal):
    await order(sender, kind=kind)

    assert error_of(await sender.text()) == refusal
    assert (await sender.text()).status_code == 201


@pytest.mark.parametrize(("kind", "status"), [("400", 400), ("502", 502), ("503", 503), ("not-json", 200)])
async def test_failures_before_notify_are_pages(sender, kind, status):
    await order(sender, kind=kind)

    response = await sender.text()

    assert (response.status_code, response.headers["content-type"]) == (status, "text/html")
    assert response.text.startswith("<html>")


async def test_a_page_may_seem_to_be_missing(sender):
    await order(sender, kind="404")

    response = await sender.text()

    assert (response.status_code, response.json()["result"]) == (404, "error")


@pytest.mark.parametrize("kind", ["500", "502", "504", "not-json", "hang", "cut-off"])
@pytest.mark.parametrize("kept", [True, False], ids=["stored", "not stored"])
async def test_a_failure_may_come_after_the_work_is_done(sender, kind, kept):
    await order(sender, kind=kind, stored=kept, seconds=0)

    response = await sender.text()

    assert await stored(sender) == kept
    assert (response.status_code == 201) is (kind == "cut-off" or (kind == "hang" and kept))


async def test_a_connection_may_be_cut_off(sender):
    await order(sender, kind="cut-off")

    response = await sender.text()

    assert int(response.headers["content-length"]) > len(response.content)


def open_files() -> int:
    return len(list(Path("/dev/fd").iterdir()))


async def test_a_reset_leaves_no_file_open(sender):
    await order(sender, kind="reset", share=1)
    before = open_files()

    await sender.text()

    assert open_files() == before


async def test_a_hanging_call_answers_at_last(sender):
    await order(sender, kind="hang", stored=True, seconds=0.3)
    call = asyncio.create_task(sender.text())

    done, _ = await asyncio.wait([call], timeout=0.15)

    assert not done
    assert await stored(sender) == 1
    assert (await call).status_code == 201


async def test_faults_strike_in_order_and_are_used_up(sender):
    await order(sender, kind="500", count=2)
    coming = await order(sender, kind="503")

    assert [(fault["kind"], fault["count"]) for fault in coming] == [("500", 2), ("503", 1)]
    assert [(await sender.text()).status_code for _ in range(4)] == [500, 500, 503, 201]
    assert (await sender.client.get(FAULTS)).json() == {"faults": []}


@pytest.mark.parametrize(
    ("on", "send", "read", "preview"),
    [("sends", 503, 200, 404), ("reads", 201, 503, 404), ("all", 503, 200, 404)],
)
async def test_a_fault_strikes_the_calls_it_is_meant_for(sender, on, send, read, preview):
    await order(sender, kind="503", on=on)

    assert (await sender.text()).status_code == send
    assert (await sender.get("/v2/notifications")).status_code == read
    assert (await sender.client.get("/v3/anything")).status_code == preview


async def test_the_outbox_is_spared(sender):
    await order(sender, kind="500", on="all")

    assert (await sender.client.get("/outbox")).status_code == 200


async def statuses_with(sender, *faults) -> list[int]:
    await sender.client.delete(FAULTS)
    for fault in faults:
        await order(sender, **fault)
    return [(await sender.text()).status_code for _ in range(200)]


async def test_a_share_of_the_calls_may_fail_the_same_ones_for_the_same_seed(sender):
    fault = {"kind": "503", "share": 0.3, "seed": 7}

    once, again = [await statuses_with(sender, fault) for _ in range(2)]
    other = await statuses_with(sender, fault | {"seed": 8})

    assert 40 < once.count(503) < 80
    assert once.count(201) == 200 - once.count(503)
    assert once == again
    assert other != once


async def test_shares_add_up_and_may_be_used_up(sender):
    mixed = await statuses_with(
        sender, {"kind": "500", "share": 0.5, "count": 10}, {"kind": "429", "share": 0.2, "seed": 1}
    )

    assert mixed.count(500) == 10
    assert 20 < mixed.count(429) < 60
    assert [fault["kind"] for fault in (await sender.client.get(FAULTS)).json()["faults"]] == ["429"]


async def test_all_or_none_may_fail(sender):
    assert set(await statuses_with(sender, {"kind": "500", "share": 1})) == {500}
    assert set(await statuses_with(sender, {"kind": "500", "share": 0})) == {201}


async def test_faults_can_be_called_off(sender):
    await order(sender, kind="500", count=9)

    assert (await sender.client.delete(FAULTS)).json() == {"faults": []}
    assert (await sender.text()).status_code == 201


@pytest.mark.parametrize(
    "fault",
    [
        {},
        {"kind": "flood"},
        {"kind": "500", "often": 2},
        {"kind": "500", "count": 0},
        {"kind": "500", "share": 30},
    ],
)
async def test_a_fault_that_is_none(sender, fault):
    assert (await sender.client.post(FAULTS, json=fault)).status_code == 400
