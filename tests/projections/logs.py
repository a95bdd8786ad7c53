"""Logs that the laws fill: one after another, in places of their own."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from record.log import Log

PARTS = 4
"""In how many parts a law is tried; the last is kept on PostgreSQL."""

NewLog = Callable[[], AbstractContextManager[Log]]


@contextmanager
def on_sqlite() -> Iterator[Log]:
    """A log in a folder of its own."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Log(f"sqlite:///{folder}/council.db", simulated=True) as log,
    ):
        yield log
