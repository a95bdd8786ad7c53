"""What was set aside: conflicts that wait for a person, and bytes that wait for a reader."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from record import kept
from record.errors import Erased, NoSuchKey, NotFound, NotOurs, SealBroken
from record.ledger import Ledger
from record.log import Log
from record.log_reading import whole_rows
from record.sealing import in_place_of


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
    """The bytes of one quarantined message.

    Raises:
        NotFound: there is none of that number.
        Erased: they are gone: their time was over.
        SealBroken, NotOurs: they cannot be opened.
    """
    with log.recorder.reading() as ledger:
        if not ledger.ask("SELECT 1 FROM quarantine WHERE entry = ?", entry):
            raise NotFound(f"there is no quarantined message {entry}")
        for bound, piece in kept.quarantined_bytes(ledger, entry):
            try:
                yield log.seals.opened(piece, bound)
            except NoSuchKey as error:
                raise Erased(
                    f"the bytes of {entry} are gone: their time is over"
                ) from error


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
            f"SELECT {', '.join(names)}, digest, raw FROM conflicts{where} ORDER BY entry DESC",
            *values,
        )
        found = []
        for row in rows:
            *named, digest, raw = tuple(row)
            conflict = dict(zip(names, named, strict=True))
            conflict["reason"] = _reason(log, conflict["reason"], conflict["entry"])
            conflict["first"] = _content_at(log, ledger, conflict["first_position"])
            conflict["second"] = _second(log, bytes(digest), bytes(raw))
            found.append(conflict)
    return found


def raw_second(log: Log, entry: int) -> bytes:
    """The second content of a conflict, as it came.

    Raises:
        NotFound: there is no such conflict.
        Erased, SealBroken, NotOurs: it cannot be opened.
    """
    with log.recorder.reading() as ledger:
        rows = ledger.ask("SELECT digest, raw FROM conflicts WHERE entry = ?", entry)
    if not rows:
        raise NotFound(f"there is no conflict {entry}")
    digest, raw = bytes(rows[0][0]), bytes(rows[0][1])
    return log.seals.opened(raw, kept.conflict_bound(digest))


def _second(log: Log, digest: bytes, raw: bytes) -> Any:
    """The second content, or why it cannot be read."""
    try:
        return json.loads(log.seals.opened(raw, kept.conflict_bound(digest)))
    except (Erased, NotOurs, SealBroken) as error:
        return in_place_of(error)


def _reason(log: Log, written: str | None, entry: int) -> str | None:
    """Why it was decided so, or why that cannot be read."""
    if written is None:
        return None
    try:
        return log.seals.opened_text(written, kept.decision_bound(entry))
    except (Erased, NotOurs, SealBroken) as error:
        return in_place_of(error)


def _content_at(log: Log, ledger: Ledger, position: int) -> dict[str, Any]:
    """The event at *position* as it was said."""
    (row,) = whole_rows(ledger, "position = ?", position)
    state, _ = log.read(row)
    return {**state["said"], "data": state["data"]}
