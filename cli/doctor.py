"""`counterfoil doctor`: whether everything is as it should be, and what to do if not."""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from cli.options import As, Store, open_log, open_segments, settings

if TYPE_CHECKING:
    from record.log import Log
    from record.settings import Settings

PACKAGES = (
    "domain", "record", "consumers", "projections", "watch", "officers", "auditors", "cli",
)  # fmt: skip
LIBRARIES = (
    "counterfoil",
    "eventsourcing",
    "duckdb",
    "pydantic",
    "faststream",
    "psycopg",
)

Check = dict[str, Any]


def doctor(store: Store = None, form: As = None) -> None:
    """Check the program, the settings, the store and its columns."""
    from cli.output import emit

    checks = [*_versions(), *_environment()]
    found = settings(store)
    with open_log(found) as log:
        checks += [*_store(log), _keys(log), *_columns(log, found)]
    emit(checks, form, ["check", "ok", "detail"])
    if any(check["ok"] is False for check in checks if check["check"] == "settings"):
        raise typer.Exit(2)
    if not all(check["ok"] for check in checks):
        raise typer.Exit(1)


def _check(name: str, ok: bool, detail: str) -> Check:
    return {"check": name, "ok": ok, "detail": detail}


def _versions() -> Iterator[Check]:
    yield _check("python", sys.version_info >= (3, 11), sys.version.split()[0])
    yield _check("sqlite", sqlite3.sqlite_version_info >= (3, 35), sqlite3.sqlite_version)
    for name in LIBRARIES:
        try:
            yield _check(name, True, metadata.version(name))
        except metadata.PackageNotFoundError:
            yield _check(name, False, "is not installed")


def _environment() -> Iterator[Check]:
    from record.places import UNSAFE

    unsafe = [name for name in os.environ if name.upper().endswith(UNSAFE)]
    yield _check(
        "settings",
        not unsafe,
        f"{', '.join(unsafe)} must not be set" if unsafe else "nothing unsafe is set",
    )
    home = Path(__file__).resolve().parent.parent
    shadowed = []
    for name in PACKAGES:
        module = __import__(name)
        if module.__file__ and Path(module.__file__).resolve().parent.parent != home:
            shadowed.append(f"{name} comes from elsewhere")
    yield _check(
        "packages", not shadowed, "; ".join(shadowed) or "none is shadowed by another"
    )


def _store(log: Log) -> Iterator[Check]:
    mark = ", SIMULATED" if log.simulated else ""
    yield _check("store", True, f"{log.where} (log {log.id}{mark})")
    yield _check("log", True, f"{log.head():,} events")
    with log.recorder.reading() as ledger:
        waiting = ledger.ask("SELECT count(*) FROM quarantine WHERE released_at IS NULL")
        open_ = ledger.ask("SELECT count(*) FROM conflicts WHERE decision IS NULL")
    name = "file" if log.recorder.kind == "sqlite" else "server"
    yield _check(name, *log.recorder.soundness())
    yield _check("quarantine", True, f"{waiting[0][0]} messages wait to be read")
    yield _check("conflicts", True, f"{open_[0][0]} conflicts wait for a decision")


def _keys(log: Log) -> Check:
    from record.errors import StoreError
    from record.settings import BadSetting

    try:
        reads = log.seals.ring.reads_concerns
    except (StoreError, BadSetting) as error:
        return _check("keys", log.recorder.kind != "sqlite", str(error))
    concerns = "read" if reads else "sealed: no safeguarding key is here"
    return _check("keys", True, f"{log.seals.ring.tables.where}; concerns are {concerns}")


def _columns(log: Log, found: Settings) -> Iterator[Check]:
    from projections.kept import records_of
    from projections.mirror import SEGMENT_FROM

    segments = open_segments(log, found)
    listed = segments.manifest().segments
    reached = listed[-1].last if listed else 0
    lag = log.head() - reached
    yield _check(
        "columns",
        lag < 4 * SEGMENT_FROM,
        f"{len(listed)} segments up to {reached:,}; {lag:,} events are read from the log"
        + ("" if lag < 4 * SEGMENT_FROM else "; run counterfoil rebuild"),
    )
    damaged = [*segments.damaged(), *records_of(log, segments).damaged()]
    yield _check(
        "segments",
        not damaged,
        f"damaged: {', '.join(damaged)}; run counterfoil rebuild"
        if damaged
        else "their digests are those of the manifest, and of the note of what is kept",
    )
