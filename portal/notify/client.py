"""Carrying messages by GOV.UK Notify's own client, and reading its answers (notify.md, section 4)."""

import re
import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import partial
from itertools import takewhile
from typing import Any
from uuid import UUID

import requests
from notifications_python_client import NotificationsAPIClient
from notifications_python_client.errors import APIError, HTTPError, InvalidResponse
from urllib3.exceptions import NameResolutionError, NewConnectionError

from portal.domain.deliveries import (
    Accepted,
    ChannelIsOff,
    CourierIsAway,
    CourierIsBusy,
    CourierStopped,
    DayIsFull,
    Delayed,
    Letter,
    Outcome,
    Refused,
)
from portal.domain.messages import Channel, NotifyService
from portal.domain.replies import Received
from portal.errors import Misconfigured
from portal.languages import LANGUAGES
from portal.notify.template_ids import TemplateIds
from portal.notify.wordings import Wording, chosen, fill

TIMEOUT_SECONDS = 10.0
KEY = re.compile(r".+(-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}){2}")
BAD_REQUEST, UNAUTHORISED, FORBIDDEN, NOT_FOUND, TOO_MANY = 400, 401, 403, 404, 429
RECIPIENT_FAULTS = ("ValidationError", "InvalidPhoneError")
UNREADABLE = "an answer we cannot read"
NO_KEY = "no key of this service"
NO_TEMPLATE = "no template of this wording"
SETTINGS = {
    NotifyService.PLAIN: "PORTAL_NOTIFY_API_KEY",
    NotifyService.NEUTRAL: "PORTAL_NOTIFY_NEUTRAL_API_KEY",
}
MOST_PAGES = 40
"""Of 250 texts each, as Notify hands them out."""
DAY_IS_FULL = "TooManyRequestsError"
CHANNEL_IS_OFF = "Service is not allowed to send"
"""The one place where we look at a text: nothing else tells this from a fault of the template.  Should the
text change, each wording is paused by itself instead.
"""


class NotThere(CourierIsAway):
    """Notify says that it has no such thing."""


class Notify:
    """A courier.  The client is not safe to share, so each thread has its own of each service."""

    def __init__(
        self,
        keys: Mapping[NotifyService, str],
        *,
        address: str,
        templates: TemplateIds,
        base_url: str,
        drafts: Callable[[str], bool],
    ) -> None:
        """Prepare to carry messages.

        Args:
            keys: Notify's API keys, of the type that production or the sandbox uses.  A service
                without one sends nothing.
            address: of Notify's API, or of the sandbox.
            templates: the template's id of each wording.
            base_url: the portal's own, for links.
            drafts: whether a force lets draft languages be used.

        Raises:
            Misconfigured: if a key is not of the form that Notify gives keys.
        """
        for service, key in keys.items():
            if not KEY.fullmatch(key):
                raise Misconfigured(f"{SETTINGS[service]}: copy the whole key: its name and two long ids")
        self._keys, self._address = dict(keys), address
        self._templates, self._base_url, self._drafts = templates, base_url, drafts
        self._of_thread = threading.local()
        self._versions: dict[Wording, str] = {}

    def client_of(self, service: NotifyService = NotifyService.PLAIN) -> NotificationsAPIClient:
        """This thread's client of a service.

        Raises:
            CourierIsAway: if we have no key of it.
        """
        clients: dict[NotifyService, NotificationsAPIClient] = self._of_thread.__dict__.setdefault(
            "clients", {}
        )
        if service not in clients:
            if service not in self._keys:
                raise CourierIsAway(NO_KEY)
            clients[service] = NotificationsAPIClient(
                self._keys[service], base_url=self._address, timeout=TIMEOUT_SECONDS
            )
        return clients[service]

    def deliver(self, letter: Letter) -> Outcome:
        """Send it, once, by its own service and by no other."""
        wording = chosen(letter.content, drafts=self._drafts)
        if letter.service not in self._keys:
            return Delayed(NO_KEY, needs_mending=True)
        template = self._templates.of(wording, letter.force)
        if template is None:
            return Delayed(NO_TEMPLATE, needs_mending=True)
        details = {
            "template_id": str(template),
            "personalisation": fill(letter.content, LANGUAGES[wording.language], base_url=self._base_url),
            "reference": str(letter.message.id),
        }
        client = self.client_of(letter.service)
        try:
            if letter.channel is Channel.SMS:
                answer = client.send_sms_notification(phone_number=letter.to, **details)
            else:
                answer = client.send_email_notification(email_address=letter.to, **details)
            return Accepted(UUID(answer["id"]))
        except APIError as error:
            return _read(error)
        except (KeyError, TypeError, ValueError):
            return Delayed(UNREADABLE, may_have_arrived=True)

    def wording_of(self, letter: Letter) -> str:
        """The name and the version of the words that it goes in."""
        wording = chosen(letter.content, drafts=self._drafts)
        if wording not in self._versions:
            self._versions[wording] = wording.version
        return f"{wording.name}@{self._versions[wording]}"

    def find(self, reference: UUID, service: NotifyService) -> Accepted | None:
        """Whether a message of this reference was taken by this service before."""
        client = self.client_of(service)
        found = self._ask(lambda: client.get_all_notifications(reference=str(reference)))
        taken = found.get("notifications", [])
        return Accepted(UUID(taken[0]["id"])) if taken else None

    def status(self, notify_id: UUID, service: NotifyService) -> str | None:
        """What became of what this service took."""
        client = self.client_of(service)
        try:
            found = self._ask(lambda: client.get_notification_by_id(str(notify_id)))
        except NotThere:
            return None
        return str(found.get("status", ""))

    def templates(self, service: NotifyService) -> dict[UUID, dict[str, Any]]:
        """Every template that a service could send now: what is archived is not among them."""
        client = self.client_of(service)
        found = self._ask(client.get_all_templates)
        return {UUID(template["id"]): template for template in found["templates"]}

    def received(self, service: NotifyService, *, since: datetime) -> Iterator[Received]:
        """What people texted to a service since then, the newest first; at most ten thousand.

        Raises:
            CourierStopped, CourierIsAway: if that cannot be known now.
        """
        client, before = self.client_of(service), None
        for _ in range(MOST_PAGES):
            page = self._ask(partial(client.get_received_texts, older_than=before))
            texts = [_text(each) for each in page.get("received_text_messages", [])]
            yield from takewhile(lambda text: text.sent_at >= since, texts)
            if not texts or texts[-1].sent_at < since:
                return
            before = str(texts[-1].id)

    @staticmethod
    def _ask(question: Any) -> dict[str, Any]:  # noqa: ANN401 - a call without arguments
        try:
            answer: dict[str, Any] = question()
        except HTTPError as error:
            if error.status_code in (UNAUTHORISED, FORBIDDEN):
                raise CourierStopped(_name(error)) from error
            if error.status_code == NOT_FOUND and error.response is not None:
                raise NotThere(_name(error)) from error
            raise CourierIsAway(_name(error)) from error
        except InvalidResponse as error:
            raise CourierIsAway(UNREADABLE) from error
        if not isinstance(answer, dict):
            raise CourierIsAway(UNREADABLE)
        return answer


