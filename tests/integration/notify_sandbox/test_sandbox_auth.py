"""Who calls must prove it, and is told why they did not in Notify's words."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import jwt
import pytest

from portal.notify_sandbox.config import KeyType
from tests.integration.notify_sandbox.sandboxes import (
    OTHER_SERVICE,
    a_config,
    a_key,
    a_service,
    error_of,
)

INVALID = "Invalid token: "
UNLIKE = (
    INVALID + "make sure your API token matches the example at "
    "https://docs.notifications.service.gov.uk/rest-api.html#authorisation-header"
)
SKEWED = "Error: Your system clock must be accurate to within 30 seconds"


async def refused(sender, header) -> tuple[int, str, str]:
    headers = {} if header is None else {"Authorization": header}
    return error_of(await sender.client.get("/v2/notifications", headers=headers))


@pytest.mark.parametrize("header", [None, ""])
async def test_no_header(sender, header):
    message = "Unauthorized: authentication token must be provided"

    assert await refused(sender, header) == (401, "AuthError", message)


@pytest.mark.parametrize("header", ["Basic dXNlcg==", "Bearer", "token"])
async def test_not_a_bearer(sender, header):
    message = "Unauthorized: authentication bearer scheme must be used"

    assert await refused(sender, header) == (401, "AuthError", message)


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
async def test_the_case_of_the_scheme_does_not_matter(sender, scheme):
    headers = {"Authorization": f"{scheme} {sender.token()}"}

    assert (await sender.client.get("/v2/notifications", headers=headers)).status_code == 200


@pytest.mark.parametrize("token", ["", "x", "x.y.z", "eyJhbGciOiJIUzI1NiJ9.W10.x"])
async def test_an_undecodable_token(sender, token):
    assert await refused(sender, f"Bearer {token}") == (403, "AuthError", UNLIKE)


CLAIMS = [
    ({"exp": -3600}, UNLIKE),
    ({"aud": "notify"}, UNLIKE),
    ({"iss": None}, INVALID + "iss field not provided"),
    ({"iss": "notify"}, INVALID + "service id is not the right data type"),
    ({"iss": str(UUID(int=1))}, INVALID + "service not found"),
    ({"iat": None}, INVALID + "API key not found"),
    ({"exp": "soon"}, INVALID + "API key not found"),
    ({"iat": -31}, SKEWED),
    ({"iat": 32}, SKEWED),
    ({"iat": "now"}, SKEWED),
    ({"nbf": 60}, SKEWED),
]
TIMES = {"exp", "iat", "nbf"}


def changed(sender, changes) -> dict[str, object]:
    """The usual claims with changes: numbers are seconds from now, None leaves a claim out."""
    now = int(sender.clock.now().timestamp())
    claims = {"iss": str(sender.service.id), "iat": now}
    for name, value in changes.items():
        claims[name] = now + value if name in TIMES and isinstance(value, int) else value
    return {name: value for name, value in claims.items() if value is not None}


@pytest.mark.parametrize(("changes", "message"), CLAIMS, ids=repr)
async def test_a_claim_that_is_wrong(sender, changes, message):
    token = jwt.encode(changed(sender, changes), sender.key.secret)

    assert await refused(sender, f"Bearer {token}") == (403, "AuthError", message)


@pytest.mark.parametrize("changes", [{"iat": -30}, {"iat": 30}, {"exp": 60}, {"jti": "x", "colour": "red"}])
async def test_a_claim_that_does_no_harm(sender, changes):
    token = jwt.encode(changed(sender, changes), sender.key.secret)
    headers = {"Authorization": f"Bearer {token}"}

    assert (await sender.client.get("/v2/notifications", headers=headers)).status_code == 200


async def test_a_wrong_secret(sender):
    assert await refused(sender, f"Bearer {sender.with_key(a_key()).token()}") == (
        403,
        "AuthError",
        INVALID + "API key not found",
    )


@pytest.mark.parametrize("algorithm", ["HS384", "HS512", "none"])
async def test_another_algorithm(open_sandbox, algorithm):
    sender = open_sandbox(a_config(a_service(keys=(a_key(secret="s" * 64),))))
    secret: Any = None if algorithm == "none" else sender.key.secret
    token = jwt.encode(changed(sender, {}), secret, algorithm=algorithm)

    assert await refused(sender, f"Bearer {token}") == (
        403,
        "AuthError",
        INVALID + "algorithm used is not HS256",
    )


@pytest.mark.parametrize(
    ("ago", "message"),
    [(timedelta(days=1), "API key revoked"), (timedelta(days=8), "API key not found")],
    ids=["lately", "long ago"],
)
async def test_a_revoked_key(open_sandbox, clock, ago, message):
    keys = (a_key(revoked_at=clock.now() - ago), a_key())
    sender = open_sandbox(a_config(a_service(keys=keys)))

    assert await refused(sender, f"Bearer {sender.token()}") == (403, "AuthError", INVALID + message)


async def test_any_key_of_the_service_will_do(open_sandbox):
    keys = (a_key(), a_key(KeyType.LIVE))
    sender = open_sandbox(a_config(a_service(keys=keys)))

    for key in keys:
        assert (await sender.with_key(key).get("/v2/notifications")).status_code == 200


@pytest.mark.parametrize(
    ("changes", "message"),
    [({"archived": True}, "service is archived"), ({"keys": ()}, "service has no API keys")],
    ids=["archived", "without keys"],
)
async def test_a_service_that_cannot_call(open_sandbox, changes, message):
    unable = a_service(**{"id": OTHER_SERVICE} | changes)
    sender = open_sandbox(a_config(a_service(), unable))
    token = jwt.encode(changed(sender, {"iss": str(unable.id)}), sender.key.secret)

    assert await refused(sender, f"Bearer {token}") == (403, "AuthError", INVALID + message)


async def test_an_address_that_does_not_exist_asks_for_no_token(sender):
    response = await sender.client.get("/v2/nowhere")

    assert response.status_code == 404
    assert response.json()["result"] == "error"
