"""`counterfoil conflicts`: two contents under one source and id; a person decides."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from cli.options import As, Store, open_log, settings

app = typer.Typer(
    help="Two contents under one source and id: list them, decide which stands.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


class Keep(StrEnum):
    """Which content is to stand."""

    first = "first"
    second = "second"


@app.command("list")
def list_(
    everything: Annotated[
        bool, typer.Option("--all", help="Also what was decided.")
    ] = False,
    store: Store = None,
    form: As = None,
) -> None:
    """Conflicts that wait for a decision, newest first, with both contents."""
    from cli.output import emit
    from record.aside import conflicts

    with open_log(settings(store)) as log:
        emit(
            conflicts(log, everything=everything),
            form,
            ["entry", "received_at", "source", "id", "first_position", "decision",
             "decided_at", "reason", "first", "second"],
            ["entry", "received_at", "source", "id", "decision", "first", "second"],
        )  # fmt: skip


@app.command("decide")
def decide(
    entry: int,
    keep: Annotated[Keep, typer.Option(help="Which content is to stand.")],
    reason: Annotated[str, typer.Option(help="Why; kept with the decision.")],
    store: Store = None,
    form: As = None,
) -> None:
    """Let the first content stand, or record the second in its place."""
    from cli.output import emit_one
    from consumers.release import decide as rule
    from record.clock import SystemClock

    with open_log(settings(store)) as log:
        emit_one(rule(log, entry, keep.value, reason, SystemClock()), form)
