"""A worker keeps going whatever happens, and stops when it is told to."""

import asyncio
import logging
import os
import signal
import time
from typing import Any

import pytest

from portal import worker as module
from portal.clock import Clock
from portal.domain.deliveries import CourierStopped
from portal.worker import Worker, stop_on_signals
from tests.running import A_WHILE


class Moody(Worker):
    """Its turns go as they are told to, and after the last it is told to stop."""

    async def run(self) -> None:
        await self.again_and_again(self.turn)

    def go(self, *turns: Any) -> "Moody":
        self.turns: list[Any] = list(turns)
        self.begun: list[float] = []
        return self

    async def turn(self) -> int:
        self.begun.append(time.monotonic())
        how = self.turns.pop(0)
        if not self.turns:
            self.stop()
        if isinstance(how, BaseException):
            raise how
        return int(how)


@pytest.fixture
def moody() -> Moody:
    return Moody(database=None, courier=None, clock=Clock())  # type: ignore[arg-type] # its turns need neither


@pytest.fixture
def quick(monkeypatch):
    for rest in ("IDLE_SECONDS", "FAULT_SECONDS"):
        monkeypatch.setattr(module, rest, 0.01)


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    "fault",
    [OSError("no route"), TimeoutError(), ValueError("a bug"), CourierStopped("403 AuthError")],
    ids=lambda fault: type(fault).__name__,
)
async def test_whatever_goes_wrong_in_one_turn_there_is_a_next(moody, fault):
    await moody.go(fault, 0, fault, 1, 0).run()

    assert moody.turns == []


@pytest.mark.usefixtures("quick")
async def test_what_goes_wrong_is_told_without_its_values(moody, caplog):
    caplog.set_level(logging.INFO)

    await moody.go(ValueError("07700 900123"), CourierStopped("403 AuthError"), 0).run()

    assert [record.getMessage() for record in caplog.records] == [
        "ValueError: trying again",
        "Notify refuses everything (403 AuthError): see to the key and the clock",
    ]
    assert caplog.records[1].levelno == logging.ERROR


async def test_while_there_is_something_to_do_it_does_not_rest(moody, monkeypatch):
    monkeypatch.setattr(module, "IDLE_SECONDS", 3600)

    await asyncio.wait_for(moody.go(*[1] * 200, 0).run(), A_WHILE)

    assert len(moody.begun) == 201


async def test_a_rest_ends_when_it_is_told_to_stop(moody, monkeypatch):
    monkeypatch.setattr(module, "IDLE_SECONDS", 3600)
    running = asyncio.create_task(moody.go(0, 0).run())
    await asyncio.sleep(0.05)

    moody.stop()

    await asyncio.wait_for(running, A_WHILE)
    assert len(moody.begun) == 1


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "Ctrl-C"])
async def test_signals_ask_for_an_orderly_end(moody, monkeypatch, sent):
    monkeypatch.setattr(module, "IDLE_SECONDS", 3600)
    stop_on_signals(moody.stop)
    try:
        running = asyncio.create_task(moody.go(0, 0).run())
        await asyncio.sleep(0.05)
        os.kill(os.getpid(), sent)
        await asyncio.wait_for(running, A_WHILE)
        assert running.done()
    finally:
        for each in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().remove_signal_handler(each)


async def test_emptying_ends_when_nothing_is_left_or_it_is_told_to_stop(moody):
    await moody.go(3, 1, 0).empty()
    assert moody.turns == []

    moody.go(1, 1)
    moody.stop()
    await moody.empty()
    assert moody.begun == []
