"""Whether every seal is whole: each sealed word of the log is opened, and what fails is named."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from record.log import Log
from record.sealing import BROKEN, ERASED, SEALED


@dataclass
class Seals:
    """How many sealed fields there are by what became of them, and which are broken."""

    counts: Counter[str] = field(default_factory=Counter)
    broken: list[dict[str, object]] = field(default_factory=list)


STATES = {ERASED: "erased", SEALED: "not ours to open", BROKEN: "broken"}


def check_seals(log: Log) -> Seals:
    """Open every sealed field of the log, and forget what it says.

    A seal is broken where the words, their row, its topic or the kept key is not what it was
    when they were sealed.
    """
    found = Seals()
    for rows in log.whole():
        for row in rows:
            if b'"sealed":' not in row.state:
                continue
            sealed = log.sealed_fields(row)
            _, unread = log.read(row)
            found.counts["whole"] += len(sealed) - len(unread)
            found.counts.update(STATES[why] for why in unread.values())
            found.broken += [
                {"position": row.position, "type": row.topic, "field": name}
                for name, why in unread.items()
                if why == BROKEN
            ]
    return found
