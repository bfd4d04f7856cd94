"""Settings that are not safe, or not understood, are refused with what to write instead."""

import stat
from decimal import Decimal
from ipaddress import ip_network
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from portal.errors import Misconfigured
from portal.settings import NAMES, ROOT, SANDBOX_ADDRESS, read_settings

SECRET = "a-secret-of-fifty-letters-made-by-hand-for-a-test"
SERVICE, KEY = UUID(int=1), UUID(int=2)
PRODUCTION = {
    "PORTAL_ENVIRONMENT": "production",
    "PORTAL_DATABASE_URL": "postgresql://portal@127.0.0.1/portal",
    "PORTAL_SECRET_KEY": SECRET,
    "PORTAL_BASE_URL": "https://amends.police.example",
    "PORTAL_NOTIFY_API_KEY": f"a-key-of-notify-{SERVICE}-{uuid4()}",
    "PORTAL_NOTIFY_BASE_URL": "https://notify.example",
    "PORTAL_NOTIFY_CALLBACK_TOKEN": "a-token-of-thirty-two-letters-and-more",
    "PORTAL_NOTIFY_TEMPLATES": "/etc/portal/templates.toml",
}


@pytest.fixture
def read(tmp_path):
    """Read settings that keep their files in a folder of the test's own."""
    return lambda **given: read_settings({"PORTAL_VAR": str(tmp_path), **given})


def test_nothing_need_be_set_for_development(read, tmp_path):
    settings = read()

    assert not settings.is_production
    assert settings.uses_sandbox
    assert settings.notify_base_url == SANDBOX_ADDRESS
    assert settings.database_url == f"sqlite+aiosqlite:///{tmp_path}/portal.db"
    assert settings.trusted_proxies == ()
    assert not settings.debug


def test_files_lie_beside_the_package_unless_said_otherwise(tmp_path):
    settings = read_settings({"PORTAL_SECRET_KEY": SECRET})

    assert settings.var == ROOT / "var"
    assert (ROOT / "portal").is_dir()


def test_production_starts_with_all_that_it_needs():
    settings = read_settings(PRODUCTION)

    assert settings.is_production
    assert not settings.uses_sandbox
    assert settings.secret_key == SECRET


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("PORTAL_SECRET_KEY", "", "PORTAL_SECRET_KEY: set one; there is no default"),
        ("PORTAL_DEBUG", "1", "PORTAL_DEBUG: must be off"),
        ("PORTAL_BASE_URL", "", "PORTAL_BASE_URL: must be set, and begin with https://"),
        ("PORTAL_BASE_URL", "http://amends.police.example", "PORTAL_BASE_URL: must be set, and begin with"),
        ("PORTAL_DATABASE_URL", "", "PORTAL_DATABASE_URL: must be set; there is no default"),
        ("PORTAL_NOTIFY_API_KEY", "", "PORTAL_NOTIFY_API_KEY: must be set; the sandbox is for development"),
        ("PORTAL_NOTIFY_BASE_URL", "", "PORTAL_NOTIFY_BASE_URL: must be set, and begin with https://"),
        ("PORTAL_NOTIFY_BASE_URL", "http://notify.example", "PORTAL_NOTIFY_BASE_URL: must be set"),
        ("PORTAL_NOTIFY_CALLBACK_TOKEN", "", "PORTAL_NOTIFY_CALLBACK_TOKEN: must be set"),
        ("PORTAL_NOTIFY_TEMPLATES", "", "PORTAL_NOTIFY_TEMPLATES: must name the file"),
        ("PORTAL_NOTIFY_NEUTRAL_API_KEY", f"b-{SERVICE}-{KEY}", "NEUTRAL_API_KEY: must be of another"),
    ],
)
def test_production_refuses_to_start_without_a_guard(name, value, reason):
    with pytest.raises(Misconfigured, match="refusing to start in production") as refused:
        read_settings(PRODUCTION | {name: value})

    assert reason in str(refused.value)


def test_production_names_everything_that_is_wrong_at_once():
    with pytest.raises(Misconfigured) as refused:
        read_settings({"PORTAL_ENVIRONMENT": "production", "PORTAL_DEBUG": "yes"})

    missing = {line.split(":")[0].strip() for line in str(refused.value).splitlines()[1:]}
    assert missing == {*PRODUCTION, "PORTAL_DEBUG"} - {"PORTAL_ENVIRONMENT"}


