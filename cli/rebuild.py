"""`counterfoil rebuild`: make the columns anew from the log."""

from __future__ import annotations

import sys
import time

import typer

from cli.options import As, Store, limits, open_log, open_segments, settings


def rebuild(store: Store = None, form: As = None) -> None:
    """Make the columns anew from the log. They are a cache: nothing can be lost."""
    import duckdb

    from cli.output import emit_one
    from projections.engine import connect
    from projections.mirror import rebuild as make_anew
    from record.errors import StoreOutOfReach

    found = settings(store)
    started = time.perf_counter()
    with open_log(found) as log:
        segments = open_segments(log, found)
        try:
            made = make_anew(connect(limits(found)), log, segments, _progress)
        except (OSError, duckdb.IOException) as error:
            where = f"the columns in {segments.folder} cannot be written"
            raise StoreOutOfReach(f"{where}: {error}") from error
        if not made:
            typer.echo("counterfoil: another process is writing the columns", err=True)
            raise typer.Exit(1)
        last = segments.manifest().segments
        took = time.perf_counter() - started
        events = last[-1].last if last else 0
    emit_one({"events": events, "segments": len(last), "seconds": round(took, 3)}, form)


def _progress(done: int, total: int) -> None:
    if sys.stderr.isatty():
        typer.echo(f"\r{done:,} of {total:,} events", nl=done == total, err=True)
