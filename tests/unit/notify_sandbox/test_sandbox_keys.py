"""The development keys are known as such, whatever else is written around them."""

import json
from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from portal.notify_sandbox.config import (
    Channel,
    SandboxConfig,
    SandboxService,
    SandboxTemplate,
    load_templates,
)
from portal.notify_sandbox.keys import (
    DEVELOPMENT_KEY,
    NEUTRAL_DEVELOPMENT_KEY,
    is_sandbox_key,
    parts_of,
)


def a_template() -> SandboxTemplate:
    return SandboxTemplate(UUID(int=7), Channel.SMS, "One", "old")


@pytest.mark.parametrize("key", [DEVELOPMENT_KEY, NEUTRAL_DEVELOPMENT_KEY])
def test_a_development_key_is_known_under_any_name(key):
    name, service, secret = parts_of(key)

    assert key == f"{name}-{service}-{secret}"
    assert is_sandbox_key(key)
    assert is_sandbox_key(f" live_one-{service}-{secret}".upper())
    assert is_sandbox_key(f"live-{uuid4()}-{secret}")
    assert is_sandbox_key(f"live-{service}-{uuid4()}")


@pytest.mark.parametrize("key", ["", "sandbox", f"sandbox-{uuid4()}", f"sandbox-{uuid4()}-{uuid4()}"])
def test_no_other_key_is(key):
    assert not is_sandbox_key(key)


def test_templates_are_read_from_a_file(tmp_path):
    described = [
        {"id": str(UUID(int=1)), "type": "sms", "name": "B", "body": "Hi"},
        {"id": str(UUID(int=2)), "type": "email", "name": "A", "body": "Hi", "subject": "S", "version": 3},
    ]
    file = tmp_path / "templates.json"
    file.write_text(json.dumps(described))

    text, email = load_templates(file)

    assert (text.id, text.type, text.version, text.subject) == (UUID(int=1), Channel.SMS, 1, None)
    assert (email.type, email.version, email.subject) == (Channel.EMAIL, 3, "S")


def test_the_newest_version_of_a_template_is_the_one_that_counts():
    first = a_template()
    second = replace(first, version=2, body="new")
    service = SandboxService(uuid4(), "A service", templates=(second, first))

    assert service.template(first.id) == second
    assert service.template(first.id, 1) == first
    assert service.template(first.id, 3) is None
    assert service.template(uuid4()) is None
    assert [template.version for template in service.latest_templates()] == [2]


def test_the_two_development_services_share_their_templates_and_no_number():
    plain, neutral = SandboxConfig.for_development([a_template()]).services

    assert (plain.name, neutral.name) == ("Amends", "Appointments")
    assert plain.templates == neutral.templates == (a_template(),)
    assert plain.inbound_number != neutral.inbound_number


def test_the_neutral_service_may_have_templates_of_its_own():
    own = replace(a_template(), body="neutral")

    plain, neutral = SandboxConfig.for_development([a_template()], neutral_templates=[own]).services

    assert (plain.templates, neutral.templates) == ((a_template(),), (own,))
