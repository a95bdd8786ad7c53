"""What a follower tells of itself: how far behind it is, and how long its work takes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Lag:
    """How far behind: `events` that are not followed yet, the oldest since `seconds`."""

    events: int
    seconds: float


@dataclass(frozen=True)
class Took:
    """How many refreshings there were, and how long they took together, in seconds."""

    count: int = 0
    seconds: float = 0.0
