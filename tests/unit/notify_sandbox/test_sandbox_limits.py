"""The bucket of tokens behaves as the one that was measured."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from portal.notify_sandbox.config import KeyType, SandboxService
from portal.notify_sandbox.errors import ApiError
from portal.notify_sandbox.limits import RateLimit

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)


@pytest.fixture
def service():
    return SandboxService(uuid4(), "A service")


def taken(limit, service, *, calls, at=NOW, key_type=KeyType.TEST) -> int:
    """How many of so many calls pass."""
    passed = 0
    for _ in range(calls):
        try:
            limit.take(service, key_type, now=at)
        except ApiError:
            continue
        passed += 1
    return passed


def test_a_burst_of_999_passes_and_no_more(service):
    assert taken(RateLimit(), service, calls=1500) == 999


def test_hammering_starves_the_caller(service):
    limit = RateLimit()
    taken(limit, service, calls=1000)

    passed = [taken(limit, service, calls=1, at=NOW + timedelta(seconds=n / 50)) for n in range(1, 500)]

    assert passed == [0] * 499


def test_waiting_refills_the_bucket(service):
    limit = RateLimit()
    taken(limit, service, calls=1500)

    assert taken(limit, service, calls=300, at=NOW + timedelta(seconds=2)) == 99


def test_each_type_of_key_has_a_bucket_of_its_own(service):
    limit = RateLimit()
    taken(limit, service, calls=1500)

    assert taken(limit, service, calls=1, key_type=KeyType.LIVE) == 1


def test_the_refusal_names_the_key_and_the_limit(service):
    limit = RateLimit()
    taken(limit, service, calls=1500)

    with pytest.raises(ApiError) as refusal:
        limit.take(service, KeyType.TEST, now=NOW)

    assert (refusal.value.status, refusal.value.name) == (429, "RateLimitError")
    assert refusal.value.messages == (
        "Exceeded rate limit for key type TEST of 3000 requests per 60 seconds",
    )
