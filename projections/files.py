"""Files that are kept: written out whole, named by their digests, never changed afterwards."""

from __future__ import annotations

import os
from hashlib import file_digest
from pathlib import Path

import duckdb
from pydantic import BaseModel, ConfigDict


class File(BaseModel):
    """One Parquet file: how many rows and bytes it has, and its SHA-256."""

    model_config = ConfigDict(frozen=True)

    rows: int
    size: int
    sha256: str

    def at(self, path: Path) -> bool:
        """Whether a file of this size is there."""
        try:
            return path.stat().st_size == self.size
        except OSError:
            return False

    def intact(self, path: Path) -> bool:
        """Whether it is there to the last byte."""
        try:
            return _digest(path) == self.sha256
        except OSError:
            return False


def quoted(path: Path) -> str:
    """A path as SQL writes it, whatever the folder is called."""
    return "'" + str(path).replace("'", "''") + "'"


def copied(con: duckdb.DuckDBPyConnection, query: str, to: Path, group: int) -> File:
    """Put what *query* answers into the Parquet file *to*, and on the disk.

    *group*: how many rows lie together, to be skipped or read together.
    """
    row = con.execute(
        f"COPY ({query}) TO {quoted(to)}"
        f" (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {group})"
    ).fetchone()
    assert row is not None
    _to_disk(to)
    return File(rows=row[0], size=to.stat().st_size, sha256=_digest(to))


def published(text: str, path: Path) -> None:
    """Let *text* be what stands at *path*: all of it, or what stood there before."""
    part = path.with_suffix(".part")
    part.write_text(text, encoding="utf-8")
    _to_disk(part)
    part.rename(path)


def _to_disk(path: Path) -> None:
    with path.open("rb") as written:
        os.fsync(written.fileno())


def _digest(path: Path) -> str:
    with path.open("rb") as written:
        return file_digest(written, "sha256").hexdigest()
