"""`counterfoil erase PERSON`: nobody will read again what was said of somebody in words."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.options import As, Store, limits, open_council, open_log, open_segments, settings


def erase(
    person: str,
    reason: Annotated[str, typer.Option(help="Why; kept, sealed, for those who ask.")],
    by: Annotated[str, typer.Option(help="Who decided it: an officer's pseudonym.")],
    store: Store = None,
    form: As = None,
) -> None:
    """Destroy the keys of a person's words. It cannot be undone; counts and findings stay."""
    from cli.output import emit_one
    from projections.belonging import things_of
    from projections.engine import connect
    from projections.mirror import rebuild
    from record.clock import SystemClock
    from record.erasing import erase as destroy
    from record.erasing import in_clear

    found = settings(store)
    with open_log(found) as log:
        things = things_of(open_council(log, found), person)
        if not any(log.knows(thing) for thing in things):
            typer.echo(f"counterfoil: nothing is known of person {person}", err=True)
            raise typer.Exit(1)
        done = destroy(log, person, things, by, reason, SystemClock())
        rebuild(connect(limits(found)), log, open_segments(log, found))
        clear = in_clear(log, things)
    emit_one(
        {"person": person, "keys_destroyed": done.keys, "position": done.position,
         "statements_in_clear": clear},
        form,
    )  # fmt: skip
    if clear:
        typer.echo(
            f"counterfoil: {clear} statements were recorded before words were sealed;"
            " theirs can still be read",
            err=True,
        )
        raise typer.Exit(1)
