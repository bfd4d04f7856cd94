"""A load generator: one request, sent again and again over a few connections, to this machine alone.

Runs in a process of its own, so that what it costs is not counted:
``python -m bench.load PORT SECONDS CONNECTIONS`` with the request's bytes on standard input.
"""

import asyncio
import json
import sys
from dataclasses import asdict, dataclass
from typing import cast

import uvloop

LOOPBACK = "127.0.0.1"
LONGEST_SECONDS = 60.0
MOST_REQUESTS = 1_000_000
END_OF_HEAD = b"\r\n\r\n"
LENGTH = b"content-length:"


@dataclass
class Count:
    """What came back."""

    answers: int = 0
    failures: int = 0
    bytes: int = 0
    stopped: bool = False


class Caller(asyncio.Protocol):
    """One connection: asks, reads the whole answer, asks again."""

    def __init__(self, request: bytes, count: Count) -> None:
        self.request, self.count, self.received = request, count, bytearray()
        self.expected = 0
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        self.received += data
        if not self.expected and END_OF_HEAD in self.received:
            head, _, _ = self.received.partition(END_OF_HEAD)
            length = head.lower().partition(LENGTH)[2].partition(b"\r\n")[0]
            self.expected = len(head) + len(END_OF_HEAD) + int(length)
        if self.expected and len(self.received) >= self.expected:
            self._answered()

    def _answered(self) -> None:
        count = self.count
        count.answers += 1
        count.failures += not self.received.startswith(b"HTTP/1.1 200")
        count.bytes += len(self.received)
        self.received.clear()
        self.expected = 0
        if count.stopped or count.answers >= MOST_REQUESTS:
            self.transport.close()
        else:
            self.transport.write(self.request)

    def connection_lost(self, exc: Exception | None) -> None:
        self.count.failures += not self.count.stopped


async def load(port: int, request: bytes, *, seconds: float, connections: int) -> Count:
    """Send the request for so long; each connection waits for its answer before it asks again."""
    count, loop = Count(), asyncio.get_running_loop()
    callers = [
        await loop.create_connection(lambda: Caller(request, count), LOOPBACK, port)
        for _ in range(connections)
    ]
    await asyncio.sleep(min(seconds, LONGEST_SECONDS))
    count.stopped = True
    await asyncio.sleep(0.2)
    for transport, _ in callers:
        transport.close()
    return count


if __name__ == "__main__":
    port, seconds, connections = int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
    request = sys.stdin.buffer.read()
    print(json.dumps(asdict(uvloop.run(load(port, request, seconds=seconds, connections=connections)))))
