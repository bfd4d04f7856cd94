"""Portals of processes of their own, with some people of the sample in their records."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.journeys import travellers
from tests.postgresql import Cluster
from tests.running import Portal
from tests.sample import OFFENCES


@pytest.fixture(params=["sqlite", "postgresql"])
def portal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Portal]:
    """A portal that has taken in the travellers' cases.  None of its processes run yet."""
    if request.param == "sqlite":
        yield _filled(Portal(f"sqlite:///{tmp_path / 'portal.db'}", tmp_path))
        return
    cluster: Cluster = request.getfixturevalue("cluster")
    with cluster.database() as name:
        yield _filled(Portal(cluster.url(name), tmp_path))


def _filled(portal: Portal) -> Portal:
    people = "\n".join(json.dumps(person.case) for person in travellers())
    codes = {person.case["offence"]["code"] for person in travellers()}
    offences = [entry for entry in json.loads(OFFENCES.read_text("utf-8")) if entry["cjsCode"] in codes]
    (portal.var / "people.jsonl").write_text(people, "utf-8")
    (portal.var / "offences.json").write_text(json.dumps(offences), "utf-8")
    portal.run("migrate")
    portal.run("reference", "load-offences", str(portal.var / "offences.json"))
    portal.run("import", str(portal.var / "people.jsonl"))
    return portal