def test_production_makes_no_secret_of_its_own(tmp_path):
    with pytest.raises(Misconfigured):
        read_settings(PRODUCTION | {"PORTAL_SECRET_KEY": "", "PORTAL_VAR": str(tmp_path)})

    assert list(tmp_path.iterdir()) == []


def test_development_makes_its_own_secret_once_for_its_owner_alone(read, tmp_path):
    first, second = read().secret_key, read().secret_key

    kept = tmp_path / "secret_key"
    assert first == second == kept.read_text()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert len(first) >= 64


def test_every_machine_has_another_secret(tmp_path):
    secrets = {read_settings({"PORTAL_VAR": str(tmp_path / name)}).secret_key for name in "abc"}

    assert len(secrets) == 3


@pytest.mark.parametrize("secret", ["short", "x" * 31])
def test_a_secret_that_can_be_guessed_is_refused(read, secret):
    with pytest.raises(Misconfigured, match="PORTAL_SECRET_KEY"):
        read(PORTAL_SECRET_KEY=secret)
    with pytest.raises(Misconfigured, match="PORTAL_SECRET_KEY"):
        read(PORTAL_SECRET_KEY=SECRET, PORTAL_SECRET_KEYS_RETIRED=f"{SECRET} {secret}")


def test_retired_secrets_are_named_one_after_another(read):
    settings = read(PORTAL_SECRET_KEYS_RETIRED=f"{SECRET}-1  {SECRET}-2\n")

    assert settings.retired_secret_keys == (f"{SECRET}-1", f"{SECRET}-2")


def test_settings_do_not_show_their_secrets():
    given = PRODUCTION | {
        "PORTAL_SECRET_KEYS_RETIRED": f"retired-{SECRET}",
        "PORTAL_NOTIFY_NEUTRAL_API_KEY": f"a-neutral-key-{uuid4()}-{uuid4()}",
    }
    shown = repr(read_settings(given))

    assert SECRET not in shown
    assert "a-key-of-notify" not in shown
    assert "a-neutral-key" not in shown
    assert "a-token-of" not in shown


@pytest.mark.parametrize("name", ["PORTAL_SECRET", "PORTAL_DEBGU", "PORTAL_"])
def test_a_name_that_we_do_not_know_is_refused(read, name):
    with pytest.raises(Misconfigured, match=f"{name}: no such setting"):
        read(**{name: "anything"})


def test_names_of_others_are_nothing_to_us(read):
    assert not read(PORTAL_TEST_PG_URL="postgresql://127.0.0.1/", HOME="/root", portal_debug="1").debug


def test_an_environment_that_we_do_not_know_is_refused(read):
    with pytest.raises(Misconfigured, match="PORTAL_ENVIRONMENT"):
        read(PORTAL_ENVIRONMENT="prod")


@pytest.mark.parametrize(
    ("given", "read_as"),
    [
        ("127.0.0.1", ["127.0.0.1/32"]),
        ("10.0.0.0/8, 192.168.1.7", ["10.0.0.0/8", "192.168.1.7/32"]),
        ("::1 fd00::/8", ["::1/128", "fd00::/8"]),
        ("", []),
    ],
)
def test_proxies_are_named_by_their_addresses(read, given, read_as):
    wanted = tuple(ip_network(network) for network in read_as)

    assert read(PORTAL_TRUSTED_PROXIES=given).trusted_proxies == wanted


@pytest.mark.parametrize("given", ["*", "127.0.0.1, *", "10.*", "proxy.example", "10.0.0.1/8", "0.0.0"])
def test_a_proxy_that_could_be_anybody_or_nobody_is_refused(read, given):
    with pytest.raises(Misconfigured, match="PORTAL_TRUSTED_PROXIES"):
        read(PORTAL_TRUSTED_PROXIES=given)


@pytest.mark.parametrize(
    ("given", "read_as"),
    [
        ("sqlite:///var/portal.db", "sqlite+aiosqlite:///var/portal.db"),
        ("sqlite:////srv/portal.db", "sqlite+aiosqlite:////srv/portal.db"),
        ("sqlite+aiosqlite:///portal.db", "sqlite+aiosqlite:///portal.db"),
        ("postgresql://me@127.0.0.1:5433/p", "postgresql+asyncpg://me@127.0.0.1:5433/p"),
        ("postgres://me:pass@db/p", "postgresql+asyncpg://me:pass@db/p"),
        ("postgresql+asyncpg://me@/p?host=/run", "postgresql+asyncpg://me@/p?host=/run"),
    ],
)
def test_databases_are_named_as_people_name_them(read, given, read_as):
    assert read(PORTAL_DATABASE_URL=given).database_url == read_as


