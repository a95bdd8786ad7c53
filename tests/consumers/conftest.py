"""A door of the test's log, and a sender who is let in at it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from record.clock import SteppedClock
from record.log import Log
from record.settings import Settings
from tests.door import Server, client, door, door_settings, let_in
from tests.feeds import ASH


@pytest.fixture
def settings(log: Log, tmp_path: Path) -> Settings:
    """Settings of a door."""
    return door_settings(log, tmp_path)


@pytest.fixture
def token(log: Log, settings: Settings, clock: SteppedClock) -> str:
    """The token of ash, who speaks for itself."""
    return let_in(log, settings, "ash", ASH, now=clock.now())


@pytest.fixture
def server(log: Log, settings: Settings, clock: SteppedClock) -> Iterator[Server]:
    """The door at work."""
    with door(log, clock, settings) as running:
        yield running


@pytest.fixture
def ash(server: Server, token: str) -> Iterator[httpx.Client]:
    """A sender who is let in."""
    with client(server, token) as sender:
        yield sender
