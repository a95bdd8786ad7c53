"""Cards: the tables of a scorecard put together, one object a provider.

Money is whole pence, minutes are carer-minutes. No card says who is better than whom.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from projections.card_notes import notes
from projections.questions import NOTHING
from projections.scorecard import Period, clear, draw
from projections.sharing import shared

if TYPE_CHECKING:
    import duckdb

    from projections.asking import Moment

Row = Mapping[str, Any]
Card = dict[str, Any]

OUTCOMES = (
    "attended", "unknown", "missed_declared", "missed_confirmed", "missed_presumed",
    "cannot_assess", "away", "cancelled_by_provider", "cancelled_by_person",
    "cancelled_by_council", "frustrated", "open",
)  # fmt: skip
"""What may have become of a judged visit: each is one of these, and no other."""
COUNTS = {
    "punctuality": ("timed", "not_timed", "median_late"),
    "length": ("measured", "agreed_short", "due_minutes", "delivered_minutes"),
    "continuity": (
        "people", "carers", "median_carers", "most_carers", "over_many_carers",
    ),
    "logging": ("taps", "stays", "unplanned"),
}  # fmt: skip
"""What else is counted, by the section of the card; the shares say the rest."""
MEDIANS = ("median_late", "median_carers", "most_carers")
AMOUNTS = (
    "promised", "delivered", "not_known", "claimed", "claimed_unsure", "payable",
    "payable_unsure", "failed", "never_planned", "compensating",
)  # fmt: skip
"""The sums of money that are split by kind of contract and by who pays."""
WHOLE = Decimal(100)
NOT_SAID = "not said"
"""Who pays where nobody has said so, or the contract is not known."""


def scorecards(
    con: duckdb.DuckDBPyConnection,
    moment: Moment,
    period: Period,
    *,
    picked: bool | None = None,
    instead: Mapping[str, str] = NOTHING,
) -> list[Card]:
    """The cards of all providers, by name; *picked* and *instead* as `draw` has them."""
    try:
        draw(con, moment, period, picked=picked, instead=instead)
        return cards(con, period)
    finally:
        clear(con)


def cards(con: duckdb.DuckDBPyConnection, period: Period) -> list[Card]:
    """The cards of all providers, by name: `draw` has made the tables."""
    counts = {row["provider"]: row for row in _rows(con, "card_counts")}
    (told,) = _rows(con, "period")
    heard = {row["provider"]: row["heard_until"] for row in _rows(con, "providers")}
    shares, money, recyclable, blocks = (
        _by_provider(_rows(con, f"card_{name}"))
        for name in ("funnel", "money", "recyclable", "blocks")
    )
    found = []
    for provider in sorted({*counts, *money}):
        counted = counts.get(provider) or {}
        card: Card = {
            "provider": provider,
            "from": period.from_on.isoformat(),
            "to": period.to_on.isoformat(),
            **_counted(counted, money[provider]),
            "shares": [_share(row) for row in shares[provider]],
            "money": _money(money[provider], recyclable[provider]),
            "blocks": [_without_provider(row) for row in blocks[provider]],
        }
        card["notes"] = notes(card, heard.get(provider), told, money[provider])
        found.append(card)
    return found


def _rows(con: duckdb.DuckDBPyConnection, table: str) -> list[dict[str, Any]]:
    """The rows of one of the tables, by the names of their columns."""
    found = con.execute(f"SELECT * FROM {table} ORDER BY ALL")
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _by_provider(found: Iterable[Row]) -> dict[str, list[Row]]:
    of: dict[str, list[Row]] = defaultdict(list)
    for row in found:
        of[row["provider"]].append(row)
    return of


def _without_provider(row: Row) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "provider"}


def _counted(counts: Row, money: list[Row]) -> dict[str, Any]:
    visits = {
        "due": counts.get("due", 0),
        **{name: counts.get(name, 0) for name in OUTCOMES},
        "not_judged": counts.get("not_judged", 0),
        "never_planned": sum(row["calls_never_planned"] for row in money),
        "never_planned_unsure": sum(row["calls_not_told"] for row in money),
    }
    sections = {
        section: {
            name: counts.get(name, None if name in MEDIANS else 0) for name in names
        }
        for section, names in COUNTS.items()
    }
    return {"visits": visits, **sections}


def _share(row: Row) -> dict[str, Any]:
    """A share with what it is of, beside all providers, and how far chance carries."""
    return {
        "measure": row["measure"],
        "x": row["x"],
        "n": row["n"],
        "share": _rounded(row["share"]),
        "council": _rounded(row["centre"]),
        "limits_95": _limits(row["lower_95"], row["upper_95"]),
        "limits_998": _limits(row["lower_998"], row["upper_998"]),
        "verdict": row["verdict"],
    }


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 6)


def _limits(lower: float | None, upper: float | None) -> list[float] | None:
    return None if lower is None or upper is None else [round(lower, 6), round(upper, 6)]


def _money(found: list[Row], recyclable: list[Row]) -> dict[str, Any]:
    """The sums, and the same by kind of contract and by who pays: both add up to them."""
    total = dict.fromkeys(AMOUNTS, 0)
    kinds: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(AMOUNTS, 0))
    funders: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(AMOUNTS, 0))
    for row in found:
        parts = [(p["funder"], p["percent"]) for p in row["funding"] or ()]
        for name in AMOUNTS:
            pence = row[name]
            total[name] += pence
            kinds[row["kind"]][name] += pence
            for funder, part in shared(pence, parts or [(NOT_SAID, WHOLE)]).items():
                funders[funder][name] += part
    return {
        **_with_differences(total),
        "recyclable_minutes_a_week": sum(row["minutes_a_week"] for row in recyclable),
        "recyclable_pence_a_week": sum(row["pence_a_week"] or 0 for row in recyclable),
        "recyclable_packages": len(recyclable),
        "unpriced_visits": sum(row["unpriced"] for row in found),
        "by_kind": _split("kind", kinds),
        "by_funder": _split("funder", funders),
    }


def _split(name: str, found: Mapping[str, dict[str, int]]) -> list[dict[str, Any]]:
    return [{name: one, **_with_differences(found[one])} for one in sorted(found)]


def _with_differences(amounts: dict[str, int]) -> dict[str, int]:
    """The amounts, with what follows from them.

    What is claimed for visits that are not known to be over is not held against anything.
    """
    assessed = amounts["claimed"] - amounts["claimed_unsure"]
    failure = ("failed", "never_planned", "compensating")
    return {
        **amounts,
        "claimed_minus_payable": assessed - amounts["payable"],
        "cost_of_failure": sum(amounts[name] for name in failure),
    }
