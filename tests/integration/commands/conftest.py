"""Somebody at the command line, and a Notify for them."""

from collections.abc import Iterator

import pytest

from portal.settings import Settings
from tests.integration.commands.operators import Operator
from tests.integration.sending.post_offices import PostOffice, a_post_office


@pytest.fixture(scope="session")
def post_office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostOffice]:
    with a_post_office(Settings(var=tmp_path_factory.mktemp("post office"))) as office:
        yield office


@pytest.fixture
def operator(database_url, keys, tmp_path, capsys, post_office) -> Operator:
    """Of a portal that has its schema and nothing else."""
    return Operator(
        database_url,
        tmp_path,
        secret_key=keys.secrets[0],
        capture=capsys,
        settings={"PORTAL_NOTIFY_BASE_URL": post_office.url},
    )


@pytest.fixture
def newcomer(keys, tmp_path, capsys) -> Operator:
    """Of a portal that was just installed: no database yet, and nothing set but where to keep things."""
    return Operator("", tmp_path / "var", secret_key=keys.secrets[0], capture=capsys)
