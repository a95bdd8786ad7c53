"""`counterfoil simulate`: the feed of a council that does not exist, and the truth beside it."""

from __future__ import annotations

import gzip
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import IO, Annotated, Any

import typer

LEAST_WEEKS, LEAST_PEOPLE = 8, 8
"""Some things take eight weeks to happen, and four providers need two people each."""


class Noise(StrEnum):
    """What becomes of statements on their way."""

    usual = "usual"
    none = "none"


def simulate(
    seed: Annotated[int, typer.Option(help="The same seed gives the same feed.")] = 7,
    people: Annotated[int, typer.Option(min=LEAST_PEOPLE, help="People served.")] = 200,
    weeks: Annotated[int, typer.Option(min=LEAST_WEEKS, help="Weeks simulated.")] = 12,
    ends_on: Annotated[
        datetime, typer.Option(formats=["%Y-%m-%d"], help="The last day, a Sunday.")
    ] = datetime(2026, 11, 22),
    noise: Annotated[
        Noise, typer.Option(help="Lost, doubled, late and corrected statements.")
    ] = Noise.usual,
    truth: Annotated[
        Path | None, typer.Option(help="Write what really happened here, as NDJSON.")
    ] = None,
    out: Annotated[
        Path, typer.Option(help="Write the feed here (.gz: packed; -: standard output).")
    ] = Path("-"),
) -> None:
    """Write the feed of an invented council, in the order in which it would arrive.

    Judge it by the clock that the first row of the truth names.
    """
    import orjson

    from simulation import Plan
    from simulation import simulate as play

    last: date = ends_on.date()
    if last.weekday() != 6:
        raise typer.BadParameter("should be a Sunday", param_hint="--ends-on")
    plan = Plan(seed, people, weeks, last, noise is Noise.usual)
    with _open(out) as feed, _open(truth) if truth else nullcontext() as told:

        def tell(row: dict[str, Any]) -> None:
            if told is not None:
                told.write(orjson.dumps(row) + b"\n")

        for arrival in play(plan, tell):
            feed.write(arrival.event + b"\n")


@contextmanager
def _open(path: Path) -> Iterator[IO[bytes]]:
    """The file to write to; a usage error (exit 2) where it cannot be written."""
    if str(path) == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    try:
        # No name and no time in the packed file: the same seed gives the same bytes.
        with path.open("wb") as raw:
            if path.suffix != ".gz":
                yield raw
                return
            with gzip.GzipFile("", "wb", 6, raw, mtime=0) as packed:
                yield packed  # type: ignore[misc]
    except OSError as error:
        raise typer.BadParameter(f"{path}: {error.strerror}") from None
