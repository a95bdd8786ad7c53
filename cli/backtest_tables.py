"""The tables of a back-test: what would be found otherwise, in words and pounds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

import typer

from cli.output import local, pounds, print_table

if TYPE_CHECKING:
    from projections.trial import Trial

Row = Mapping[str, Any]

COUNTS = ("before", "after", "new", "lost", "changed")
PENCE = ("pence_before", "pence_after", "pence_difference")


def heading(trial: Trial, replaced: Mapping[str, Sequence[Any]]) -> None:
    """Of when it is told, by which clock, and what is in whose place."""
    typer.echo(
        f"{_day(trial.period.first)} to {_day(trial.period.last)},"
        f" judged as at {local(trial.moment.at.isoformat())} in London"
    )
    for name, before in replaced.items():
        was = ", then ".join(map(_number, before))
        typer.echo(f"  {name} {_number(trial.after[name])} in place of {was}")
    if not replaced:
        typer.echo("  The policy sets no threshold.")
    typer.echo("")


def sums(rows: Sequence[Row]) -> None:
    """Every kind of which something differs, and below it its providers of whom it does."""
    shown: list[dict[str, Any]] = []
    for kind, found in groupby(filter(_moved, rows), key=lambda row: row["kind"]):
        theirs = [row for row in rows if row["kind"] == kind]
        shown.append(_line(kind, _together(theirs)))
        shown += [
            _line(f"  {row['provider'] or 'no one provider'}", row) for row in found
        ]
    columns = ["finding", *COUNTS, "£ before", "£ after", "£ more"]
    print_table(shown, columns, empty="Nothing would be found otherwise.")


def findings(rows: Iterable[Row]) -> None:
    """Each finding that differs, by either policy."""
    shown = [
        {
            "": row["change"],
            "finding": row["kind"],
            "severity": _turn(row, "severity"),
            "since": local(row["since_after"] or row["since_before"]),
            "what": _what(row),
            "minutes": _turn(row, "minutes"),
            "£": _turn(row, "pence"),
        }
        for row in rows
    ]
    columns = ["", "finding", "severity", "since", "what", "minutes", "£"]
    print_table(shown, columns, empty="Nothing would be found otherwise.")


def unmoved(rows: Sequence[Row]) -> None:
    """How many findings are the same by both policies."""
    same = sum(row["before"] - row["lost"] - row["changed"] for row in rows)
    is_are = "finding of the period is" if same == 1 else "findings of the period are"
    typer.echo(f"\n{same:,} {is_are} the same by both.")


def _moved(row: Row) -> bool:
    return bool(row["new"] or row["lost"] or row["changed"])


def _together(rows: Sequence[Row]) -> dict[str, Any]:
    counts: dict[str, Any] = {name: sum(row[name] for row in rows) for name in COUNTS}
    for name in PENCE:
        known = [row[name] for row in rows if row[name] is not None]
        counts[name] = sum(known) if known else None
    return counts


def _line(name: str, row: Row) -> dict[str, Any]:
    return {
        "finding": name,
        **{count: f"{row[count]:,}" for count in COUNTS},
        "£ before": pounds(row["pence_before"]),
        "£ after": pounds(row["pence_after"]),
        "£ more": pounds(row["pence_difference"]),
    }


def _turn(row: Row, name: str) -> str:
    """How something stands: by the one policy that finds it, or by both where they differ."""
    spell = pounds if name == "pence" else lambda value: value
    before, after = (spell(row[f"{name}_{side}"]) for side in ("before", "after"))
    told = {"new": [after], "lost": [before]}.get(row["change"], [before, after])
    words = ["-" if value is None else str(value) for value in dict.fromkeys(told)]
    return "" if words == ["-"] else " → ".join(words)


def _what(row: Row) -> str:
    about = [row[name] for name in ("provider", "visit", "contract", "person")]
    stage = _turn(row, "stage")
    reason = row["reason_after"] or row["reason_before"]
    named = " · ".join(name for name in about if name)
    return f"{reason}{f' ({stage})' if stage else ''}\n{named}"


def _day(day: Any) -> str:
    return f"{day:%d %B %Y}"


def _number(value: Any) -> str:
    return f"{value:f}".rstrip("0").rstrip(".") if "." in f"{value}" else str(value)
