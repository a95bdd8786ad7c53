"""One provider's scorecard on a page, a section after the other."""

from __future__ import annotations

from typing import Any

import typer

from cli.output import print_table
from cli.scorecard_tables import MARKS, MEASURES, Card, hours, percent, span, sums, whole

VISITS = {
    "attended": "made", "unknown": "made, length not known",
    "missed_declared": "missed, and said so",
    "missed_confirmed": "missed, no record", "missed_presumed": "missed, unless late evidence comes",
    "cannot_assess": "cannot be told: feed silent", "away": "not told: person away",
    "cancelled_by_provider": "called off by the provider",
    "cancelled_by_person": "called off by the person",
    "cancelled_by_council": "called off by the council",
    "frustrated": "nobody let the carer in", "open": "not due yet",
}  # fmt: skip
MONEY = {
    "promised": "promised", "delivered": "delivered", "not_known": "not known to be delivered",
    "claimed": "claimed", "claimed_unsure": "  of it for visits not known to be over",
    "payable": "payable", "claimed_minus_payable": "claimed − payable",
    "failed": "failed: missed, called off, cut short", "never_planned": "failed: never planned",
    "compensating": "paid to others to make it good", "cost_of_failure": "cost of failure",
}  # fmt: skip
"""Lines of the money, in the order in which they follow from each other."""


def print_card(card: Card) -> None:
    """One provider's card, a section after the other."""
    typer.echo(f"{card['provider']}, {span(card)}\n")
    due = card["visits"]["due"]
    rows = [
        {"what became of them": words, "visits": f"{n:,}", "of all": percent(n / due)}
        for name, words in VISITS.items()
        if (n := card["visits"][name])
    ]
    title = f"Planned visits that were due: {due:,}"
    print_table(rows, ["what became of them", "visits", "of all"], title=title,
                numbers=("visits", "of all"))  # fmt: skip
    typer.echo("")
    columns = ["share of", "x", "of", "%", "all %", "chance reaches", "verdict"]
    print_table([_measure(share) for share in _in_order(card["shares"])], columns,
                title="Beside all providers", numbers=columns[1:6])  # fmt: skip
    typer.echo(f"\n{_in_words(card)}\n")
    _print_money(card["money"])
    blocks = [
        {"block": b["contract"], "packages": b["packages"], "bought": hours(b["bought"]),
         "drawn": hours(b["drawn"]), "not known": hours(b["not_known"]),
         "£": whole(b["pence"])}
        for b in card["blocks"]
    ]  # fmt: skip
    if blocks:
        print_table(blocks, list(blocks[0]), title="\nBlocks, in hours",
                    numbers=list(blocks[0])[1:])  # fmt: skip
    for note in card["notes"]:
        typer.echo(f"\nNote: {note}")


def _in_order(shares: list[dict[str, Any]]) -> list[dict[str, Any]]:
    place = {name: number for number, name in enumerate(MEASURES)}
    return sorted(shares, key=lambda share: place[share["measure"]])


def _measure(share: dict[str, Any]) -> dict[str, Any]:
    limits, council = share["limits_998"], share["council"]
    reach = f"{100 * limits[0]:.1f} – {100 * limits[1]:.1f}" if limits else ""
    return {
        "share of": MEASURES[share["measure"]],
        "x": f"{share['x']:,}",
        "of": f"{share['n']:,}",
        "%": "" if share["share"] is None else f"{100 * share['share']:.1f}",
        "all %": "" if council is None else f"{100 * council:.1f}",
        "chance reaches": reach,
        "verdict": f"{MARKS[share['verdict']]} {share['verdict']}".strip(),
    }


def _in_words(card: Card) -> str:
    late, length, seen = card["punctuality"], card["length"], card["continuity"]
    said = []
    if late["median_late"] is not None:
        said.append(
            f"The middle one of the late calls was {late['median_late']} minutes late."
        )
    if length["due_minutes"]:
        given = percent(length["delivered_minutes"] / length["due_minutes"])
        said.append(f"Where the length is known, {given} of the minutes due were given.")
    if seen["people"]:
        said.append(
            f"People seen: {seen['people']}, by {seen['carers'] / seen['people']:.1f}"
            f" different carers each ({seen['median_carers']} in the middle,"
            f" {seen['most_carers']} at most); by too many of late: {seen['over_many_carers']}."
        )
    if card["logging"]["unplanned"]:
        said.append(f"Visits logged that nobody planned: {card['logging']['unplanned']}.")
    return "\n".join(said)


def _print_money(money: dict[str, Any]) -> None:
    rows = [{"": words, "£": whole(money[name])} for name, words in MONEY.items()]
    print_table(rows, ["", "£"], title="The money, in £")
    for name, title in (("kind", "By kind of contract"), ("funder", "By who pays")):
        split = [sums(name, row[name], row) for row in money[f"by_{name}"]]
        if split:
            columns = list(split[0])
            print_table(split, columns, title=f"\n{title}", numbers=columns[1:])
    if money["recyclable_packages"]:
        typer.echo(
            f"\n{hours(money['recyclable_minutes_a_week'])} hours a week"
            f" (£{whole(money['recyclable_pence_a_week'])}) of"
            f" {money['recyclable_packages']} packages went unused by the people they are"
            " for:\na review may recycle them, and may not."
        )
