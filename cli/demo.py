"""`counterfoil demo`: a small council that ships with the program, and what it would ask."""

from __future__ import annotations

import gzip
import tempfile
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any

import typer

COUNCIL = "demo_council.ndjson.gz"
CLOCK = datetime(2026, 3, 16, 9, tzinfo=UTC)
"""The Monday morning on which the demonstration is judged."""

Finding = dict[str, Any]


def demo(
    folder: Annotated[
        Path | None, typer.Option(help="Keep the store here (default: a new folder).")
    ] = None,
) -> None:
    """Import a small invented council and show what an officer would want first."""
    from consumers.files import BATCH
    from consumers.intake import Intake
    from projections.asking import Moment
    from projections.council import Council
    from record.clock import SystemClock
    from record.log import Log

    where = folder or Path(tempfile.mkdtemp(prefix="counterfoil-demo-"))
    where.mkdir(parents=True, exist_ok=True)
    url = f"sqlite:///{where / 'demo.db'}"
    feed = gzip.decompress((files("cli") / COUNCIL).read_bytes()).splitlines()
    with Log(url) as log:
        intake = Intake(log)
        for start in range(0, len(feed), BATCH):
            intake.receive(feed[start : start + BATCH], SystemClock())
        found = Council(log).findings(Moment(CLOCK))
        typer.echo(
            f"An invented council of {log.head():,} events, judged on"
            f" {CLOCK:%A %d %B %Y at %H:%M}: {len(found):,} findings.\n"
        )
    _missed(found)
    _too_large(found)
    _to_end(found)
    _try(url, found)


def _missed(found: list[Finding]) -> None:
    from cli.output import local, print_table

    week_ago = f"{CLOCK - timedelta(days=7):%Y-%m-%dT%H:%M:%SZ}"
    rows = [
        {
            "severity": f["severity"],
            "due": local(f["since"]),
            "person": f["person"],
            "provider": f["provider"],
            "visit": f["visit"],
            "minutes": f["minutes"],
            "evidence": f["stage"],
        }
        for f in sorted(found, key=lambda f: f["since"], reverse=True)
        if f["kind"] == "missed_call" and f["since"] >= week_ago
    ]
    columns = ["severity", "due", "person", "provider", "visit", "minutes", "evidence"]
    print_table(rows, columns, title="Calls missed in the last seven days")
    typer.echo("")


def _too_large(found: list[Finding]) -> None:
    from cli.output import pounds, print_table

    rows = [
        {
            "contract": f["contract"],
            "person": f["person"],
            "provider": f["provider"],
            "minutes": f["minutes"],
            "£": pounds(f["pence"]),
            "since": f["since"],
        }
        for f in sorted(found, key=lambda f: -(f["pence"] or 0))
        if f["kind"] == "over_commissioned"
    ]
    print_table(
        rows,
        ["contract", "person", "provider", "minutes", "£", "since"],
        title="Packages larger than what is used: minutes and £ a week to re-use",
    )
    typer.echo("")


def _to_end(found: list[Finding]) -> None:
    from cli.output import pounds, print_table

    rows = [
        {
            "contract": f["contract"],
            "provider": f["provider"],
            "because": f["reason"].partition(",")[0],
            "can end on": f["exit_on"],
            "£": pounds(f["pence"]),
        }
        for f in sorted(found, key=lambda f: f.get("exit_on") or "")
        if f["kind"] == "no_longer_needed"
    ]
    print_table(
        rows,
        ["contract", "provider", "because", "can end on", "£"],
        title="Contracts to end, by when, and £ that could have been avoided",
    )
    typer.echo("")


def _try(url: str, found: list[Finding]) -> None:
    at = f"--at {CLOCK.isoformat()}"
    visit = next((f["visit"] for f in found if f["kind"] == "missed_call"), "V1")
    typer.echo("Three commands to try:")
    typer.echo(f"  export COUNTERFOIL_STORE={url}")
    typer.echo(f"  counterfoil findings --kind under_delivered {at}")
    typer.echo(f"  counterfoil show visit {visit} {at}")
    typer.echo("  counterfoil log --limit 5 --format ndjson")
