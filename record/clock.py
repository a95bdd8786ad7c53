"""The clock is an argument: the system's, or a stepped one for a simulated store."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the instant at which something is received."""

    simulated: bool

    def now(self) -> datetime:
        """The present instant, with an offset."""
        ...


class SystemClock:
    """The machine's own clock."""

    simulated = False

    def now(self) -> datetime:
        """The present instant in UTC."""
        return datetime.now(UTC)


@dataclass
class SteppedClock:
    """A clock that stands where it is put. Only for stores marked as simulated."""

    at: datetime
    simulated = True

    def now(self) -> datetime:
        """Where the clock was put."""
        return self.at.astimezone(UTC)
