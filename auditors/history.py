"""History: the events of the log as they were said, with when we knew them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from domain.catalogue import TOPICS
from domain.concern import Concern
from projections.asking import Moment
from record.log import Log
from record.log_reading import WholeRow
from record.sealing import SEALED


def events(
    log: Log, start: int = 1, limit: int | None = None
) -> Iterator[dict[str, Any]]:
    """The log from position *start* on: `position`, `received_at`, then what was said."""
    left = limit
    for rows in log.whole(start - 1):
        for row in rows if left is None else rows[:left]:
            yield as_said(log, row)
        left = None if left is None else left - len(rows)
        if left is not None and left <= 0:
            return


def as_said(log: Log, row: WholeRow) -> dict[str, Any]:
    """One row of the log as the CloudEvent that was said.

    Where words cannot be read it is said why: they were erased, are sealed, or the seal is
    broken. Who may not read concerns reads of one only that it was spoken of.
    """
    stored, unread = log.read(row)
    said = {"type": row.topic, **stored["said"]}
    if TOPICS[row.topic].AGGREGATE is Concern and SEALED in unread.values():
        stored["data"] = {"sealed": "concerns are read with the safeguarding key"}
    return {
        "position": row.position,
        "received_at": stored["received_at"],
        **said,
        "data": stored["data"],
    }


def history(log: Log, positions: Iterable[int], moment: Moment) -> list[dict[str, Any]]:
    """The events at *positions* that had been received and had happened by *moment*."""
    found = [as_said(log, row) for row in log.rows_at(sorted(set(positions)))]
    return [event for event in found if _existed(event, moment)]


def _existed(event: dict[str, Any], moment: Moment) -> bool:
    received = datetime.fromisoformat(event["received_at"])
    happened = datetime.fromisoformat(event["time"])
    known = moment.known_at is None or received <= moment.known_at
    return known and happened <= moment.at
