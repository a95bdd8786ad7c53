"""`counterfoil check-feed FILE…`: what would become of a feed, and how to mend it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.options import As, Format

if TYPE_CHECKING:
    from consumers.checking import Check

SHOWN = 500
"""Lines that a table shows at most; a program's format gives all of them."""

Row = dict[str, Any]


def check_feed(
    files: Annotated[
        list[str], typer.Argument(metavar="FILE…", help="NDJSON, also .gz; - is stdin.")
    ],
    sources: Annotated[
        list[str] | None,
        typer.Option(
            "--source",
            metavar="SOURCE",
            help="Check as a sender that may speak only for this; may be repeated.",
        ),
    ] = None,
    summary: Annotated[
        bool, typer.Option("--summary", help="Only how many lines would become what.")
    ] = False,
    form: As = None,
) -> None:
    """Say of each line what an empty store would make of it, and how to mend it.

    Nothing is recorded. A table shows the lines that need a look, the other formats all of
    them. Exit 0 when all would be recorded or are duplicates, else 1. Exit 2 when a file
    could not be read (to its end).
    """
    from cli.importing import progress
    from cli.output import chosen, emit, emit_one
    from consumers.checking import COLUMNS, Check

    check = Check(files, _known(sources))
    if summary:
        with progress(files) as moved:
            deque(check.rows(moved), maxlen=0)
        emit_one({"received": check.counts.total(), **check.counts}, form)
    elif chosen(form) is Format.table:
        with progress(files) as moved:
            rows, more = _needing_a_look(check.rows(moved))
        _table(rows, more, several=len(files) > 1)
    else:
        emit(check.rows(), form, COLUMNS)
    _end(check)


def _known(sources: list[str] | None) -> list[str] | None:
    from pydantic import TypeAdapter, ValidationError

    from domain.base import Source

    for source in sources or ():
        try:
            TypeAdapter(Source).validate_python(source)
        except ValidationError:
            raise typer.BadParameter(
                f"{source} is no source; write /providers/NAME or /council/NAME",
                param_hint="--source",
            ) from None
    return sources


def _needing_a_look(rows: Iterable[Row]) -> tuple[list[Row], int]:
    """The first lines that are not simply recorded, and how many more there are."""
    needing = (row for row in rows if row["status"] != "recorded" or row["mend"])
    first = list(islice(needing, SHOWN))
    return first, sum(1 for _ in needing)


def _table(rows: list[Row], more: int, *, several: bool) -> None:
    from cli.output import print_table
    from consumers.messages import shown

    told = [
        {
            "line": f"{row['file']}:{row['line']}" if several else row["line"],
            "status": row["status"],
            "id": shown(row["id"] or ""),
            "why": row["reason"],
            "how to mend it": row["mend"],
        }
        for row in rows
    ]
    columns = ["line", "status", "id", "why", "how to mend it"]
    print_table(told, columns, empty="Every line would be recorded.")
    if more:
        typer.echo(f"… and {more:,} more lines; --format ndjson shows them all.")


def _end(check: Check) -> None:
    """Say how many lines would become what, and end with the exit code of that."""
    for failure in check.failures:
        typer.echo(f"counterfoil: {failure}", err=True)
    parts = [f"{count:,} {status}" for status, count in check.counts.items() if count]
    told = f": {', '.join(parts)}" if parts else ""
    typer.echo(f"counterfoil: {check.counts.total():,} lines{told}", err=True)
    if check.failures:
        raise typer.Exit(2)
    if not check.fine:
        raise typer.Exit(1)
