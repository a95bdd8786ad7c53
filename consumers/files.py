"""Feeds in files: NDJSON, one event a line, plain or gzip, or on standard input.

A file is streamed: memory stays flat at any size, and a line that is too large to be an
event goes to the quarantine without ever being held whole.
"""

from __future__ import annotations

import gzip
import io
import sys
import tempfile
import weakref
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, cast

from consumers.intake import Intake
from consumers.messages import LARGEST
from record.arrivals import Arrival, Receipt, Unreadable
from record.clock import Clock

CHUNK = 1 << 20
BATCH = 1_000
"""Events in one transaction, at most."""
BATCH_BYTES = 8 << 20
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
GZIP = b"\x1f\x8b"

Item = bytes | Arrival
Numbered = Iterator[tuple[int, Item]]


class FeedFailure(Exception):
    """A file could not be read, or not to its end; what came before it is recorded."""


class Spooled:
    """The bytes of a line too large to hold, on disk until they are kept or dropped."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(prefix="counterfoil-")  # noqa: SIM115  # lives as long as this
        weakref.finalize(self, self._file.close)
        self._hash = sha256()
        self.size = 0

    def add(self, piece: bytes) -> None:
        """Add the next bytes of the line."""
        self._file.write(piece)
        self._hash.update(piece)
        self.size += len(piece)

    def __iter__(self) -> Iterator[bytes]:
        self._file.seek(0)
        while piece := self._file.read(CHUNK):
            yield piece

    def unreadable(self) -> Unreadable:
        """The whole line, for the quarantine."""
        reason = f"larger than {LARGEST} bytes"
        return Unreadable(self, self.size, reason, self._hash.digest())


def lines(read: Callable[[int], bytes], largest: int = LARGEST) -> Numbered:
    """The lines of a stream by their numbers, without their ends; blank ones are left out.

    When *read* fails, what it gave before is still yielded, then the failure is raised.
    """
    number, carry, spool, failure = 1, bytearray(), None, None
    while True:
        try:
            chunk = read(CHUNK)
        except (EOFError, OSError, zlib.error) as error:
            chunk, failure = b"", error
        if not chunk:
            break
        *whole, rest = chunk.split(b"\n")
        for line in whole:
            if spool is not None:
                spool.add(line)
                yield number, spool.unreadable()
                spool = None
            else:
                carry += line
                if carry.strip():
                    yield number, bytes(carry).strip(b"\r\n")
            carry.clear()
            number += 1
        if spool is not None:
            spool.add(rest)
            continue
        carry += rest
        if len(carry) > largest:
            spool = Spooled()
            spool.add(bytes(carry))
            carry.clear()
    if spool is not None:
        yield number, spool.unreadable()
    elif carry.strip():
        yield number, bytes(carry).strip(b"\r\n")
    if failure is not None:
        raise failure


def feed_lines(name: str, moved: Callable[[int], object]) -> Numbered:
    """The lines of the file *name* by their numbers, `-` for standard input.

    *moved* is told how many bytes of the file were read.

    Raises:
        FeedFailure: it cannot be opened, or ends before it should.
    """
    with ExitStack() as open_files:
        try:
            if name == "-":
                raw: BinaryIO = sys.stdin.buffer
            else:
                if Path(name).is_dir():
                    raise IsADirectoryError(21, "it is a folder")
                raw = open_files.enter_context(Path(name).open("rb"))
        except OSError as error:
            raise FeedFailure(f"{name}: cannot be read ({error.strerror})") from None
        try:
            yield from lines(_plain(_Counted(raw, moved)))
        except (EOFError, OSError, zlib.error) as error:
            raise FeedFailure(f"{name}: is cut off or damaged ({error})") from None


def _plain(counted: _Counted) -> Callable[[int], bytes]:
    """How to read the feed itself: unpacked, and without its byte order mark."""
    start = counted.read(len(BYTE_ORDER_MARK))
    read: Callable[[int], bytes] = _Again(start, counted.read).read
    if start.startswith(GZIP):
        # read1, since read would lose what it has when the file ends too early.
        read = gzip.GzipFile(fileobj=cast(BinaryIO, _Again(start, counted.read))).read1
        start = read(len(BYTE_ORDER_MARK))
        read = _Again(start, read).read
    if start == BYTE_ORDER_MARK:
        read(len(BYTE_ORDER_MARK))
    return read


class _Counted:
    """Reads on, and tells how far it has come."""

    def __init__(self, raw: BinaryIO, moved: Callable[[int], object]) -> None:
        self._raw, self._moved = raw, moved

    def read(self, size: int) -> bytes:
        piece = self._raw.read(size)
        self._moved(len(piece))
        return piece


class _Again(io.RawIOBase):
    """A stream whose first bytes were read before."""

    def __init__(self, start: bytes, read: Callable[[int], bytes]) -> None:
        self._start, self._read = start, read

    def read(self, size: int = -1) -> bytes:
        if self._start:
            start, self._start = self._start[:size], self._start[size:]
            return start
        return self._read(CHUNK if size < 0 else size)


@dataclass
class Summary:
    """How many events were received, and what became of them; why some were set aside."""

    counts: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    def add(self, receipts: list[Receipt]) -> None:
        """Count what became of a batch."""
        for receipt in receipts:
            self.counts[receipt.status] += 1
            if receipt.reason:
                self.reasons[f"{receipt.status}: {receipt.reason}"] += 1

    @property
    def received(self) -> int:
        """All events, each of which had exactly one receipt."""
        return self.counts.total()


def import_files(
    intake: Intake,
    names: list[str],
    clock: Clock,
    summary: Summary,
    moved: Callable[[int], object] = lambda _: None,
) -> None:
    """Record the events of the files in order; *summary* is kept up to date throughout.

    Raises:
        StoreOutOfReach: the batches before are recorded and counted, the rest is not.
    """
    for name in names:
        batch: list[Item] = []
        size = 0
        try:
            for _, line in feed_lines(name, moved):
                batch.append(line)
                size += line.size if isinstance(line, Unreadable) else len(line)  # type: ignore[arg-type]
                if len(batch) >= BATCH or size >= BATCH_BYTES:
                    summary.add(intake.receive(batch, clock))
                    batch, size = [], 0
        except FeedFailure as failure:
            summary.failures.append(str(failure))
        if batch:
            summary.add(intake.receive(batch, clock))
