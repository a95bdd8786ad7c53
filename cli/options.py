"""The options that commands share, and how they are understood."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from projections.asking import Moment
    from projections.council import Council
    from projections.engine import Limits
    from projections.scope import Scope
    from projections.segments import Segments
    from record.log import Log
    from record.settings import Settings


class Format(StrEnum):
    """How an answer is written."""

    table = "table"
    json = "json"
    csv = "csv"
    ndjson = "ndjson"


Store = Annotated[
    str | None,
    typer.Option(
        "--store",
        metavar="URL",
        help="sqlite:///PATH or postgresql://… (or COUNTERFOIL_STORE).",
    ),
]
Ops = Annotated[
    str | None,
    typer.Option(
        "--ops", metavar="HOST:PORT", help="Health and numbers here (COUNTERFOIL_OPS)."
    ),
]
As = Annotated[
    Format | None,
    typer.Option("--format", help="Default: table on a terminal, json otherwise."),
]
At = Annotated[
    str | None,
    typer.Option("--at", metavar="T", help="Judge by this clock (default: now)."),
]
KnownAt = Annotated[
    str | None,
    typer.Option("--known-at", metavar="K", help="Only what had been received by then."),
]


def instant(text: str, option: str) -> datetime:
    """An RFC 3339 instant with an offset; else a usage error (exit 2)."""
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise typer.BadParameter(
            "should be a date-time with an offset, as 2026-03-03T12:00:00+00:00",
            param_hint=option,
        )
    return found.astimezone(UTC)


def moment(at: str | None, known_at: str | None) -> Moment:
    """The clock and the knowledge that were asked for."""
    from projections.asking import Moment

    return Moment(
        instant(at, "--at") if at else datetime.now(UTC),
        instant(known_at, "--known-at") if known_at else None,
    )


def settings(store: str | None) -> Settings:
    """The settings in force, with the store that was asked for."""
    from record.settings import load_settings

    found = load_settings()
    return found.model_copy(update={"store": store}) if store else found


def limits(found: Settings) -> Limits:
    """What the engine may use."""
    from projections.engine import Limits

    return Limits(found.memory_limit, found.threads, found.spill_folder)


def open_log(found: Settings, *, create: bool = False) -> Log:
    """The log to read, or with *create* to write. Of a simulated one it is said so."""
    from record.key_places import key_places
    from record.log import Log

    log = Log(
        found.store,
        create=create,
        pool=found.database_pool,
        timeout=found.database_timeout,
        keys=key_places(found),
    )
    if log.simulated and sys.stderr.isatty():
        typer.echo("counterfoil: SIMULATED store: nobody in it is real", err=True)
    return log


def must_seal(log: Log) -> None:
    """Refuse to begin to write without the keys of words: later it would stop in the middle.

    Raises as `Ways.all` does.
    """
    log.seals.ring.ways.all()


def open_segments(log: Log, found: Settings) -> Segments:
    """The segments of *log*, where the settings keep them."""
    from projections.mirror import columns_folder
    from projections.segments import Segments

    return Segments(columns_folder(log.url, found.columns), log.id)


def open_council(log: Log, found: Settings, scope: Scope | None = None) -> Council:
    """The log in columns, ready to be asked."""
    from projections.council import Council

    return Council(log, open_segments(log, found), limits(found), scope)
