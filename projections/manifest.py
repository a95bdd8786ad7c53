"""The manifest: which segments there are, and whether they are of the log as it is now."""

from __future__ import annotations

from hashlib import sha256
from typing import Literal

from pydantic import BaseModel, ConfigDict

from projections.columns import tables
from projections.files import File
from record.log import Log
from record.log_reading import Row


def folder_name(first: int, last: int) -> str:
    """The name of the folder of positions *first* to *last*."""
    return f"{first:012d}-{last:012d}"


class Segment(BaseModel):
    """Positions *first* to *last* of the log, by table.

    `ends` is the digest of its last event as the log has it: a log that was restored from a
    backup keeps its identity, and has other events at the positions it had lost.
    """

    model_config = ConfigDict(frozen=True)

    first: int
    last: int
    ends: str
    files: dict[str, File]

    @property
    def folder(self) -> str:
        """The name of its folder."""
        return folder_name(self.first, self.last)

    @property
    def events(self) -> int:
        """How many events it holds; what is a part of one is not counted again."""
        types = {table.name for table in tables().values()}
        return sum(file.rows for name, file in self.files.items() if name in types)


class Manifest(BaseModel):
    """Which segments there are, of which log, in which shape."""

    format: Literal["counterfoil-columns/1"] = "counterfoil-columns/1"
    log_id: str
    fingerprint: str
    segments: list[Segment] = []


def digest(row: Row) -> str:
    """What tells an event of the log from any other that might stand at its position."""
    position, topic, state = row
    return sha256(b"%d %s %s" % (position, topic.encode(), state)).hexdigest()


def digest_at(log: Log, position: int) -> str | None:
    """The digest of the event at *position* as the log has it now; None where there is none."""
    rows = log.rows_at([position])
    return digest(rows[0].short) if rows else None


def believed(log: Log, manifest: Manifest) -> Manifest:
    """What *manifest* lists as far as it ends as the log does.

    It may have run ahead of a log that was restored from a backup, and has gone on since.
    """
    segments = list(manifest.segments)
    while segments:
        if digest_at(log, segments[-1].last) == segments[-1].ends:
            break
        segments.pop()
    return manifest.model_copy(update={"segments": segments})
