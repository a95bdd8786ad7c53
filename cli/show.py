"""`counterfoil show KIND REF`: how one thing stands, and every event that speaks of it."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from cli.concern_told import must_read_concerns
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


class Kind(StrEnum):
    """The kinds of thing that can be shown."""

    visit = "visit"
    contract = "contract"
    person = "person"
    provider = "provider"
    concern = "concern"


def show(
    kind: Kind,
    ref: str,
    source: Annotated[
        str | None, typer.Option(help="Whose visit: /providers/NAME.")
    ] = None,
    at: At = None,
    known_at: KnownAt = None,
    store: Store = None,
    form: As = None,
) -> None:
    """How a visit, contract, person, provider or concern stands, and its history."""
    from auditors.history import history
    from cli.output import chosen, emit_one, print_table
    from projections.concerns import flags
    from projections.standing import positions, sources, standing

    asked = moment(at, known_at)
    found = settings(store)
    provider = source.removeprefix("/providers/") if source else None
    with open_log(found) as log:
        council = open_council(log, found)
        if kind is Kind.visit and provider is None:
            provider = _only(sources(council, ref))
        if kind is Kind.concern:
            must_read_concerns(log)
        spoken = history(log, positions(council, kind.value, ref, provider), asked)
        if not spoken:
            typer.echo(f"counterfoil: nothing is known of {kind.value} {ref}", err=True)
            raise typer.Exit(1)
        state = standing(council, kind.value, ref, asked, provider) or {kind.value: ref}
        if kind is Kind.concern:
            state["flags"] = flags(state)
    if chosen(form) is Format.table:
        emit_one(state, form)
        columns = ["position", "received_at", "type", "time", "source", "data"]
        print_table(spoken, columns, title="\nHistory")
    else:
        emit_one({**state, "history": spoken}, form)


def _only(speakers: list[str]) -> str | None:
    """The one provider that has such a visit; several: a usage error that names them."""
    if len(speakers) > 1:
        named = ", ".join(f"/providers/{name}" for name in speakers)
        raise typer.BadParameter(
            f"several providers have such a visit: {named}", param_hint="--source"
        )
    return speakers[0] if speakers else None
