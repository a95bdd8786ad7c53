"""What the laws begin with."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import chdir, contextmanager

import pytest

from record.log import Log
from tests.projections.logs import PARTS, NewLog, on_sqlite


@pytest.fixture
def new_log(part: int, request: pytest.FixtureRequest) -> NewLog:
    """Makes a log in a folder of its own; in the last part, a log on PostgreSQL."""
    if part < PARTS - 1:
        return on_sqlite
    server, template = map(request.getfixturevalue, ("cluster", "template"))

    @contextmanager
    def on_postgresql() -> Iterator[Log]:
        name = server.new(template)
        with (
            tempfile.TemporaryDirectory() as folder,
            chdir(folder),
            Log(server.url(name), simulated=True) as log,
        ):
            yield log
        server.drop(name)

    return on_postgresql
