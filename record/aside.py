"""What was set aside: conflicts that wait for a person, and bytes that wait for a reader."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from record import kept
from record.errors import NotFound
from record.ledger import Ledger
from record.log import Log


def quarantined(log: Log, *, everything: bool = False) -> list[dict[str, Any]]:
    """What waits in the quarantine, newest first; with *everything* what is released too."""
    names = (
        "entry",
        "received_at",
        "sender",
        "source",
        "id",
        "reason",
        "size",
        "times",
        "released_at",
    )
    where = "" if everything else " WHERE released_at IS NULL"
    with log.recorder.reading() as ledger:
        rows = ledger.ask(
            f"SELECT {', '.join(names)} FROM quarantine{where} ORDER BY entry DESC"
        )
    return [dict(zip(names, tuple(row), strict=True)) for row in rows]


def waiting(log: Log, sender: str, since: int, limit: int) -> list[dict[str, Any]]:
    """What waits in the quarantine of one sender after entry *since*, oldest first."""
    names = ("entry", "received_at", "source", "id", "reason", "size")
    with log.recorder.reading() as ledger:
        rows = ledger.ask(
            f"SELECT {', '.join(names)} FROM quarantine WHERE sender = ?"
            " AND released_at IS NULL AND entry > ? ORDER BY entry LIMIT ?",
            sender,
            since,
            limit,
        )
    return [dict(zip(names, tuple(row), strict=True)) for row in rows]


def raw_pieces(log: Log, entry: int) -> Iterator[bytes]:
    """The bytes of one quarantined message. Raises `NotFound`."""
    with log.recorder.reading() as ledger:
        if not ledger.ask("SELECT 1 FROM quarantine WHERE entry = ?", entry):
            raise NotFound(f"there is no quarantined message {entry}")
        yield from kept.quarantined_bytes(ledger, entry)


def mark_released(log: Log, entry: int, released_at: datetime) -> None:
    """The quarantined message *entry* has its receipt after all."""
    with log.recorder.writing() as ledger:
        kept.mark_released(ledger, entry, released_at)


def conflicts(
    log: Log, *, everything: bool = False, entry: int | None = None
) -> list[dict[str, Any]]:
    """Conflicts with both contents, newest first; by default those not decided yet."""
    names = (
        "entry", "received_at", "source", "id", "first_position", "decision",
        "decided_at", "reason",
    )  # fmt: skip
    conditions = [] if everything or entry is not None else ["decision IS NULL"]
    conditions += ["entry = ?"] if entry is not None else []
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    values = [entry] if entry is not None else []
    with log.recorder.reading() as ledger:
        rows = ledger.ask(
            f"SELECT {', '.join(names)}, raw FROM conflicts{where} ORDER BY entry DESC",
            *values,
        )
        found = []
        for row in rows:
            *named, raw = tuple(row)
            conflict = dict(zip(names, named, strict=True))
            conflict["first"] = _content_at(ledger, conflict["first_position"])
            conflict["second"] = json.loads(bytes(raw))
            found.append(conflict)
    return found


def raw_second(log: Log, entry: int) -> bytes:
    """The second content of a conflict, as it came. Raises `NotFound`."""
    with log.recorder.reading() as ledger:
        rows = ledger.ask("SELECT raw FROM conflicts WHERE entry = ?", entry)
    if not rows:
        raise NotFound(f"there is no conflict {entry}")
    return bytes(rows[0][0])


def _content_at(ledger: Ledger, position: int) -> dict[str, Any]:
    """The event at *position* as it was said."""
    rows = ledger.ask("SELECT state FROM stored_events WHERE position = ?", position)
    state = json.loads(bytes(rows[0][0]))
    return {**state["said"], "data": state["data"]}
