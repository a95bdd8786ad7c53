"""What most tests begin with: a real store in a folder of their own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings

from consumers.intake import Intake
from record.clock import SteppedClock
from record.log import Log
from tests.feeds import NOON
from tests.postgres import KEYS, Cluster, tables_only

LONG = os.environ.get("LONG_TESTS") == "1"
"""Whether the long runs are asked for."""

settings.register_profile(
    "counterfoil",
    deadline=None,
    database=None,
    derandomize=not LONG,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
)
settings.load_profile("counterfoil")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test of a log is run on both kinds of store, unless it opens SQLite's file itself."""
    if "store_kind" in metafunc.fixturenames:
        on_a_file = "store" in metafunc.fixturenames
        kinds = ["sqlite"] if on_a_file else ["sqlite", "postgresql"]
        metafunc.parametrize("store_kind", kinds)


@pytest.fixture(autouse=True)
def _no_keys_of_another_test() -> None:
    """What a server's store was told of its keys is not told to the next test's."""
    for name in KEYS:
        os.environ.pop(name, None)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL server for the tests of one process: quick, and forgetful of power cuts."""
    started = Cluster()
    yield started
    started.remove()


@pytest.fixture(scope="session")
def template(cluster: Cluster) -> str:
    """A database with our tables and nothing in them, to be copied."""
    return tables_only(cluster)


@pytest.fixture
def database(
    cluster: Cluster, template: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """A new database with our tables. Its columns would be kept where the test works."""
    monkeypatch.chdir(tmp_path)
    name = cluster.new(template)
    yield cluster.url(name)
    cluster.drop(name)


@pytest.fixture
def url(store_kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """Where the test's store is kept."""
    if store_kind == "postgresql":
        return str(request.getfixturevalue("database"))
    return f"sqlite:///{tmp_path}/council.db"


@pytest.fixture
def new_url(
    store_kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[str]:
    """Where a store may be kept, and there is none yet."""
    if store_kind == "sqlite":
        yield f"sqlite:///{tmp_path}/council.db"
        return
    server = request.getfixturevalue("cluster")
    name = server.new()
    yield server.url(name)
    server.drop(name)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """The file of the test's store: a test that asks for it is run on SQLite only."""
    return tmp_path / "council.db"


@pytest.fixture
def log(url: str) -> Iterator[Log]:
    """A new log whose clock the test may set."""
    with Log(url, simulated=True) as opened:
        yield opened


@pytest.fixture
def clock() -> SteppedClock:
    """A clock that stands at noon until it is put elsewhere."""
    return SteppedClock(NOON)


@pytest.fixture
def intake(log: Log) -> Intake:
    """The door of the test's log."""
    return Intake(log)
