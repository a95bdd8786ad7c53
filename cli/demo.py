"""`counterfoil demo`: a simulated council, received day by day, and what it would ask first."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from projections.council import Council
    from record.log import Log
    from simulation import Plan

PEOPLE, SEED = 60, 7
DAY_SECONDS = 86_400
WEEKS_AGO = timedelta(weeks=3)

Finding = dict[str, Any]


def demo(
    folder: Annotated[
        Path | None, typer.Option(help="Keep the store here (default: a new folder).")
    ] = None,
) -> None:
    """Receive twelve weeks of a simulated council and show what an officer would want first."""
    from cli import demo_tables as show
    from projections.asking import Moment
    from projections.council import Council
    from record.log import Log
    from simulation import Plan

    where = folder or Path(tempfile.mkdtemp(prefix="counterfoil-demo-"))
    where.mkdir(parents=True, exist_ok=True)
    url = f"sqlite:///{where / 'demo.db'}"
    plan = Plan(seed=SEED, people=PEOPLE)
    with Log(url, simulated=True) as log:
        _receive(log, plan)
        council = Council(log)
        found = council.findings(Moment(plan.at))
        typer.echo(
            "SIMULATED: nobody in this council is real, and its store is marked so for"
            f" ever.\n{log.head():,} events of {plan.weeks} weeks and {plan.people} people,"
            f" judged on {plan.at:%A %d %B %Y at %H:%M}: {len(found):,} findings.\n"
        )
        show.missed(found, plan.at)
        show.providers(found, _calls(council, plan.at))
        then = plan.at - WEEKS_AGO
        known = council.findings(Moment(then, then), {"no_longer_needed"})
    show.recyclable(found)
    show.to_end(found)
    show.disputed(found)
    show.as_known(known, found, then)
    _try(url, found, plan.at, then)


def _receive(log: Log, plan: Plan) -> None:
    """Every evening what arrived that day, by a clock that is stepped from day to day."""
    from consumers.intake import Intake
    from record.clock import SteppedClock
    from simulation import simulate

    intake = Intake(log)
    for _, day in groupby(simulate(plan), lambda arrival: arrival.at // DAY_SECONDS):
        arrived = list(day)
        clock = SteppedClock(datetime.fromtimestamp(arrived[-1].at, UTC))
        intake.receive([arrival.event for arrival in arrived], clock)


def _calls(council: Council, at: datetime) -> dict[str, int]:
    """How many judged visits were due of each provider by *at*."""
    from projections.asking import Moment

    council.prepare(Moment(at), {"visits"})
    rows = council.con.execute(
        "SELECT provider, count(*) FROM visits WHERE judged AND due_start <= clock()"
        " GROUP BY provider"
    ).fetchall()
    return dict(rows)


def _try(url: str, found: list[Finding], at: datetime, then: datetime) -> None:
    visit = next((f["visit"] for f in found if f["kind"] == "missed_call"), "V1")
    clock, earlier = (f"{instant:%Y-%m-%dT%H:%MZ}" for instant in (at, then))
    typer.echo("Three commands to try:")
    typer.echo(f"  export COUNTERFOIL_STORE={url}")
    typer.echo(f"  counterfoil findings --kind under_delivered --at {clock}")
    typer.echo(f"  counterfoil show visit {visit} --at {clock}")
    known = f"--at {earlier} --known-at {earlier}"
    typer.echo(f"  counterfoil findings --kind missed_call {known}")
