"""What a scorecard cannot judge, and why, in whole sentences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from domain.values import LONDON

Row = Mapping[str, Any]


def notes(
    card: Row, heard_until: datetime | None, told: Row, money: Iterable[Row]
) -> list[str]:
    """What must be known to read a card: where facts are missing, and what counts in none."""
    visits, sums = card["visits"], card["money"]
    fewest, weeks = told["outlier_min_visits"], told["persist_weeks"]
    days = (told["last_on"] - told["first_on"]).days + 1
    unsure = visits["missed_presumed"] + visits["open"]
    heard = heard_until and f"{heard_until.astimezone(LONDON):%a %d %b %Y %H:%M}"
    told_of = {
        "Nothing has been heard from this provider: nothing can be said of its visits.":
            heard_until is None,
        f"Its feed has been silent since {heard}: of {visits['cannot_assess']} calls"
        " it cannot be told whether they were made.": visits["cannot_assess"] > 0,
        f"Evidence of {unsure} calls may still arrive.": unsure > 0,
        f"{visits['not_judged']} visits fit no contract that was in force: they count in"
        " no share.": visits["not_judged"] > 0,
        f"Fewer than {fewest} visits were due: most shares are too few to judge.":
            visits["due"] < fewest,
        "Fewer than three providers have enough visits to be compared.":
            visits["due"] >= fewest and not any(s["limits_998"] for s in card["shares"]),
        "No invoice for the period has been received.":
            sums["claimed"] == 0 and sums["payable"] > 0,
        f"The rate of {sums['unpriced_visits']} visits is not known: they are in no sum of"
        " money.": sums["unpriced_visits"] > 0,
        f"A period of {days} days has fewer than {weeks} weeks: recyclable hours are not"
        " judged.": days < 7 * weeks,
        "For some of its contracts nobody has said who pays.":
            any(row["known"] and not row["funding"] for row in money),
    }  # fmt: skip
    return [note for note, holds in told_of.items() if holds]
