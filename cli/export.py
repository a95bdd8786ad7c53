"""`counterfoil export`: what a council hands in."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.options import (
    As,
    At,
    Format,
    KnownAt,
    Store,
    moment,
    open_council,
    open_log,
    settings,
)

app = typer.Typer(
    help="What a council hands in: sac, the Safeguarding Adults Collection.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.callback()
def export() -> None:
    """Each export is a command of its own."""


@app.command("sac")
def sac(
    year: Annotated[
        int,
        typer.Option(
            min=2000, max=2199, help="The year that began on 1 April of this one."
        ),
    ],
    at: At = None,
    known_at: KnownAt = None,
    store: Store = None,
    form: As = None,
) -> None:
    """Counts for the Safeguarding Adults Collection: SG1f, SG2a-d, SG3a, SG4a (default: CSV)."""
    from cli.concern_told import must_read_concerns
    from cli.output import emit
    from officers.sac import COLUMNS, collection

    found = settings(store)
    with open_log(found) as log:
        must_read_concerns(log)
        rows = collection(open_council(log, found), moment(at, known_at), year)
    emit(rows, form or Format.csv, COLUMNS)
