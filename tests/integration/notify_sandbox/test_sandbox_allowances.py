"""A service sends so much in a minute and so much in a day, as Notify counts."""

import pytest

from portal.notify_sandbox.config import KeyType
from tests.integration.notify_sandbox.sandboxes import OLD, PHONE, a_config, a_key, a_service, error_of


async def test_the_rate_limit_comes_before_the_body_and_after_the_token(open_sandbox):
    sender = open_sandbox(a_config(a_service(requests_a_minute=6)))
    stranger = sender.with_key(a_key())

    for _ in range(5):
        assert (await stranger.text()).status_code == 403
    answers = [await sender.call("POST", "/v2/notifications/sms", content=b"{") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [400, 400, 429]
    assert error_of(answers[-1])[1:] == (
        "RateLimitError",
        "Exceeded rate limit for key type TEST of 6 requests per 60 seconds",
    )
    assert "retry-after" not in answers[-1].headers
    assert (await sender.get("/v2/notifications")).status_code == 200


async def test_the_daily_limit_counts_what_was_accepted_until_midnight_utc(open_sandbox, clock):
    live = a_key(KeyType.LIVE)
    sender = open_sandbox(a_config(a_service(keys=(live,), texts_a_day=2, emails_a_day=0)))
    await sender.text(template_id=str(OLD))
    await sender.text(phone_number="07700900111")

    answers = [await sender.text() for _ in range(3)]

    assert [answer.status_code for answer in answers] == [201, 201, 429]
    assert error_of(answers[-1])[1:] == (
        "TooManyRequestsError",
        "Exceeded send limits (sms: 2) for today",
    )
    assert error_of(await sender.email())[2] == "Exceeded send limits (email: 0) for today"
    clock.moment = clock.moment.replace(day=24, hour=0)
    assert (await sender.text()).status_code == 201


async def test_team_and_live_keys_share_a_day_and_test_keys_stand_outside(open_sandbox):
    keys = {key_type: a_key(key_type) for key_type in KeyType}
    service = a_service(keys=(*keys.values(),), texts_a_day=2, guests=frozenset({PHONE}))
    sender = open_sandbox(a_config(service))

    order = (KeyType.TEST, KeyType.TEAM, KeyType.TEST, KeyType.LIVE, KeyType.TEAM, KeyType.LIVE, KeyType.TEST)
    statuses = [(await sender.with_key(keys[key_type]).text()).status_code for key_type in order]

    assert statuses == [201, 201, 201, 201, 429, 429, 201]


async def test_a_test_key_has_no_daily_limit(open_sandbox):
    sender = open_sandbox(a_config(a_service(texts_a_day=0)))

    assert (await sender.text()).status_code == 201


async def test_a_service_on_trial_sends_fifty_a_day(open_sandbox):
    service = a_service(keys=(a_key(KeyType.TEAM),), trial=True, guests=frozenset({PHONE}))
    sender = open_sandbox(a_config(service))

    statuses = [(await sender.text()).status_code for _ in range(51)]

    assert statuses == [201] * 50 + [429]


async def test_all_limits_can_be_off(open_sandbox):
    service = a_service(
        keys=(a_key(KeyType.LIVE),),
        requests_a_minute=0,
        texts_a_day=0,
        emails_a_day=0,
        international_texts_a_day=0,
    )
    sender = open_sandbox(a_config(service, limited=False))

    answers = [await sender.text(), await sender.email(), await sender.text(phone_number="077009000012")]

    assert [answer.status_code for answer in answers] == [201, 201, 201]


@pytest.mark.parametrize("channel", ["letter", "fax"])
async def test_what_cannot_be_sent_costs_a_token_too(open_sandbox, channel):
    sender = open_sandbox(a_config(a_service(requests_a_minute=3)))

    statuses = [(await sender.post(f"/v2/notifications/{channel}", {})).status_code for _ in range(2)]

    assert statuses[0] in {400, 500}
    assert statuses[1] == 429


async def test_foreign_texts_have_a_limit_of_their_own(open_sandbox):
    service = a_service(keys=(a_key(KeyType.LIVE),), international_texts_a_day=1)
    sender = open_sandbox(a_config(service))

    answers = [await sender.text(phone_number="077009000012") for _ in range(2)]

    assert answers[0].status_code == 201
    assert error_of(answers[1]) == (
        429,
        "TooManyRequestsError",
        "Exceeded send limits (international_sms: 1) for today",
    )
    assert (await sender.text(phone_number=PHONE)).status_code == 201
