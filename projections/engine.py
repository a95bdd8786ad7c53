"""One bounded DuckDB in this process: no extension is ever fetched, nothing is shared."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import gettempdir
from typing import Any

import duckdb


@dataclass(frozen=True)
class Limits:
    """What the engine may use: `memory` as DuckDB writes it ("2GB"), None for its default."""

    memory: str | None = None
    threads: int | None = None
    spill_folder: str | None = None
    config: dict[str, Any] = field(default_factory=dict)


def connect(limits: Limits | None = None) -> duckdb.DuckDBPyConnection:
    """A database in memory with its clocks in UTC."""
    limits = limits or Limits()
    wanted = {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "memory_limit": limits.memory,
        "threads": limits.threads,
        "temp_directory": limits.spill_folder or _spill_folder(),
        **limits.config,
    }
    con = duckdb.connect(config={k: v for k, v in wanted.items() if v is not None})
    con.execute("SET TimeZone = 'UTC'")
    return con


def _spill_folder() -> str:
    """A name of its own among the system's temporary files; made only when it is needed."""
    return str(Path(gettempdir()) / f"counterfoil-{os.getpid()}")
