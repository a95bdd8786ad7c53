"""What was set aside, taken up again: the quarantine read anew, a conflict decided."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from consumers.batches import split
from consumers.messages import LARGEST, read_event
from domain.conflict import Decided, Ruling
from record import aside
from record.arrivals import Statement
from record.clock import Clock
from record.deciding import decide as note_decision
from record.errors import Erased, NotFound, SealBroken
from record.log import Log
from record.ourselves import our_statement
from record.senders import Sender, credentials


def release(
    log: Log, entries: Sequence[int] | None, clock: Clock
) -> list[dict[str, Any]]:
    """Read quarantined messages again: what became of each now.

    Those that can be read now leave the quarantine with a receipt like any other. A batch
    that was set aside whole leaves it event by event: what of it still cannot be read has
    an entry of its own from then on. Raises `NotFound` for an entry that does not wait.
    """
    waiting = {row["entry"]: row for row in aside.quarantined(log)}
    rows = []
    for entry in entries or sorted(waiting):
        if entry not in waiting:
            raise NotFound(f"no quarantined message {entry} waits to be released")
        if waiting[entry]["size"] > LARGEST:
            reason = waiting[entry]["reason"]
            rows.append({"entry": entry, "status": "quarantined", "reason": reason})
            continue
        rows += _release(log, waiting[entry], clock)
    return rows


def _release(log: Log, waiting: dict[str, Any], clock: Clock) -> list[dict[str, Any]]:
    """What became of one message: of its event, or of each event of a batch."""
    entry = waiting["entry"]
    try:
        raw = b"".join(aside.raw_pieces(log, entry))
    except (Erased, SealBroken) as error:
        return [{"entry": entry, "status": "quarantined", "reason": str(error)}]
    sender = _sender(log, waiting["sender"])
    arrivals = [read_event(each, sender) for each in split(raw)]
    only = arrivals[0] if len(arrivals) == 1 else None
    if only is not None and not isinstance(only, Statement):
        return [{"entry": entry, "status": "quarantined", "reason": only.reason}]
    receipts = log.receive(arrivals, clock)
    if only is None or receipts[0].status != "quarantined":
        aside.mark_released(log, entry, clock.now())
    return [
        {
            "entry": entry,
            "status": receipt.status,
            "position": receipt.position,
            "reason": receipt.reason,
        }
        for receipt in receipts
    ]


def _sender(log: Log, name: str) -> Sender | None:
    """Who sent it, as the credential stands now; without one, somebody who may say nothing."""
    if not name:
        return None
    with log.recorder.reading() as ledger:
        found = credentials(ledger, name)
    return found[0].sender if found else Sender(name, frozenset())


def decide(log: Log, entry: int, keep: str, reason: str, clock: Clock) -> dict[str, Any]:
    """Let the `first` or the `second` content of a conflict stand.

    Raises `NotFound` for a conflict that does not wait for a decision.
    """
    found = aside.conflicts(log, entry=entry)
    if not found or found[0]["decision"] is not None:
        raise NotFound(f"no conflict {entry} waits for a decision")
    second = read_event(aside.raw_second(log, entry)) if keep == "second" else None
    assert second is None or isinstance(second, Statement)

    def ruling(position: int, now: datetime) -> Statement:
        return _ruling(found[0], position, reason, now)

    position = note_decision(log, entry, second, reason, clock, ruling)
    return {"entry": entry, "decision": keep, "position": position}


def _ruling(
    conflict: dict[str, Any], position: int, reason: str, now: datetime
) -> Statement:
    """The event that says whose place the second content takes."""
    data = Ruling(replaces_position=position, reason=reason)
    return our_statement(
        Decided, f"conflict-{conflict['entry']}", conflict["id"], data, now
    )
