"""A feed tried out without a store: what would become of each line, and how to mend it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from hashlib import sha256
from struct import Struct
from typing import Any

from consumers.files import FeedFailure, Item, feed_lines
from consumers.mending import mend, unread
from consumers.messages import read_event
from record.arrivals import STATUSES, NotTheirs, Statement, Status, Unreadable

COLUMNS = (
    "file", "line", "status", "source", "id", "reason", "mend", "first_file", "first_line"
)  # fmt: skip

FINE: frozenset[Status] = frozenset({"recorded", "duplicate"})

_FIRST = Struct("<16sIQ")
"""What was first said under a name: its digest in short, in which file, on which line."""

Row = dict[str, Any]


class Check:
    """Judges feeds as an empty store would; only the names that were said are remembered.

    With *sources*, it judges as the door does of a sender that may speak for these alone.
    """

    def __init__(self, names: list[str], sources: Collection[str] | None = None) -> None:
        self.names = names
        self.sources = None if sources is None else frozenset(sources)
        self.counts: Counter[str] = Counter(dict.fromkeys(STATUSES, 0))
        self.failures: list[str] = []
        self._said: dict[bytes, bytes] = {}

    @property
    def fine(self) -> bool:
        """Whether every line would be recorded, or was said before."""
        return self.counts.total() == sum(self.counts[status] for status in FINE)

    def rows(self, moved: Callable[[int], object] = lambda _: None) -> Iterator[Row]:
        """What would become of each line of the files, in order.

        A file that cannot be read (to its end) is named in `failures`; the others are read.
        """
        for file, name in enumerate(self.names):
            try:
                for line, item in feed_lines(name, moved):
                    row = self._row(file, line, item)
                    self.counts[row["status"]] += 1
                    yield row
            except FeedFailure as failure:
                self.failures.append(str(failure))

    def _row(self, file: int, line: int, item: Item) -> Row:
        arrival = read_event(item) if isinstance(item, bytes) else item
        row: Row = dict.fromkeys(COLUMNS) | {"file": self.names[file], "line": line}
        row["source"], row["id"] = source, _ = _name(arrival)
        if self.sources is not None and source is not None and source not in self.sources:
            row["status"] = "rejected"
            row["reason"] = f"this sender may not speak for {source}"
        elif isinstance(arrival, Statement):
            self._file(row, file, arrival)
        else:
            unreadable = isinstance(arrival, Unreadable)
            row["status"] = "quarantined" if unreadable else "rejected"
            row["reason"] = arrival.reason
        if row["mend"] is None:
            row["mend"] = mend(row["reason"], item if isinstance(item, bytes) else None)
        return row

    def _file(self, row: Row, file: int, said: Statement) -> None:
        """Whether a statement is new; if not, which line said it first."""
        name = sha256(f"{said.said.source}\x1f{said.said.id}".encode()).digest()[:16]
        digest = said.digest[:16]
        before = self._said.setdefault(name, _FIRST.pack(digest, file, row["line"]))
        first, first_file, first_line = _FIRST.unpack(before)
        if (first_file, first_line) == (file, row["line"]):
            row["status"], row["mend"] = "recorded", unread(said)
            return
        row["first_file"], row["first_line"] = self.names[first_file], first_line
        place = f"line {first_line}"
        if first_file != file:
            place += f" of {row['first_file']}"
        if first == digest:
            row["status"], row["reason"] = "duplicate", f"the same as {place}"
            row["mend"] = "nothing: it is harmless"
        else:
            row["status"] = "conflict"
            row["reason"] = f"other content than {place} under the same source and id"


def _name(arrival: Statement | Unreadable | NotTheirs) -> tuple[str | None, str | None]:
    """Under which source and id it came, as far as they can be read."""
    if isinstance(arrival, Statement):
        return arrival.said.source, arrival.said.id
    return arrival.source, arrival.id