@pytest.mark.parametrize("given", ["mysql://db/p", "portal.db", "postgresql+psycopg://db/p", "sqlite"])
def test_a_database_of_another_kind_is_refused(read, given):
    with pytest.raises(Misconfigured, match="PORTAL_DATABASE_URL"):
        read(PORTAL_DATABASE_URL=given)


@pytest.mark.parametrize("given", ["https://amends.example/", " https://amends.example "])
def test_the_address_is_kept_without_what_is_around_it(read, given):
    assert read(PORTAL_BASE_URL=given).base_url == "https://amends.example"


@pytest.mark.parametrize(
    "given",
    [
        "amends.example",
        "ftp://amends.example",
        "https://",
        "https://amends.example/portal",
        "https://a.example?b=1",
    ],
)
def test_an_address_that_is_more_or_less_than_one_is_refused(read, given):
    with pytest.raises(Misconfigured, match="PORTAL_BASE_URL"):
        read(PORTAL_BASE_URL=given)


@pytest.mark.parametrize(
    ("given", "is_on"), [("1", True), ("TRUE", True), ("on", True), ("0", False), ("", False)]
)
def test_debugging_is_switched_on_by_saying_so(read, given, is_on):
    assert read(PORTAL_DEBUG=given).debug is is_on


def test_a_neutral_key_is_of_a_service_of_its_own_or_not_set():
    key = f"b-{uuid4()}-{uuid4()}"

    assert read_settings(PRODUCTION).notify_neutral_api_key == ""
    assert read_settings(PRODUCTION | {"PORTAL_NOTIFY_NEUTRAL_API_KEY": key}).notify_neutral_api_key == key


@pytest.mark.parametrize(("given", "price"), [("", "0.024"), ("0.031", "0.031"), ("0", "0"), ("1", "1")])
def test_a_fragment_costs_what_the_operator_pays(read, given, price):
    assert read(PORTAL_NOTIFY_SMS_PRICE=given).sms_price == Decimal(price)


@pytest.mark.parametrize("given", ["-1", "2.4p", "NaN", "1e5", "0,024", "Infinity", "٣", "1234"])
def test_a_price_that_is_none_is_named(read, given):
    with pytest.raises(Misconfigured, match="PORTAL_NOTIFY_SMS_PRICE: write the pounds"):
        read(PORTAL_NOTIFY_SMS_PRICE=given)


@pytest.mark.parametrize(
    ("name", "attribute"),
    [("PORTAL_NOTIFY_TEMPLATES", "notify_templates"), ("PORTAL_REGIMES_FILE", "regimes_file")],
)
def test_files_are_named_or_left_out(read, name, attribute):
    assert getattr(read(), attribute) is None
    assert getattr(read(**{name: "/etc/portal/a.toml"}), attribute) == Path("/etc/portal/a.toml")


def test_every_name_can_be_set(read):
    assert set(PRODUCTION) < set(NAMES)
    assert len(set(NAMES)) == len(NAMES)


@pytest.mark.parametrize(
    ("given", "tokens", "newest"),
    [("a-token", ("a-token",), "a-token"), (" new  old\n", ("new", "old"), "new")],
)
def test_while_it_is_changed_there_are_two_callback_tokens_and_the_newest_is_first(
    read, given, tokens, newest
):
    settings = read(PORTAL_NOTIFY_CALLBACK_TOKEN=given)

    assert (settings.notify_callback_tokens, settings.notify_callback_token) == (tokens, newest)
    assert newest not in repr(settings)


def test_the_sandbox_of_a_machine_needs_no_token_from_anybody_and_notify_always_does():
    ours, theirs = (read_settings({"PORTAL_SECRET_KEY": secret}) for secret in (SECRET, SECRET[::-1]))
    real = read_settings({"PORTAL_SECRET_KEY": SECRET, "PORTAL_NOTIFY_API_KEY": f"a-{SERVICE}-{KEY}"})

    assert ours.notify_callback_token != theirs.notify_callback_token
    assert len(ours.notify_callback_token) == 64
    assert SECRET not in ours.notify_callback_token
    assert real.notify_callback_tokens == ()
