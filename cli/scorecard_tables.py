"""Scorecards side by side, a row a provider."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from typing import Any

import typer

from cli.output import print_table

Card = dict[str, Any]

MARKS = {"above": "▲", "below": "▼", "within": " ", "too few to judge": "?"}
MEASURES = {
    "missed": "missed (QS123 st. 2)",
    "no_record": "missed, and no word of it",
    "cancelled_by_provider": "called off by the provider",
    "delivered": "made, of those it could make",
    "late": "late, by what was agreed",
    "late_by_30": "more than 30 minutes late",
    "early": "early, by what was agreed",
    "short": "cut short",
    "of_30_minutes": "lasted 30 minutes (QS123 st. 4)",
    "planned_for_30_minutes": "bought for 30 minutes or more",
    "incomplete_double_ups": "double-ups not kept",
    "three_most_seen": "by a person's 3 usual carers",
    "manual": "entered by hand",
    "backdated": "written down late",
    "one_tap_missing": "a check-in or -out missing",
    "as_planned_to_the_second": "as planned, to the second",
}
"""What each share is of, in words that fit a table."""
SIDE_BY_SIDE = {
    "missed": "missed", "late": "late", "short": "cut short", "manual": "by hand",
    "three_most_seen": "3 usual",
}  # fmt: skip
LEGEND = (
    "▲ above, ▼ below what chance and the spread between providers explain (99.8 %);"
    " ? too few to judge.\nA mark is a reason to look, never a ranking: providers stand in"
    " order of name."
)


def flat(card: Card) -> dict[str, Any]:
    """A card in one row: every share with its `_x`, its `_n` and its `_verdict`."""
    row = {name: card[name] for name in ("provider", "from", "to")}
    for section in ("visits", "punctuality", "length", "continuity", "logging"):
        row |= {f"{section}_{name}": value for name, value in card[section].items()}
    for share in card["shares"]:
        name = share["measure"]
        row |= {f"{name}_{part}": share[part] for part in ("x", "n", "share", "verdict")}
    for name in MEASURES:
        row |= {
            f"{name}_{p}": row.get(f"{name}_{p}") for p in ("x", "n", "share", "verdict")
        }
    sums = {n: v for n, v in card["money"].items() if not isinstance(v, list)}
    row |= {f"money_{name}": value for name, value in sums.items()}
    return row | {"notes": " ".join(card["notes"])}


def print_cards(cards: list[Card]) -> None:
    """All cards side by side, and all together: what was done, then the money."""
    if not cards:
        print_table([], [], title="Scorecards")
        return
    rows = [*cards, together(cards)]
    columns = ["provider", "due", *SIDE_BY_SIDE.values(), "not told"]
    print_table(
        [_done(card) for card in rows],
        columns,
        title=f"Scorecards, {span(cards[0])}\n",
        numbers=columns[1:],
    )
    typer.echo(f"\n{LEGEND}\n")
    money = [
        sums("provider", card["provider"], card["money"]) | recyclable(card["money"])
        for card in rows
    ]
    columns = list(money[0])
    print_table(money, columns, title="The money, in £\n", numbers=columns[1:])
    typer.echo(
        "\nhours a week: recyclable, after a review. Whose card says why something is not"
        " told:\ncounterfoil scorecard PROVIDER."
    )


def together(cards: list[Card]) -> Card:
    """What the cards add up to, in the parts that stand side by side."""
    counts: Counter[str] = Counter()
    of: dict[str, Counter[str]] = defaultdict(Counter)
    money: Counter[str] = Counter()
    for card in cards:
        counts.update(card["visits"])
        money.update({n: v for n, v in card["money"].items() if not isinstance(v, list)})
        for share in card["shares"]:
            of[share["measure"]].update({"x": share["x"], "n": share["n"]})
    shares = [
        {
            "measure": name,
            **told,
            "share": told["x"] / told["n"] if told["n"] else None,
            "verdict": "within",
        }
        for name, told in of.items()
    ]
    return {"provider": "(all)", "visits": counts, "shares": shares, "money": money}


def _done(card: Card) -> dict[str, Any]:
    shares = {share["measure"]: share for share in card["shares"]}
    visits = card["visits"]
    unsure = ("unknown", "missed_presumed", "cannot_assess", "away", "open")
    return {
        "provider": card["provider"],
        "due": f"{visits['due']:,}",
        **{column: _cell(shares.get(name)) for name, column in SIDE_BY_SIDE.items()},
        "not told": f"{sum(visits[name] for name in unsure):,}",
    }


def _cell(share: dict[str, Any] | None) -> str:
    if share is None or share["share"] is None:
        return "– ?"
    return f"{share['x']:,} {percent(share['share'])} {MARKS[share['verdict']]}"


def recyclable(money: dict[str, Any]) -> dict[str, Any]:
    """The hours a week that a review might recycle."""
    return {"hours a week": hours(money["recyclable_minutes_a_week"])}


def sums(name: str, of: str, money: dict[str, Any]) -> dict[str, Any]:
    """The sums of money *of* a provider, a kind or a payer in one row."""
    return {
        name: of,
        "promised": whole(money["promised"]),
        "delivered": whole(money["delivered"]),
        "claimed": whole(money["claimed"]),
        "payable": whole(money["payable"]),
        "claimed − payable": whole(money["claimed_minus_payable"]),
        "failure": whole(money["cost_of_failure"]),
    }


def span(card: Card) -> str:
    """The period in words."""
    first, last = (date.fromisoformat(card[name]) for name in ("from", "to"))
    return f"{first:%a %d %b %Y} to {last:%a %d %b %Y}"


def percent(share: float) -> str:
    """A share as it is read aloud."""
    return f"{100 * share:.1f}%"


def whole(pence: int) -> str:
    """Pence as whole pounds."""
    return f"{pence / 100:,.0f}"


def hours(minutes: int) -> str:
    """Minutes as hours."""
    return f"{minutes / 60:,.1f}"
