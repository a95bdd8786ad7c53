"""`counterfoil findings`: what the system concludes, at a clock, from what was known."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

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

if TYPE_CHECKING:
    from projections.asking import Moment


class Status(StrEnum):
    """How far a finding on record has come."""

    open = "open"
    acknowledged = "acknowledged"
    assigned = "assigned"
    queried = "queried"
    replied = "replied"
    upheld = "upheld"
    dismissed = "dismissed"
    drafted = "drafted"
    withdrawn = "withdrawn"


def findings(
    at: At = None,
    known_at: KnownAt = None,
    kind: Annotated[
        list[str] | None, typer.Option("--kind", help="Only this kind; may be repeated.")
    ] = None,
    contract: Annotated[str | None, typer.Option(help="Only this contract's.")] = None,
    person: Annotated[str | None, typer.Option(help="Only this person's.")] = None,
    provider: Annotated[str | None, typer.Option(help="Only this provider's.")] = None,
    status: Annotated[
        list[Status] | None,
        typer.Option(help="Not what holds, but what is on record as this; repeatable."),
    ] = None,
    store: Store = None,
    form: As = None,
) -> None:
    """The findings that hold, sorted by kind and key. Each proposes a look, never a cut."""
    from cli.output import chosen, emit
    from projections.asking import FIELDS
    from projections.scope import Scope

    _must_know(kind or ())
    asked = moment(at, known_at)
    if status:
        named = {"contract": contract, "person": person, "provider": provider}
        within = {name: [value] for name, value in named.items() if value}
        _episodes(asked, status, within | ({"kind": kind} if kind else {}), store, form)
        return
    found = settings(store)
    with open_log(found) as log:
        council = open_council(log, found, Scope(contract, person, provider))
        rows = council.findings(asked, kind)
    if chosen(form) is Format.table:
        rows = [in_short(row) for row in rows]
    emit(
        rows, form, list(FIELDS), ["finding", "severity", "since", "what", "minutes", "£"]
    )


def _must_know(wanted: Collection[str]) -> None:
    from projections.questions import kinds

    unknown = sorted(set(wanted) - set(kinds()))
    if unknown:
        raise typer.BadParameter(
            f"unknown kind {', '.join(unknown)}; known are {', '.join(kinds())}",
            param_hint="--kind",
        )


def _episodes(
    asked: Moment,
    status: Collection[str],
    within: Mapping[str, Collection[str]],
    store: Store,
    form: As,
) -> None:
    """What is on record of these statuses, as it was when it opened, and whose it is."""
    from cli.output import chosen, emit, local
    from projections.episodes import TOLD, episodes

    found = settings(store)
    with open_log(found) as log:
        rows = episodes(open_council(log, found), asked, status, within)
    if chosen(form) is Format.table:
        rows = [
            {**in_short(row), "status": row["status"], "by": row["by"],
             "until": local(row["until"])}
            for row in rows
        ]  # fmt: skip
    emit(rows, form, list(TOLD), ["finding", "since", "what", "status", "by", "until"])


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
