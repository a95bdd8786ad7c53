"""The tables of the demonstration."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import typer

from cli.output import local, pounds, print_table

FIRST = 10
"""Rows of a long table that are shown."""

Finding = dict[str, Any]


def of(found: Sequence[Finding], kind: str) -> list[Finding]:
    """The findings of a kind."""
    return [finding for finding in found if finding["kind"] == kind]


def table(rows: list[dict[str, Any]], columns: list[str], title: str) -> None:
    """A table of the first rows, and how many more there are."""
    print_table(rows[:FIRST], columns, title=title)
    if len(rows) > FIRST:
        typer.echo(f"  … and {len(rows) - FIRST} more")
    typer.echo("")


def missed(found: Sequence[Finding], at: datetime) -> None:
    """The calls missed in the last seven days, the latest first."""
    week_ago = f"{at - timedelta(days=7):%Y-%m-%dT%H:%M:%SZ}"
    rows = [
        {
            "severity": f["severity"],
            "due": local(f["since"]),
            "person": f["person"],
            "provider": f["provider"],
            "visit": f["visit"],
            "evidence": f["stage"],
        }
        for f in sorted(found, key=lambda f: f["since"], reverse=True)
        if f["kind"] == "missed_call" and f["since"] >= week_ago
    ]
    columns = ["severity", "due", "person", "provider", "visit", "evidence"]
    table(rows, columns, "Calls missed in the last seven days")


def providers(found: Sequence[Finding], calls: Mapping[str, int]) -> None:
    """What each provider did of what was due."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    over: Counter[str] = Counter()
    for f in found:
        if f["provider"]:
            counts[f["provider"]][f["kind"]] += 1
            if f["kind"] == "invoice_over_claim":
                over[f["provider"]] += f["pence"]
    rows = [
        {
            "provider": provider,
            "calls due": due,
            "missed": counts[provider]["missed_call"],
            "late": counts[provider]["late_call"],
            "short": counts[provider]["short_call"],
            "no record: a look": "yes" if counts[provider]["logging_gap"] else "",
            "claims to dispute £": pounds(over[provider]),
        }
        for provider, due in sorted(calls.items())
    ]
    table(
        rows,
        list(rows[0]) if rows else ["provider"],
        "Providers side by side, twelve weeks",
    )


def recyclable(found: Sequence[Finding]) -> None:
    """The packages larger than what is used, and what all of them come to."""
    kept = sorted(of(found, "over_commissioned"), key=lambda f: -(f["pence"] or 0))
    rows = [
        {
            "contract": f["contract"],
            "person": f["person"],
            "provider": f["provider"],
            "minutes": f["minutes"],
            "£": pounds(f["pence"]),
            "since": f["since"],
        }
        for f in kept
    ]
    columns = ["contract", "person", "provider", "minutes", "£", "since"]
    hours = sum(f["minutes"] for f in kept) / 60
    total = pounds(sum(f["pence"] or 0 for f in kept))
    title = (
        f"Recyclable: {hours:.1f} hours and £{total} a week, in packages larger than used"
    )
    table(rows, columns, title)


def to_end(found: Sequence[Finding]) -> None:
    """The contracts to end, and by when."""
    rows = [
        {
            "contract": f["contract"],
            "provider": f["provider"],
            "because": f["reason"].partition(",")[0],
            "can end on": f["exit_on"],
            "£ avoidable": pounds(f["pence"]),
        }
        for f in sorted(of(found, "no_longer_needed"), key=lambda f: f["exit_on"])
    ]
    columns = ["contract", "provider", "because", "can end on", "£ avoidable"]
    table(rows, columns, "Contracts to end, by when, and £ that could have been avoided")


def disputed(found: Sequence[Finding]) -> None:
    """The claims that are more than is payable."""
    kept = sorted(of(found, "invoice_over_claim"), key=lambda f: -f["pence"])
    rows = [
        {
            "invoice/line": f["key"].partition("/providers/")[2],
            "visit": f["visit"],
            "£": pounds(f["pence"]),
            "because": f["reason"].rpartition(": ")[2].rstrip("."),
        }
        for f in kept
    ]
    title = (
        f"Claims to dispute: {len(kept)}, £{pounds(sum(f['pence'] for f in kept))} in all"
    )
    table(rows, ["invoice/line", "visit", "£", "because"], title)


def as_known(known: Sequence[Finding], found: Sequence[Finding], then: datetime) -> None:
    """Which contracts were to be ended by what was known then, and whether they still are."""
    now = {f["key"] for f in found}
    rows = [
        {
            "contract": f["contract"],
            "because": f["reason"].partition(",")[0],
            "today": "still so" if f["key"] in now else "not any more",
        }
        for f in known
    ]
    title = f"Contracts to end as known three weeks ago, on {then:%d %B %Y}"
    table(rows, ["contract", "because", "today"], title)
