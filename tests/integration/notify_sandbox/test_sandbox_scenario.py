"""Every row of Notify's tables of refusals, met by its own client over HTTP."""

from typing import Any
from uuid import uuid4

import jwt
import pytest
import requests
from notifications_python_client import errors
from notifications_python_client.notifications import NotificationsAPIClient

from portal.clock import Clock
from portal.notify_sandbox.app import create_sandbox
from tests.integration.notify_sandbox.scenario import CONFIG, KEY, MAIL, ROWS, SERVICES, SMS, USUAL
from tests.integration.notify_sandbox.servers import served

BAD = "BadRequestError"
INVALID = "Invalid token: "
UNLIKE = (
    INVALID + "make sure your API token matches the example at "
    "https://docs.notifications.service.gov.uk/rest-api.html#authorisation-header"
)
SKEWED = "Error: Your system clock must be accurate to within 30 seconds"


@pytest.fixture(scope="module")
def address():
    with served(create_sandbox(CONFIG)) as address:
        yield address


@pytest.fixture
def client_with(address):
    """Notify's own client, with a key."""
    opened: list[Any] = []

    def open_one(key: str) -> Any:
        opened.append(NotificationsAPIClient(key, base_url=address, timeout=5))
        return opened[-1]

    yield open_one
    for client in opened:
        client.request_session.close()


@pytest.fixture
def client(client_with):
    return client_with(KEY)


def order(address, **fault) -> None:
    requests.post(f"{address}/sandbox/faults", json=fault, timeout=5).raise_for_status()


def signed(claims=(), *, service="usual", secret=None, algorithm="HS256") -> str:
    """A header of the usual service, with claims changed; those that are None are left out."""
    usual = {"iss": str(SERVICES[service].id), "iat": now()} | dict(claims)
    secret = USUAL.keys[0].secret if secret is None else secret
    token = jwt.encode(
        {name: claim for name, claim in usual.items() if claim is not None}, secret, algorithm=algorithm
    )
    return f"Bearer {token}"


def own(service: str) -> str:
    """A header of a service that is signed with its own first key."""
    return signed(service=service, secret=SERVICES[service].keys[0].secret)


def now() -> int:
    return int(Clock().now().timestamp())


def from_now(seconds: int) -> int:
    return now() + seconds


AUTH = {
    "no header": (lambda: None, 401, "Unauthorized: authentication token must be provided"),
    "not Bearer": (lambda: "Basic x", 401, "Unauthorized: authentication bearer scheme must be used"),
    "undecodable": (lambda: "Bearer x.y.z", 403, UNLIKE),
    "exp past": (lambda: signed({"exp": from_now(-3600)}), 403, UNLIKE),
    "aud": (lambda: signed({"aud": "notify"}), 403, UNLIKE),
    "no iss": (lambda: signed({"iss": None}), 403, INVALID + "iss field not provided"),
    "iss no UUID": (lambda: signed({"iss": "x"}), 403, INVALID + "service id is not the right data type"),
    "unknown service": (lambda: signed({"iss": str(uuid4())}), 403, INVALID + "service not found"),
    "archived": (lambda: own("archived"), 403, INVALID + "service is archived"),
    "no keys": (lambda: signed(service="keyless"), 403, INVALID + "service has no API keys"),
    "wrong secret": (lambda: signed(secret="s" * 36), 403, INVALID + "API key not found"),
    "no iat": (lambda: signed({"iat": None}), 403, INVALID + "API key not found"),
    "iat too old": (lambda: signed({"iat": from_now(-60)}), 403, SKEWED),
    "iat ahead": (lambda: signed({"iat": from_now(60)}), 403, SKEWED),
    "HS512": (
        lambda: signed(secret="s" * 64, algorithm="HS512"),
        403,
        INVALID + "algorithm used is not HS256",
    ),
    "no algorithm": (
        lambda: signed(secret="", algorithm="none"),
        403,
        INVALID + "algorithm used is not HS256",
    ),
    "revoked": (lambda: own("revoked"), 403, INVALID + "API key revoked"),
    "revoked long ago": (lambda: own("forgotten"), 403, INVALID + "API key not found"),
}


@pytest.mark.parametrize(("header", "status", "message"), AUTH.values(), ids=AUTH)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_caller_who_proves_nothing_is_told_why(address, header, status, message, method):
    path = "/v2/notifications" if method == "GET" else "/v2/notifications/sms"
    given = header()
    headers = {"Authorization": given} if given else {}

    answer = requests.request(method, address + path, headers=headers, json=SMS, timeout=5)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == {
        "errors": [{"error": "AuthError", "message": message}],
        "status_code": status,
    }


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.what)
def test_a_message_that_is_not_taken_is_refused_in_notifys_words(address, client_with, row):
    client = client_with(row.key_text)
    if row.fault:
        order(address, kind=row.fault)

    with pytest.raises(errors.HTTPError) as caught:
        client.post(f"/v2/notifications/{row.channel}", data=row.body)

    refusal: Any = caught.value
    assert refusal.status_code == row.status
    assert refusal.message == [{"error": row.error, "message": row.message}]
    assert "retry-after" not in refusal.response.headers


@pytest.mark.parametrize("body", [b"", b"{"])
def test_no_json_is_no_request(address, body):
    answer = requests.post(
        f"{address}/v2/notifications/sms", data=body, headers={"Authorization": signed()}, timeout=5
    )

    reason = {"error": BAD, "message": "Invalid JSON supplied in POST data"}
    assert answer.json() == {"status_code": 400, "errors": [reason]}


def test_all_that_is_wrong_with_the_form_is_told_at_once(client):
    with pytest.raises(errors.HTTPError) as caught:
        client.post("/v2/notifications/email", data={"email_address": "ann", "reference": 3})

    refusal: Any = caught.value
    assert [error["message"] for error in refusal.message] == [
        "reference 3 is not of type string",
        "email_address Not a valid email address",
        "template_id is a required property",
    ]


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        ({"kind": "400"}, 400),
        ({"kind": "502"}, 502),
        ({"kind": "503"}, 503),
        ({"kind": "hang", "seconds": 0}, 504),
    ],
    ids=str,
)
def test_what_stands_before_notify_answers_with_a_page(address, client, fault, status):
    order(address, **fault)

    with pytest.raises(errors.HTTPError) as caught:
        client.post("/v2/notifications/sms", data=SMS)

    trouble: Any = caught.value
    assert trouble.status_code == status
    assert trouble.message == "Request failed"
    assert trouble.response.headers["content-type"] == "text/html"


@pytest.mark.parametrize("kept", [True, False], ids=["kept", "deleted again"])
def test_a_500_may_have_kept_the_message_or_not(address, client, kept):
    order(address, kind="500", stored=kept)

    with pytest.raises(errors.HTTPError):
        client.post("/v2/notifications/email", data=MAIL | {"reference": f"kept {kept}"})

    assert len(client.get_all_notifications(reference=f"kept {kept}")["notifications"]) == kept
