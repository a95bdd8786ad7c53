"""`counterfoil seals`: whether every sealed word of the log is whole."""

from __future__ import annotations

import typer

from cli.options import As, Format, Store, open_log, settings


def seals(store: Store = None, form: As = None) -> None:
    """Open every sealed word, show none, and name each that was altered or moved."""
    from auditors.seals import STATES, check_seals
    from cli.output import chosen, emit_one, print_table

    with open_log(settings(store)) as log:
        found = check_seals(log)
    told = {name: found.counts[name] for name in ("whole", *STATES.values())}
    if chosen(form) is Format.table:
        emit_one(told, form)
        if found.broken:
            print_table(found.broken, ["position", "type", "field"], title="\nBroken")
    else:
        emit_one({**told, "which": found.broken}, form)
    if found.broken:
        raise typer.Exit(1)
