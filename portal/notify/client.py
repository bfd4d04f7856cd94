"""Carrying messages by GOV.UK Notify's own client, and reading its answers (notify.md, section 4)."""

import re
import threading
from collections.abc import Callable, Mapping
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
from portal.errors import Misconfigured
from portal.languages import ENGLISH, Language, spoken
from portal.notify.wordings import Wording, fill

TIMEOUT_SECONDS = 10.0
KEY = re.compile(r".+(-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}){2}")
BAD_REQUEST, UNAUTHORISED, FORBIDDEN, NOT_FOUND, TOO_MANY = 400, 401, 403, 404, 429
RECIPIENT_FAULTS = ("ValidationError", "InvalidPhoneError")
UNREADABLE = "an answer we cannot read"
DAY_IS_FULL = "TooManyRequestsError"
CHANNEL_IS_OFF = "Service is not allowed to send"
"""The one place where we look at a text: nothing else tells this from a fault of the template.  Should the
text change, each wording is paused by itself instead.
"""


class NotThere(CourierIsAway):
    """Notify says that it has no such thing."""


class Notify:
    """A courier.  The client is not safe to share, so each thread has its own."""

    def __init__(
        self,
        api_key: str,
        *,
        address: str,
        templates: Mapping[str, UUID],
        base_url: str,
        drafts: Callable[[str], bool],
    ) -> None:
        """Prepare to carry messages.

        Args:
            api_key: Notify's, of the type that production or the sandbox uses.
            address: of Notify's API, or of the sandbox.
            templates: the template's id of each wording.
            base_url: the portal's own, for links.
            drafts: whether a force lets draft languages be used.

        Raises:
            Misconfigured: if the key is not of the form that Notify gives keys.
        """
        if not KEY.fullmatch(api_key):
            raise Misconfigured("PORTAL_NOTIFY_API_KEY: copy the whole key: its name and two long ids")
        self._api_key, self._address = api_key, address
        self._templates, self._base_url, self._drafts = templates, base_url, drafts
        self._of_thread = threading.local()
        self._versions: dict[Wording, str] = {}

    @property
    def client(self) -> NotificationsAPIClient:
        """This thread's client."""
        if not hasattr(self._of_thread, "client"):
            self._of_thread.client = NotificationsAPIClient(
                self._api_key, base_url=self._address, timeout=TIMEOUT_SECONDS
            )
        client: NotificationsAPIClient = self._of_thread.client
        return client

    def deliver(self, letter: Letter) -> Outcome:
        """Send it, once."""
        language, wording = self._chosen(letter)
        details = {
            "template_id": str(self._templates[wording.name]),
            "personalisation": fill(letter, language, base_url=self._base_url),
            "reference": str(letter.message.id),
        }
        try:
            if letter.channel is Channel.SMS:
                answer = self.client.send_sms_notification(phone_number=letter.to, **details)
            else:
                answer = self.client.send_email_notification(email_address=letter.to, **details)
            return Accepted(UUID(answer["id"]))
        except APIError as error:
            return _read(error)
        except (KeyError, TypeError, ValueError):
            return Delayed(UNREADABLE, may_have_arrived=True)

    def wording_of(self, letter: Letter) -> str:
        """The name and the version of the words that it goes in."""
        _, wording = self._chosen(letter)
        if wording not in self._versions:
            self._versions[wording] = wording.version
        return f"{wording.name}@{self._versions[wording]}"

    def _chosen(self, letter: Letter) -> tuple[Language, Wording]:
        language = spoken(letter.message.language)
        if language.is_draft and not self._drafts(letter.force):
            language = ENGLISH
        return language, Wording(letter.message.purpose, letter.channel, language.code)

    def find(self, reference: UUID, service: NotifyService) -> Accepted | None:
        """Whether a message of this reference was taken by this service before."""
        found = self._ask(lambda: self.client.get_all_notifications(reference=str(reference)))
        taken = found.get("notifications", [])
        return Accepted(UUID(taken[0]["id"])) if taken else None

    def status(self, notify_id: UUID, service: NotifyService) -> str | None:
        """What became of what this service took."""
        try:
            found = self._ask(lambda: self.client.get_notification_by_id(str(notify_id)))
        except NotThere:
            return None
        return str(found.get("status", ""))

    def template(self, wording: Wording) -> dict[str, Any]:
        """Notify's own template of a wording.

        Raises:
            NotThere: if there is none.
        """
        return self._ask(lambda: self.client.get_template(str(self._templates[wording.name])))

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
