"""Segments: stretches of the log as Parquet, a cache that may be deleted at will.

A segment holds positions `first` to `last`, one file a type, written to a temporary name
and renamed, then listed in the manifest with the digests of its files and never changed.
Readers believe the manifest only: what it does not list, or lists wrongly, is not there.
"""

from __future__ import annotations

import fcntl
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
from pydantic import ValidationError

from projections.columns import all_tables, fingerprint
from projections.files import File, copied, published, quoted
from projections.manifest import Manifest, Segment, folder_name

MERGE_BELOW = 1_000_000
"""Events: a segment takes smaller ones before it into itself until it is this large."""
GROUP = 8_192
"""Rows of a file that lie together: a question about one thing reads few of them."""
RECORDS = "records"
"""The folder beside them in which facts of every visit are kept (`records`)."""


class Segments:
    """The segments of one log in *folder*."""

    def __init__(self, folder: Path, log_id: str) -> None:
        self.folder = folder
        self.log_id = log_id

    @property
    def _manifest(self) -> Path:
        return self.folder / "manifest.json"

    def manifest(self) -> Manifest:
        """What is there and whole: another log's, or another shape's, is not."""
        empty = Manifest(log_id=self.log_id, fingerprint=fingerprint())
        try:
            found = Manifest.model_validate_json(self._manifest.read_bytes())
        except (OSError, ValidationError):
            return empty
        if (found.log_id, found.fingerprint) != (self.log_id, fingerprint()):
            return empty
        whole: list[Segment] = []
        for segment in found.segments:
            if segment.first != (whole[-1].last + 1 if whole else 1):
                break
            if not all(f.at(self.path(segment, n)) for n, f in segment.files.items()):
                break
            whole.append(segment)
        return found.model_copy(update={"segments": whole})

    def path(self, segment: Segment, table: str) -> Path:
        """Where the rows of *table* in *segment* are kept."""
        return self.folder / segment.folder / f"{table}.parquet"

    @contextmanager
    def lease(self) -> Iterator[bool]:
        """Whether this process may write segments now; at most one does."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = (self.folder / "lease").open("ab")
        except OSError:
            yield False
            return
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                yield False
                return
            yield True

    def write(
        self,
        con: duckdb.DuckDBPyConnection,
        rows: str,
        manifest: Manifest,
        last: int,
        ends: str,
    ) -> Manifest:
        """Make a segment of *rows*, a relation of the log's position, topic and state.

        They follow on what *manifest* lists, up to *last*, whose digest is *ends*. Whoever
        calls this holds the lease. Smaller segments before it are merged into it.
        """
        kept, merged = list(manifest.segments), list[Segment]()
        first = kept[-1].last + 1 if kept else 1
        size = last - first + 1
        while kept and kept[-1].events < size and kept[-1].events + size <= MERGE_BELOW:
            size += kept[-1].events
            merged.insert(0, kept.pop())
        begin = merged[0].first if merged else first
        files = self._make(con, rows, merged, begin, last)
        made = Segment(first=begin, last=last, ends=ends, files=files)
        updated = manifest.model_copy(update={"segments": [*kept, made]})
        self._publish(updated)
        self._sweep({s.folder for s in (*updated.segments, *manifest.segments)})
        return updated

    def _make(
        self,
        con: duckdb.DuckDBPyConnection,
        rows: str,
        merged: list[Segment],
        first: int,
        last: int,
    ) -> dict[str, File]:
        """Write the files under a temporary name, then give them theirs."""
        folder = self.folder / folder_name(first, last)
        work = folder.with_suffix(".part")
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        topics = {
            t for (t,) in con.execute(f"SELECT DISTINCT topic FROM {rows}").fetchall()
        }
        files = {}
        for table in all_tables():
            old = [
                quoted(self.path(s, table.name)) for s in merged if table.name in s.files
            ]
            parts = [table.decode(rows)] if table.topic in topics else []
            parts += [f"SELECT * FROM read_parquet([{', '.join(old)}])"] if old else []
            if not parts:
                continue
            to = work / f"{table.name}.parquet"
            query = f"SELECT * FROM ({' UNION ALL BY NAME '.join(parts)}) ORDER BY {table.order}"
            files[table.name] = copied(con, query, to, GROUP)
        shutil.rmtree(folder, ignore_errors=True)
        work.rename(folder)
        return files

    def _publish(self, manifest: Manifest) -> None:
        published(manifest.model_dump_json(indent=1), self._manifest)

    def _sweep(self, listed: set[str]) -> None:
        """Remove what neither this manifest nor the one before it lists.

        Those of the one before stay: a reader may be looking at them still.
        """
        for folder in self.folder.iterdir():
            if folder.is_dir() and folder.name not in {*listed, RECORDS}:
                shutil.rmtree(folder, ignore_errors=True)

    def clear(self) -> None:
        """Forget all segments, and what is kept beside them. Whoever calls this holds the lease."""
        self._manifest.unlink(missing_ok=True)
        self._sweep(set())
        shutil.rmtree(self.folder / RECORDS, ignore_errors=True)

    def damaged(self) -> list[str]:
        """The files whose contents are not what the manifest says."""
        try:
            manifest = json.loads(self._manifest.read_bytes())
            found = Manifest.model_validate(manifest)
        except (OSError, ValueError, ValidationError):
            return []
        return [
            f"{segment.folder}/{name}.parquet"
            for segment in found.segments
            for name, file in segment.files.items()
            if not file.intact(self.path(segment, name))
        ]
