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


@pytest.fixture
def url(tmp_path: Path) -> str:
    """Where the test's store is kept."""
    return f"sqlite:///{tmp_path}/council.db"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """The file of the test's store."""
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
