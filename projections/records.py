"""Records: facts of every visit as they were last read, kept beside the segments.

Like segments they are a cache that may be deleted at will: files that are never changed,
and a note that says what they are of. Readers believe the note only.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import duckdb
from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from projections.files import File, copied, published
from projections.manifest import digest_at
from record.log import Log

NOTE = "note.json"
GROUP = 65_536
"""Rows of a file that lie together: who reads them reads nearly all."""


class Note(BaseModel):
    """What is kept: of which log, up to which position, and from which instant on it holds.

    `shape` names the questions that were asked, `ends` the last event that was known, as
    `manifest.Segment` has it. Of what counts, nothing is later than `since`: by every clock
    from then on the answer is the same, but for what was recorded, or has come true, after.
    """

    model_config = ConfigDict(frozen=True)

    format: Literal["counterfoil-records/1"] = "counterfoil-records/1"
    log_id: str
    shape: str
    reached: int
    ends: str
    since: AwareDatetime
    files: dict[str, File]

    def name(self, fact: str) -> str:
        """The name of the file of a *fact*."""
        return f"{fact}-{self.reached:012d}-{self.files[fact].sha256[:16]}.parquet"


class Records:
    """What is kept of one log in *folder*."""

    def __init__(self, folder: Path, log: Log, shape: str) -> None:
        self.folder, self.log, self.shape = folder, log, shape

    def note(self) -> Note | None:
        """What is there and whole, and of the log as it is now; None: nothing is."""
        try:
            note = Note.model_validate_json((self.folder / NOTE).read_bytes())
        except (OSError, ValidationError):
            return None
        if (note.log_id, note.shape) != (self.log.id, self.shape):
            return None
        if digest_at(self.log, note.reached) != note.ends:
            return None
        whole = all(file.at(self.path(note, fact)) for fact, file in note.files.items())
        return note if whole else None

    def path(self, note: Note, fact: str) -> Path:
        """Where the rows of a *fact* are kept."""
        return self.folder / note.name(fact)

    def damaged(self) -> list[str]:
        """The files whose contents are not what the note says; none where nothing is kept."""
        note = self.note()
        if note is None:
            return []
        return [
            f"{self.folder.name}/{note.name(fact)}"
            for fact, file in note.files.items()
            if not file.intact(self.path(note, fact))
        ]

    def write(
        self,
        con: duckdb.DuckDBPyConnection,
        facts: Mapping[str, str],
        reached: int,
        ends: str,
        since: AwareDatetime,
    ) -> Note:
        """Keep what the queries *facts* answer, by the name of the fact, as `Note` has the rest.

        Whoever calls this holds the lease of the segments. Readers may be looking at what
        the note before listed still: its files stay until the next time.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        before = self.note()
        files = {
            fact: copied(con, query, self._part(fact), GROUP)
            for fact, query in facts.items()
        }
        note = Note(
            log_id=self.log.id, shape=self.shape, reached=reached, ends=ends, since=since,
            files=files,
        )  # fmt: skip
        for fact in files:
            self._part(fact).rename(self.path(note, fact))
        published(note.model_dump_json(indent=1), self.folder / NOTE)
        self._sweep([note, *([before] if before else [])])
        return note

    def _part(self, fact: str) -> Path:
        return self.folder / f"{fact}.part"

    def _sweep(self, notes: list[Note]) -> None:
        listed = {NOTE, *(note.name(fact) for note in notes for fact in note.files)}
        for file in self.folder.iterdir():
            if file.name not in listed:
                file.unlink(missing_ok=True)
