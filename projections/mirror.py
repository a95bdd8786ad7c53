"""The mirror: the log in columns, its segments read and its tail decoded from the log.

Any number of processes may mirror one log beside its writer. Each sees one whole state of
it: everything up to the position that was the newest when it began.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import duckdb

from projections.columns import Part, Table, all_tables
from projections.files import quoted
from projections.manifest import Manifest, believed, digest
from projections.segments import Segments
from record.log import Log
from record.log_reading import Row
from record.places import columns_beside

if TYPE_CHECKING:
    import pyarrow as pa

SEGMENT_FROM = 20_000
"""Events in the tail from which a segment is worth writing."""
SEGMENT_EVENTS = 262_144
"""Events that are decoded at once, at most."""
ATTEMPTS = 5


class Progress(Protocol):
    """Told after each piece how far the work has come, in positions."""

    def __call__(self, done: int, total: int, /) -> object:
        """So many of so many positions are done."""


def columns_folder(url: str, folder: str | None = None) -> Path:
    """Where the columns of the store at *url* are kept: beside it, unless *folder* says."""
    return Path(folder) if folder else columns_beside(url)


def _arrow(rows: Sequence[Row]) -> pa.Table:
    # Here, for it takes long to load, and a log whose columns are complete needs none.
    import pyarrow as pa

    positions, topics, states = zip(*rows, strict=True) if rows else ((), (), ())
    return pa.table(
        {
            "position": pa.array(positions, pa.int64()),
            "topic": pa.array(topics, pa.string()),
            "state": pa.array(states, pa.large_binary()).view(pa.large_string()),
        }
    )


def write_segments(
    con: duckdb.DuckDBPyConnection,
    log: Log,
    segments: Segments,
    *,
    from_events: int = SEGMENT_FROM,
    progress: Progress | None = None,
) -> int:
    """Mirror the tail of *log* in new segments if it is long; the position reached.

    Does nothing where another process is at it already, or nothing may be written here.
    """
    with segments.lease() as mine:
        manifest = believed(log, segments.manifest())
        head, reached = log.head(), _reached(manifest)
        if not mine or head - reached < from_events:
            return reached
        for rows in _ahead(log.rows(reached, head, chunk=SEGMENT_EVENTS)):
            con.register("tail", _arrow(rows))
            try:
                last = rows[-1]
                manifest = segments.write(con, "tail", manifest, last[0], digest(last))
                reached = last[0]
            finally:
                con.unregister("tail")
            if progress:
                progress(reached, head)
        return reached


def rebuild(
    con: duckdb.DuckDBPyConnection,
    log: Log,
    segments: Segments,
    progress: Progress | None = None,
) -> bool:
    """Make all segments anew from the log; False where another process is at it."""
    with segments.lease() as mine:
        if not mine:
            return False
        segments.clear()
    write_segments(con, log, segments, from_events=1, progress=progress)
    return True


def _ahead(chunks: Iterator[list[Row]]) -> Iterator[list[Row]]:
    """The same chunks, the next one fetched while the last is worked on."""
    with ThreadPoolExecutor(1) as fetcher:
        coming = fetcher.submit(next, chunks, None)
        while (rows := coming.result()) is not None:
            coming = fetcher.submit(next, chunks, None)
            yield rows


def _reached(manifest: Manifest) -> int:
    return manifest.segments[-1].last if manifest.segments else 0


def mirror(
    con: duckdb.DuckDBPyConnection,
    log: Log,
    segments: Segments,
    until: int | None = None,
) -> int:
    """Make the schema `log` in *con*: one table a type; the position it reaches.

    It reaches the newest event, or the one at *until*.
    The segments are scanned by each question: reading them all at once first would take
    more time, and half as much memory again.
    """
    for attempt in range(ATTEMPTS):
        manifest = believed(log, segments.manifest())
        try:
            return _mirror(con, log, segments, manifest, until)
        except duckdb.IOException:
            # Merged away, or deleted, under our eyes: the manifest tells where it is now.
            if attempt == ATTEMPTS - 1:
                raise
    raise AssertionError("unreachable")


def _mirror(
    con: duckdb.DuckDBPyConnection,
    log: Log,
    segments: Segments,
    manifest: Manifest,
    until: int | None,
) -> int:
    head = log.head() if until is None else until
    whole = manifest.model_copy(
        update={"segments": [s for s in manifest.segments if s.last <= head]}
    )
    con.execute("CREATE SCHEMA IF NOT EXISTS log; CREATE SCHEMA IF NOT EXISTS tail")
    for table in all_tables():
        con.execute(f"CREATE OR REPLACE TABLE tail.{table.name} ({table.ddl})")
    for rows in log.rows(_reached(whole), head, chunk=SEGMENT_EVENTS):
        decode_tail(con, rows)
    for table in all_tables():
        _join(con, table, segments, whole)
    return head


def decode_tail(con: duckdb.DuckDBPyConnection, rows: Sequence[Row]) -> None:
    """Add *rows* of the log to the tables of the schema `tail`."""
    con.register("tail_rows", _arrow(rows))
    topics = {row[1] for row in rows}
    for table in all_tables():
        if table.topic in topics:
            con.execute(
                f"INSERT INTO tail.{table.name} BY NAME {table.decode('tail_rows')}"
            )
    con.unregister("tail_rows")


def _join(
    con: duckdb.DuckDBPyConnection,
    table: Table | Part,
    segments: Segments,
    manifest: Manifest,
) -> None:
    """Let `log.<table>` be its segments and its tail."""
    paths = [
        quoted(segments.path(segment, table.name))
        for segment in manifest.segments
        if table.name in segment.files
    ]
    parts = [f"FROM tail.{table.name}"]
    if paths:
        parts.insert(0, f"FROM read_parquet([{', '.join(paths)}], union_by_name = true)")
    con.execute(
        f"CREATE OR REPLACE VIEW log.{table.name} AS {' UNION ALL BY NAME '.join(parts)}"
    )
