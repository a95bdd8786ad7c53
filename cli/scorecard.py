"""`counterfoil scorecard [PROVIDER]`: what a provider did of what was promised in a period."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.options import As, At, Format, KnownAt, Store, moment, open_council, open_log
from cli.options import settings as settings_of

if TYPE_CHECKING:
    from projections.scorecard import Period


def scorecard(
    provider: Annotated[
        str | None, typer.Argument(help="Whose card; without it all, side by side.")
    ] = None,
    from_: Annotated[
        str | None, typer.Option("--from", metavar="DAY", help="First day of the period.")
    ] = None,
    to: Annotated[
        str | None,
        typer.Option("--to", metavar="DAY", help="Last day (default: yesterday)."),
    ] = None,
    at: At = None,
    known_at: KnownAt = None,
    store: Store = None,
    form: As = None,
) -> None:
    """What providers did of what was promised, and the money; the last 4 complete weeks.

    A mark is a reason to look, never a ranking.
    """
    from cli.output import chosen
    from domain.values import london_day

    asked = moment(at, known_at)
    period = period_of(from_, to, london_day(asked.at))
    found = settings_of(store)
    with open_log(found) as log:
        cards = open_council(log, found).scorecards(asked, period)
    if provider is not None:
        cards = [card for card in cards if card["provider"] == provider]
        if not cards:
            typer.echo(
                f"counterfoil: of provider {provider} nothing is known in this period",
                err=True,
            )
            raise typer.Exit(1)
    write(cards, chosen(form), one=provider is not None)


def period_of(from_: str | None, to: str | None, today: date) -> Period:
    """The days that were asked for; else the last four complete weeks before *today*.

    Raises a usage error for a period without a first day, one that ends before it begins,
    and one that is not over: of days to come nothing can be said.
    """
    from projections.scorecard import Period, last_weeks

    if from_ is None:
        if to is not None:
            raise typer.BadParameter("needs a first day, --from", param_hint="--to")
        return last_weeks(today)
    first = _day(from_, "--from")
    last = _day(to, "--to") if to else today - timedelta(days=1)
    if last < first:
        raise typer.BadParameter(
            f"should not lie after the last day, {last}", param_hint="--from"
        )
    if last > today:
        raise typer.BadParameter(
            f"should not lie after the clock's own day, {today}", param_hint="--to"
        )
    return Period(first, last)


def _day(text: str, option: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise typer.BadParameter(
            "should be a day, as 2026-03-31", param_hint=option
        ) from error


def write(cards: list[dict[str, Any]], form: Format, *, one: bool) -> None:
    """Write the cards: in a table or CSV side by side, else as they are."""
    from cli.output import emit, emit_one
    from cli.scorecard_page import print_card
    from cli.scorecard_tables import flat, print_cards

    if form is Format.table:
        if one:
            print_card(cards[0])
        else:
            print_cards(cards)
    elif form is Format.csv:
        rows = [flat(card) for card in cards]
        emit(rows, form, list(rows[0]) if rows else ["provider"])
    elif one:
        emit_one(cards[0], form)
    else:
        emit(cards, form, ["provider"])
