"""`counterfoil schema`: the feed for tools, as JSON Schema and AsyncAPI."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.options import As


def schema(
    type_: Annotated[
        str | None,
        typer.Argument(metavar="TYPE", help="An event's type, or receipts."),
    ] = None,
    document: Annotated[
        bool, typer.Option("--asyncapi", help="The AsyncAPI 3.0 document of all of it.")
    ] = False,
    folder: Annotated[
        Path | None, typer.Option("--to", help="Write all of it into this folder.")
    ] = None,
    form: As = None,
) -> None:
    """The JSON Schema of an event of TYPE; without TYPE, the types that there are."""
    from consumers.published import publish, written

    if sum((type_ is not None, document, folder is not None)) > 1:
        raise typer.BadParameter("give one of TYPE, --asyncapi and --to")
    if folder is not None:
        typer.echo(f"counterfoil: {len(publish(folder))} files in {folder}", err=True)
    elif document:
        from consumers.asyncapi import asyncapi

        typer.echo(written(asyncapi()), nl=False)
    elif type_ is not None:
        typer.echo(written(_schema(type_)), nl=False)
    else:
        _list(form)


def _schema(type_: str) -> dict[str, object]:
    from consumers.schemas import event_schema, receipts_schema
    from domain.catalogue import WIRE

    if type_ == "receipts":
        return receipts_schema()
    if type_ not in WIRE:
        from consumers.mending import near

        meant = near(type_, WIRE)
        raise typer.BadParameter(
            f"unknown type {type_}; {f'did you mean {meant}?' if meant else 'see the list'}",
            param_hint="TYPE",
        )
    return event_schema(type_)


def _list(form: As) -> None:
    from cli.output import emit
    from consumers.schemas import summary
    from domain.catalogue import WIRE

    rows = [
        {
            "type": topic,
            "said_by": " or ".join(sorted(kind.SAID_BY, reverse=True)),
            "says": summary(kind),
        }
        for topic, kind in WIRE.items()
    ]
    emit(rows, form, ["type", "said_by", "says"])
