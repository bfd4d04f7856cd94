"""Telling a service what became of its messages, and what was texted back to it."""

import asyncio
import contextlib
import json
import logging
from dataclasses import dataclass, field
from datetime import timedelta
from http.cookiejar import DefaultCookiePolicy
from uuid import UUID

import requests

from portal.clock import Clock
from portal.notify_sandbox.config import SandboxConfig, SandboxService
from portal.notify_sandbox.records import Call, Notification, ReceivedText, stamp
from portal.notify_sandbox.state import State

log = logging.getLogger(__name__)

RETRY_AFTER, MOST_TRIES = 300, 6
AT_ONCE = 10
GLANCE = 0.2
"""Seconds between looks at what is due."""
TOLD = frozenset({"delivered", "permanent-failure", "temporary-failure"})
"""Notify sends no receipt for any other status: not when it runs out of tries, nor for what is not final."""
_TRY_AGAIN = 429


def _a_session() -> requests.Session:
    """What calls out, from several threads: it keeps no connection, no cookie, nothing of a call."""
    session = requests.Session()
    session.trust_env = False  # a proxy has no business on this machine's own addresses
    session.headers["Connection"] = "close"
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return session


@dataclass
class Callbacks:
    """Makes the calls that are due, each in a thread, and again while the service cannot take them."""

    config: SandboxConfig
    state: State
    clock: Clock
    underway: dict[int, asyncio.Task[None]] = field(default_factory=dict)
    session: requests.Session = field(default_factory=_a_session)

    async def run(self) -> None:
        """Make every call as it falls due, until cancelled."""
        try:
            while True:
                self._start_due()
                await self._news()
        finally:
            await self.finish()

    async def _news(self) -> None:
        """Wait until a call ends, or until it is time to look again."""
        if self.underway:
            await asyncio.wait(self.underway.values(), timeout=GLANCE, return_when=asyncio.FIRST_COMPLETED)
        else:
            await asyncio.sleep(GLANCE)

    async def finish(self) -> None:
        """Wait for the calls that are under way."""
        while self.underway:
            await asyncio.gather(*self.underway.values(), return_exceptions=True)

    async def make_due(self) -> None:
        """Make all calls that are due, and wait for them."""
        self._start_due()
        await self.finish()

    def _start_due(self) -> None:
        free = AT_ONCE - len(self.underway)
        now = stamp(self.clock.now())
        newest_first = self.config.receipts_out_of_order
        for call in self.state.calls_due(now, list(self.underway), limit=free, newest_first=newest_first):
            self.underway[call.seq] = asyncio.create_task(self._make(call))

    async def _make(self, call: Call) -> None:
        try:
            await self._try(call)
        finally:
            del self.underway[call.seq]

    async def _try(self, call: Call) -> None:
        token, timeout = self._token_for(call), self.config.callback_timeout
        answer = await asyncio.to_thread(_post, self.session, call, token, timeout)
        if not _worth_another_try(answer):
            self.state.answered(call, str(answer))
        elif call.tries + 1 == MOST_TRIES:
            self.state.answered(call, f"given up after {answer}")
        else:
            later = self.clock.now() + timedelta(seconds=RETRY_AFTER * self.config.retry_scale)
            self.state.answered(call, "waiting", again_at=stamp(later))

    def _token_for(self, call: Call) -> str:
        if call.token is not None:
            return call.token
        service = self.config.service(UUID(call.service_id))
        return service.replies.token if service is not None and service.replies is not None else ""


def receipts(service: SandboxService, notification: Notification, *, twice: bool) -> list[Call]:
    """The calls that tell how a message ended.  Where to and with what token is settled now."""
    if service.receipts is None or notification.outcome not in TOLD:
        return []
    payload = {
        "id": notification.id,
        "reference": notification.reference,
        "to": notification.recipient,
        "status": notification.outcome,
        "created_at": notification.created_at,
        "completed_at": notification.completed_at,
        "sent_at": notification.sent_at,
        "notification_type": notification.type,
        "template_id": notification.template_id,
        "template_version": notification.template_version,
    }
    call = Call(
        service_id=notification.service_id,
        url=service.receipts.url,
        token=service.receipts.token,
        payload=json.dumps(payload),
        due_at=notification.completed_at,
    )
    return [call, call] if twice else [call]


def passing_on(service: SandboxService, text: ReceivedText) -> list[Call]:
    """The call that passes a received text on.  Its token is read when it is made."""
    if service.replies is None:
        return []
    payload = {
        "id": text.id,
        "source_number": text.user_number,
        "destination_number": text.notify_number,
        "message": text.content,
        "date_received": text.created_at,
    }
    return [
        Call(
            service_id=text.service_id,
            url=service.replies.url,
            token=None,
            payload=json.dumps(payload),
            due_at=text.created_at,
        )
    ]


def _post(session: requests.Session, call: Call, token: str, timeout: float) -> int | str:
    """The status that answered, or why none did."""
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    try:
        response = session.post(call.url, data=call.payload.encode(), headers=headers, timeout=timeout)
    except requests.RequestException as error:
        log.info("no answer to a callback: %s", type(error).__name__)
        return type(error).__name__
    with contextlib.closing(response):
        return response.status_code


def _worth_another_try(answer: int | str) -> bool:
    return isinstance(answer, str) or answer == _TRY_AGAIN or answer >= 500  # noqa: PLR2004
