"""Records: facts of every visit as they were last read, kept beside the segments.

Like segments they are a cache that may be deleted at will: files that are never changed,
and a note that says what they are of. Readers believe the note only.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from hashlib import file_digest
from pathlib import Path
from typing import Literal

import duckdb
from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from projections.engine import quoted
from projections.manifest import File, digest, digest_at
from record.log import Log

NOTE = "note.json"


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
        whole = all(self._there(note, fact) for fact in note.files)
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
            if _digest(self.path(note, fact)) != file.sha256
        ]

    def _there(self, note: Note, fact: str) -> bool:
        try:
            return self.path(note, fact).stat().st_size == note.files[fact].size
        except OSError:
            return False

    def write(
        self,
        con: duckdb.DuckDBPyConnection,
        facts: Mapping[str, str],
        reached: int,
        since: AwareDatetime,
    ) -> Note:
        """Keep what the queries *facts* answer, by the name of the fact.

        Whoever calls this holds the lease of the segments. Readers may be looking at what
        the note before listed still: its files stay until the next time.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        before = self.note()
        written = dict(self._written(con, facts))
        (last,) = self.log.rows_at([reached])
        note = Note(
            log_id=self.log.id, shape=self.shape, reached=reached, since=since,
            ends=digest(last.short), files=written,
        )  # fmt: skip
        for fact in written:
            self._part(fact).rename(self.path(note, fact))
        part = self.folder / f"{NOTE}.part"
        part.write_text(note.model_dump_json(indent=1), encoding="utf-8")
        _to_disk(part)
        part.rename(self.folder / NOTE)
        self._sweep([note, *([before] if before else [])])
        return note

    def _written(
        self, con: duckdb.DuckDBPyConnection, facts: Mapping[str, str]
    ) -> Iterator[tuple[str, File]]:
        for fact, query in facts.items():
            to = self._part(fact)
            count = con.execute(
                f"COPY ({query}) TO {quoted(to)}"
                " (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 65536)"
            ).fetchone()
            assert count is not None
            yield (
                fact,
                File(rows=count[0], size=to.stat().st_size, sha256=_to_disk(to)),
            )

    def _part(self, fact: str) -> Path:
        return self.folder / f"{fact}.part"

    def _sweep(self, notes: list[Note]) -> None:
        listed = {NOTE, *(note.name(fact) for note in notes for fact in note.files)}
        for file in self.folder.iterdir():
            if file.name not in listed:
                file.unlink(missing_ok=True)


def _to_disk(file: Path) -> str:
    """Have it written out; its SHA-256."""
    with file.open("rb") as written:
        os.fsync(written.fileno())
    return _digest(file)


def _digest(file: Path) -> str:
    with file.open("rb") as written:
        return file_digest(written, "sha256").hexdigest()
