"""What tests of faults begin with: a server that keeps what it has said it keeps."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from tests.postgres import Cluster, tables_only


@pytest.fixture(scope="session")
def durable() -> Iterator[Cluster]:
    """A PostgreSQL server that writes to disk as in real use."""
    started = Cluster(fsync=True)
    yield started
    started.stop(signal.SIGQUIT)
    started.remove()


@pytest.fixture
def durable_url(durable: Cluster) -> Iterator[str]:
    """A database of it, with our tables."""
    name = tables_only(durable)
    yield durable.url(name)
    durable.drop(name)
