"""Answers that no sandbox gives: whatever comes back, the courier knows what it does not know."""

import json
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
import requests
from requests.adapters import BaseAdapter

from portal.domain.deliveries import CourierIsAway, CourierIsBusy, CourierStopped, Delayed, Letter, Refused
from portal.domain.messages import Channel, NotifyService, Purpose
from portal.errors import Misconfigured
from portal.notify.client import Notify
from portal.notify.wordings import template_ids
from portal.notify_sandbox.keys import DEVELOPMENT_KEY
from tests.making import a_message, an_offender

UNREADABLE = "an answer we cannot read"


class Parrot(BaseAdapter):
    """Answers everything in the same way."""

    def __init__(self, status: int, body: bytes) -> None:
        super().__init__()
        self.status, self.body = status, body
        self.heard: list[requests.PreparedRequest] = []

    def send(self, request: requests.PreparedRequest, *args: Any, **how: Any) -> requests.Response:
        self.heard.append(request)
        response = requests.Response()
        response.status_code, response._content, response.request = self.status, self.body, request
        response.url = request.url or ""
        return response

    def close(self) -> None:
        """There is nothing to close."""


def a_courier(key: str = DEVELOPMENT_KEY) -> Notify:
    return Notify(
        key,
        address="http://notify.test",
        templates=template_ids(None),
        base_url="https://p.example",
        drafts=bool,
    )


def hearing(status: int, body: bytes | object) -> Notify:
    """A courier that is always answered so."""
    courier = a_courier()
    written = body if isinstance(body, bytes) else json.dumps(body).encode()
    courier.client.request_session.mount("http://", Parrot(status, written))
    return courier


def a_letter() -> Letter:
    message = a_message(an_offender(), purpose=Purpose.CODE, personalisation='{"code": "482915"}')
    return Letter(message, Channel.SMS, "+447700900123", "Morwenna", "42")


def error(name: str) -> Mapping[str, Any]:
    return {"status_code": 400, "errors": [{"error": name, "message": "words that change"}]}


MAYBE = [
    (200, b""),
    (201, b"[]"),
    (201, {"id": None}),
    (201, {"id": "not a uuid"}),
    (201, {"reference": "only"}),
    (204, b""),
    (200, b"\xff\xfe not text"),
]


@pytest.mark.parametrize(("status", "body"), MAYBE)
def test_a_success_that_does_not_say_which_may_be_one(status, body):
    assert hearing(status, body).deliver(a_letter()) == Delayed(UNREADABLE, may_have_arrived=True)


NOT_NOTIFYS = [
    (400, b"<html>nginx</html>", "400 no name"),
    (400, {"result": "error", "message": "Bad"}, "400 no name"),
    (401, b"<html>who are you</html>", "401 no name"),
    (403, b"<html>a firewall</html>", "403 no name"),
    (404, {"result": "error", "message": "not here"}, "404 no name"),
    (405, {"result": "error", "message": "not so"}, "405 no name"),
    (418, b"", "418 no name"),
    (500, {"errors": "in words"}, "500 no name"),
    (500, {"errors": ["in words"]}, "500 no name"),
    (500, {"errors": []}, "500 no name"),
    (500, {"errors": [{"error": "X" * 400}]}, ("500 " + "X" * 400)[:120]),
    (502, b"<html>bad gateway</html>", "502 no name"),
    (504, {"status_code": 504, "errors": [{"error": "HardEventletTimeout"}]}, "504 HardEventletTimeout"),
]


@pytest.mark.parametrize(("status", "body", "failure"), NOT_NOTIFYS)
def test_only_what_notify_itself_says_is_final(status, body, failure):
    """In one incident the front end made up 400s and 404s (notify.md, section 14)."""
    assert hearing(status, body).deliver(a_letter()) == Delayed(failure, may_have_arrived=True)


@pytest.mark.parametrize("name", ["ValidationError", "InvalidPhoneError"])
def test_what_is_wrong_with_the_recipient_is_told_by_its_name(name):
    assert hearing(400, error(name)).deliver(a_letter()) == Refused(f"400 {name}")


def test_what_else_is_wrong_needs_mending():
    outcome = hearing(400, error("BadRequestError")).deliver(a_letter())

    assert outcome == Delayed("400 BadRequestError", needs_mending=True)


@pytest.mark.parametrize("body", [b"", b"<html>slow down</html>", error("RateLimitError")])
def test_any_429_but_the_days_last_is_sat_out(body):
    with pytest.raises(CourierIsBusy):
        hearing(429, body).deliver(a_letter())


ASKED: list[Callable[[Notify], object]] = [
    lambda courier: courier.find(uuid4(), NotifyService.PLAIN),
    lambda courier: courier.status(uuid4(), NotifyService.PLAIN),
]


@pytest.mark.parametrize("ask", ASKED, ids=["find", "status"])
@pytest.mark.parametrize(
    ("status", "body"),
    [(200, b""), (200, b"[]"), (200, b"null"), (204, b""), (429, b""), (500, {}), (400, b"")],
)
def test_a_question_without_a_readable_answer_is_open(ask, status, body):
    with pytest.raises(CourierIsAway):
        ask(hearing(status, body))


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize("ask", ASKED, ids=["find", "status"])
def test_a_question_that_we_may_not_ask_stops_everything(ask, status):
    with pytest.raises(CourierStopped):
        ask(hearing(status, error("AuthError")))


def test_the_newest_of_two_under_one_reference_is_the_one():
    newest, older = uuid4(), uuid4()
    found = hearing(200, {"notifications": [{"id": str(newest)}, {"id": str(older)}]}).find(
        uuid4(), NotifyService.PLAIN
    )

    assert found is not None
    assert found.notify_id == newest


def test_nothing_under_a_reference_is_an_answer():
    assert hearing(200, {"notifications": [], "links": {}}).find(uuid4(), NotifyService.PLAIN) is None


def test_each_thread_has_a_client_of_its_own_and_keeps_it():
    courier = a_courier()
    with ThreadPoolExecutor(1) as thread:
        elsewhere = thread.submit(lambda: courier.client).result()

    assert courier.client is courier.client
    assert courier.client is not elsewhere


@pytest.mark.parametrize(
    "key",
    ["", "a-key-of-notify", DEVELOPMENT_KEY[9:-1], DEVELOPMENT_KEY[8:], DEVELOPMENT_KEY.replace("-", "")],
)
def test_a_key_that_was_copied_wrong_is_named_at_once(key):
    with pytest.raises(Misconfigured, match="PORTAL_NOTIFY_API_KEY"):
        a_courier(key)
