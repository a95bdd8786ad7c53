"""What arrives at the door, as the reader found it, and the receipt it is given.

`sender` is the name of the credential by which it came; None where it came in a file.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from domain.base import Envelope, Event
from domain.values import Data

Status = Literal["recorded", "duplicate", "conflict", "quarantined", "rejected"]
STATUSES: tuple[Status, ...] = (
    "recorded", "duplicate", "conflict", "quarantined", "rejected"
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Statement:
    """A readable statement by somebody who may say it.

    `digest` is of its content as JSON values; `thing` is the id of what it speaks of.
    """

    kind: type[Event]
    said: Envelope
    data: Data
    digest: bytes
    thing: UUID
    raw: bytes
    sender: str | None = None


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Bytes that are no event we can read, and why: the reason names no contents.

    `pieces` are the bytes as they came, `size` their number, `digest` their SHA-256.
    `source` and `id` are known where they could be read, so that sending the event again
    can release this.
    """

    pieces: Iterable[bytes]
    size: int
    reason: str
    digest: bytes
    source: str | None = None
    id: str | None = None
    sender: str | None = None


@dataclass(frozen=True, slots=True)
class NotTheirs:
    """An event that its sender, or its source, may not say. Its content is not kept."""

    source: str
    type: str
    reason: str
    id: str | None = None
    sender: str | None = None


Arrival = Statement | Unreadable | NotTheirs


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of one event (feed.md). `position` is its place in the log."""

    status: Status
    source: str | None = None
    id: str | None = None
    position: int | None = None
    reason: str | None = None
