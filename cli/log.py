"""`counterfoil log`: the log itself, one event a row, in the order of positions."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.options import As, Store, open_log, settings


def log(
    start: Annotated[int, typer.Option("--from", min=1, help="First position.")] = 1,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many.")] = None,
    store: Store = None,
    form: As = None,
) -> None:
    """The log: every recorded event with its position and when it was received."""
    from auditors.history import events
    from cli.output import emit

    with open_log(settings(store)) as opened:
        emit(
            events(opened, start, limit),
            form,
            ["position", "received_at", "source", "id", "type", "time", "subject",
             "recordedtime", "sequence", "data"],
            ["position", "received_at", "source", "type", "subject", "time"],
        )  # fmt: skip
