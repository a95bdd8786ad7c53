"""`counterfoil import FILE…`: record the events of feeds in files."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import As, Store, limits, open_log, open_segments, settings

if TYPE_CHECKING:
    from record.log import Log
    from record.settings import Settings


def import_(
    files: Annotated[
        list[str], typer.Argument(metavar="FILE…", help="NDJSON, also .gz; - is stdin.")
    ],
    store: Store = None,
    form: As = None,
) -> None:
    """Record feeds: one receipt an event, nothing dropped in silence.

    Exit 0 when nothing was quarantined, in conflict or rejected, else 1; the rest is
    recorded all the same. Exit 2 when a file could not be read (to its end).
    """
    from cli.output import emit_one
    from consumers.files import Summary, import_files
    from consumers.intake import Intake
    from record.arrivals import STATUSES
    from record.clock import SystemClock

    found = settings(store)
    summary = Summary()
    with open_log(found, create=True) as log:
        try:
            with progress(files) as moved:
                import_files(Intake(log), files, SystemClock(), summary, moved)
        finally:
            counts = {str(name): summary.counts[name] for name in STATUSES}
            emit_one({"received": summary.received, **counts}, form)
            _explain(summary.failures, summary.reasons.most_common(5))
        _mirror(log, found)
    if summary.failures:
        raise typer.Exit(2)
    if counts["quarantined"] or counts["conflict"] or counts["rejected"]:
        raise typer.Exit(1)


def _explain(failures: list[str], reasons: list[tuple[str, int]]) -> None:
    for failure in failures:
        typer.echo(f"counterfoil: {failure}", err=True)
    for reason, count in reasons:
        typer.echo(f"counterfoil: {count} × {reason}", err=True)


def _mirror(log: Log, found: Settings) -> None:
    """Write the columns if the tail has grown long; never at the cost of the import."""
    from projections.engine import connect
    from projections.mirror import SEGMENT_FROM, write_segments

    if log.head() < SEGMENT_FROM:
        return
    try:
        write_segments(connect(limits(found)), log, open_segments(log, found))
    except Exception as error:
        typer.echo(f"counterfoil: the columns could not be written: {error}", err=True)


@contextmanager
def progress(files: list[str]) -> Iterator[Callable[[int], object]]:
    """A bar on a terminal; elsewhere nothing."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn

    known = [Path(name) for name in files if name != "-" and Path(name).is_file()]
    total = sum(path.stat().st_size for path in known) if "-" not in files else None
    with Progress(
        "reading",
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    ) as bar:
        task = bar.add_task("reading", total=total)
        yield lambda size: bar.advance(task, size)
