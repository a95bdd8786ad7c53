"""`counterfoil migrate` and `counterfoil roles`: for whoever owns the store."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.options import As, Store, open_log, settings


def migrate(store: Store = None, form: As = None) -> None:
    """Make the store, or bring an older one up to date; give the roles their rights."""
    from cli.output import emit_one
    from record.migrations import migrate as bring_up
    from record.tables import SCHEMA_VERSION

    with open_log(settings(store), create=True) as log:
        bring_up(log.recorder, log.where)
        log.seals.ring.tables.give_rights()
        told = {"store": log.where, "from": log.found_version, "to": SCHEMA_VERSION}
    emit_one(told, form)


def roles(
    rights: Annotated[
        bool, typer.Option("--rights", help="What migrate lets each role do.")
    ] = False,
) -> None:
    """Print the SQL that makes the roles of a PostgreSQL store."""
    from record import roles as made

    if rights:
        typer.echo(
            "".join(f"{one};\n" for one in made.rights(set(made.RIGHTS))), nl=False
        )
    else:
        typer.echo(made.ROLES, nl=False)
