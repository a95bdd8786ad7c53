"""`counterfoil quarantine`: what could not be read, kept until it can be."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from cli.options import As, Store, open_log, settings

app = typer.Typer(
    help="What could not be read: list it, look at it, read it again.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command("list")
def list_(
    everything: Annotated[
        bool, typer.Option("--all", help="Also what was released since.")
    ] = False,
    store: Store = None,
    form: As = None,
) -> None:
    """What waits in the quarantine, newest first."""
    from cli.output import emit
    from record.aside import quarantined

    with open_log(settings(store)) as log:
        emit(
            quarantined(log, everything=everything),
            form,
            ["entry", "received_at", "source", "id", "reason", "size", "times",
             "released_at"],
            ["entry", "received_at", "source", "id", "reason", "size"],
        )  # fmt: skip


@app.command("show")
def show(entry: int, store: Store = None) -> None:
    """The bytes of one message, as they came."""
    from record.aside import raw_pieces

    with open_log(settings(store)) as log:
        for piece in raw_pieces(log, entry):
            sys.stdout.buffer.write(piece)


@app.command("release")
def release(
    entries: Annotated[
        list[int] | None, typer.Argument(help="Which; none: all that wait.")
    ] = None,
    store: Store = None,
    form: As = None,
) -> None:
    """Read quarantined messages again, with the reader of today."""
    from cli.output import emit
    from consumers.release import release as read_again
    from record.clock import SystemClock

    with open_log(settings(store)) as log:
        rows = read_again(log, entries, SystemClock())
        emit(rows, form, ["entry", "status", "position", "reason"])
        if any(row["status"] in ("quarantined", "rejected") for row in rows):
            raise typer.Exit(1)