def _text(given: Mapping[str, Any]) -> Received:
    try:
        return Received(
            UUID(given["id"]),
            str(given["user_number"]),
            str(given["content"]),
            datetime.fromisoformat(given["created_at"]),
        )
    except (KeyError, TypeError, ValueError) as wrong:
        raise CourierIsAway(UNREADABLE) from wrong


def _read(error: APIError) -> Outcome:
    """Branch on status and error name, not on the message: messages change (Notify's docs)."""
    if isinstance(error, InvalidResponse):
        return Delayed(UNREADABLE, may_have_arrived=True)
    if error.response is None:
        sent_nothing = _never_connected(error.__cause__)
        return Delayed("no connection" if sent_nothing else "no answer", may_have_arrived=not sent_nothing)
    status, name = error.status_code, _name(error)
    is_notifys = isinstance(error.message, list)
    if status in (UNAUTHORISED, FORBIDDEN) and is_notifys:
        raise CourierStopped(name) from error
    if status == BAD_REQUEST and is_notifys and CHANNEL_IS_OFF in str(error.message):
        return ChannelIsOff(name)
    if status == BAD_REQUEST and is_notifys:
        of_recipient = name.split(" ", 1)[1] in RECIPIENT_FAULTS
        return Refused(name) if of_recipient else Delayed(name, needs_mending=True)
    if status == TOO_MANY:
        if name.endswith(DAY_IS_FULL):
            return DayIsFull(name)
        raise CourierIsBusy(name) from error
    return Delayed(name, may_have_arrived=True)


def _name(error: APIError) -> str:
    """Status and error name, as in ``400 ValidationError``: the text may hold a number."""
    message = error.message
    first = message[0] if isinstance(message, list) and message else None
    name = first.get("error") if isinstance(first, dict) else None
    return f"{error.status_code} {name or 'no name'}"[:120]


def _never_connected(cause: BaseException | None) -> bool:
    """Whether the connection failed before anything was sent."""
    if isinstance(cause, requests.ConnectTimeout):
        return True
    reason = cause.args[0] if isinstance(cause, requests.ConnectionError) and cause.args else None
    return isinstance(getattr(reason, "reason", None), NewConnectionError | NameResolutionError)
