"""`counterfoil findings`: what the system concludes, at a clock, from what was known."""

from __future__ import annotations

from typing import Annotated, Any

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


def findings(
    at: At = None,
    known_at: KnownAt = None,
    kind: Annotated[
        list[str] | None, typer.Option("--kind", help="Only this kind; may be repeated.")
    ] = None,
    contract: Annotated[str | None, typer.Option(help="Only this contract's.")] = None,
    person: Annotated[str | None, typer.Option(help="Only this person's.")] = None,
    provider: Annotated[str | None, typer.Option(help="Only this provider's.")] = None,
    store: Store = None,
    form: As = None,
) -> None:
    """The findings that hold, sorted by kind and key. Each proposes a look, never a cut."""
    from cli.output import chosen, emit
    from projections.asking import FIELDS
    from projections.questions import kinds
    from projections.scope import Scope

    unknown = sorted(set(kind or ()) - set(kinds()))
    if unknown:
        raise typer.BadParameter(
            f"unknown kind {', '.join(unknown)}; known are {', '.join(kinds())}",
            param_hint="--kind",
        )
    asked = moment(at, known_at)
    found = settings(store)
    with open_log(found) as log:
        council = open_council(log, found, Scope(contract, person, provider))
        rows = council.findings(asked, kind)
    if chosen(form) is Format.table:
        rows = [in_short(row) for row in rows]
    emit(
        rows, form, list(FIELDS), ["finding", "severity", "since", "what", "minutes", "£"]
    )


def in_short(row: dict[str, Any]) -> dict[str, Any]:
    """A finding as an officer reads it in a table."""
    from cli.output import local, pounds

    about = [row[name] for name in ("provider", "visit", "contract", "person")]
    stage = f" ({row['stage']})" if row["stage"] else ""
    return {
        "finding": row["kind"] + stage,
        "severity": row["severity"],
        "since": local(row["since"]),
        "what": f"{row['reason']}\n{' · '.join(name for name in about if name)}",
        "minutes": row["minutes"],
        "£": pounds(row["pence"]),
    }
