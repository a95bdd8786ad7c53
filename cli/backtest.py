"""`counterfoil backtest`: what another policy would have found of a past period."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from cli.options import (
    As,
    Format,
    KnownAt,
    Store,
    instant,
    open_council,
    open_log,
    settings,
)

if TYPE_CHECKING:
    from projections.asking import Moment
    from projections.council import Council
    from projections.trial import Period, Trial

SUMS = (
    "kind", "provider", "before", "after", "new", "lost", "changed",
    "pence_before", "pence_after", "pence_difference",
)  # fmt: skip
SIDES = ("since", "severity", "stage", "minutes", "pence", "reason")
EACH = (
    "change", "kind", "key", "provider", "contract", "person", "visit", "carer",
    *(f"{name}_{side}" for name in SIDES for side in ("before", "after")),
)  # fmt: skip

PolicyFile = Annotated[
    Path,
    typer.Option(
        metavar="FILE",
        exists=True,
        dir_okay=False,
        help="The thresholds to try, by name, as TOML; the others stay as they were.",
    ),
]
OtherFile = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        exists=True,
        dir_okay=False,
        help="Compare with these thresholds (default: those in force, day by day).",
    ),
]
First = Annotated[
    str, typer.Option("--from", metavar="DAY", help="The first day, as 2026-03-01.")
]
Last = Annotated[str, typer.Option("--to", metavar="DAY", help="The last day, included.")]
JudgedAt = Annotated[
    str | None,
    typer.Option(
        metavar="T", help="Judge by this clock (default: the end of the last day)."
    ),
]
Kinds = Annotated[list[str] | None, typer.Option(help="Only this kind; may be repeated.")]
Whose = Annotated[str | None, typer.Option(help="Only this provider's.")]
Each = Annotated[
    bool, typer.Option("--findings", help="Each finding that differs, not the sums.")
]  # fmt: skip


def backtest(
    policy: PolicyFile,
    first: First,
    last: Last,
    against: OtherFile = None,
    at: JudgedAt = None,
    known_at: KnownAt = None,
    kind: Kinds = None,
    provider: Whose = None,
    each: Each = False,
    store: Store = None,
    form: As = None,
) -> None:
    """What another policy would have found of a past period: new, lost, changed, and in £.

    Both policies are judged by one clock. Findings of one call, visit or claim are those
    since a day of the period; all others are those that stand at the clock. A line's own
    times, a contract's terms and a provider's upload hours outrank any policy, as always.
    """
    from projections.trial import Period, Trial

    period = Period(day(first, "--from"), day(last, "--to"))
    trial = Trial(
        period,
        judging(period, at, known_at),
        after=thresholds(policy, "--policy"),
        before=thresholds(against, "--against") if against else {},
        kinds=known(kind),
        provider=provider,
    )
    found = settings(store)
    with open_log(found) as log:
        council = open_council(log, found)
        try:
            answer(council, trial, each=each, form=form)
        finally:
            council.close()


def day(text: str, option: str) -> date:
    """A day as YYYY-MM-DD; else a usage error (exit 2)."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.isoformat() != text or not 1900 <= found.year < 3000:
        wrong("should be a day, as 2026-03-31", option)
    return found


def judging(period: Period, at: str | None, known_at: str | None) -> Moment:
    """The clock of a back-test: the period's end, or now where that is still to come."""
    from projections.asking import Moment

    now = datetime.now(UTC)
    if period.last < period.first:
        wrong("should not be a day before --from", "--to")
    clock = instant(at, "--at") if at else min(period.over.astimezone(UTC), now)
    if clock <= period.begins:
        wrong("should be after the period has begun", "--at" if at else "--from")
    return Moment(clock, instant(known_at, "--known-at") if known_at else None)


def thresholds(path: Path, option: str) -> Mapping[str, int | Decimal]:
    """The thresholds in a file; a usage error (exit 2) names what is wrong with it."""
    import tomllib

    from domain.policy import BadThresholds
    from domain.policy import thresholds as read

    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
        return read(told)
    except BadThresholds as error:
        wrong(f"{path}: {error}", option)
    except tomllib.TOMLDecodeError as error:
        place = str(error).rpartition("(")[2].rstrip(")")
        wrong(f"{path} cannot be read {place}: write NAME = NUMBER, each once", option)
    except (OSError, UnicodeDecodeError):
        wrong(f"{path} cannot be read as a text in UTF-8", option)


def known(asked: list[str] | None) -> tuple[str, ...]:
    """The kinds asked for, or all; a usage error (exit 2) names one that there is not."""
    from projections.questions import kinds

    for kind in asked or ():
        if kind not in kinds():
            near = get_close_matches(kind, kinds(), 1)
            meant = (
                near and f"did you mean {near[0]}?"
            ) or f"known are {', '.join(kinds())}"
            wrong(f"there is no kind {kind}; {meant}", "--kind")
    return tuple(sorted(set(asked or kinds())))


def wrong(words: str, where: str) -> NoReturn:
    """A usage error (exit 2)."""
    raise typer.BadParameter(words, param_hint=where)


def answer(council: Council, trial: Trial, *, each: bool, form: Format | None) -> None:
    """Compare, and write what differs."""
    from cli import backtest_tables as tables
    from cli.output import chosen, emit
    from projections.backtest import compare, differing, in_force, summed

    council.whole(lambda: compare(council.con, trial))
    plain = chosen(form) is not Format.table
    if plain and each:
        emit(differing(council.con), form, EACH)
    elif plain:
        emit(summed(council.con), form, SUMS)
    else:
        replaced = council.whole(lambda: in_force(council.con, trial))
        sums = summed(council.con)
        tables.heading(trial, replaced)
        if each:
            tables.findings(differing(council.con))
        else:
            tables.sums(sums)
        tables.unmoved(sums)
