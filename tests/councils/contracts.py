"""Contracts: bought, bought again by another system, varied, suspended, ended."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from .policies import terms
from .telling import PROVIDERS, SYSTEMS, Telling
from .times import BRIEFLY, DAY, STARTS, WEEK, WEEKDAYS, wall

KINDS = ("spot",) * 8 + (
    "framework_call_off", "in_house", "block", "direct_payment",
    "individual_service_fund",
)  # fmt: skip
SERVICES = ("home_care",) * 8 + (
    "extra_care", "sitting", "waking_night", "reablement", "live_in", "day_care",
    "sleeping_night", "other",
)  # fmt: skip
BEGUN = (-63,) * 10 + (-70, -42, -35, -29, -28, -27, -7, -1, 0, 1)
ENDING = (-1, 0, 1, 14, -7, -80, 30)
TURNS = (-1, 0, 1, -7, -28, -29, -35, -14, -15, 7)
MINUTES = (30, 30, 60, 15, 45, 20, 0, 1)


@dataclass
class Bought:
    """A contract as it was meant, with every version of its lines that was said."""

    reference: str
    provider: str
    person: str | None
    lines: list[list[dict[str, Any]]]


def line(telling: Telling) -> dict[str, Any]:
    """Choose a call that is to be made every week, mostly also on the day."""
    today = WEEKDAYS[telling.day.weekday()]
    sets = ((today,), (today,), (today, "thu"), ("mon", today), WEEKDAYS, ("wed",), ())
    return {
        "line": telling.pick(("L1", "L1", "L2", "L3")),
        "days": list(dict.fromkeys(telling.pick(sets))),
        "start": telling.pick(STARTS),
        "minutes": telling.pick(MINUTES),
        "carers": telling.pick((None, None, 1, 2, 2)),
        "time_critical": telling.pick((None, None, False, True)),
        "short_visit_agreed": telling.pick((None, None, None, False, True)),
        "late_after": telling.pick((None,) * 6 + (0, 15, 45)),
        "early_before": telling.pick((None,) * 6 + (0, 15, 60)),
    }


def lines(telling: Telling) -> list[dict[str, Any]]:
    """Choose up to three lines, no two of them alike in name and start."""
    chosen = [line(telling)]
    chosen += [line(telling) for _ in telling.several(2, 2)]
    return list({(one["line"], one["start"]): one for one in chosen}.values())


def minutes_a_week(telling: Telling, weekly: list[dict[str, Any]]) -> int:
    """Choose the minutes bought: those of the lines, or about a threshold more."""
    needed: int = sum(
        one["minutes"] * (one["carers"] or 1) * len(one["days"]) for one in weekly
    )
    choices = (needed, needed, 2 * needed, needed * 5 // 4, needed * 5 // 4 + 1)
    return telling.pick((*choices, needed // 2, 3 * needed, 60, 0))


def rates(telling: Telling) -> list[dict[str, Any]] | None:
    """Choose special rates, or none."""
    if not telling.chance(3):
        return None
    whens = telling.pick(
        (("night",), ("weekend", "night"), ("night", "weekend", "bank_holiday"), ())
    )
    return [{"when": when, "pence_per_hour": 2400 + 111 * len(when)} for when in whens]


def commission(telling: Telling) -> dict[str, Any]:
    """Choose what is bought."""
    kind = telling.pick(KINDS)
    owner = telling.pick(("P1",) * 4 + ("P2",))
    weekly = None if telling.chance(14) else lines(telling)
    special = telling.chance(3)
    return {
        "provider": telling.pick((PROVIDERS[0],) * 4 + (PROVIDERS[1],)),
        "person": None if kind == "block" and telling.chance(2) else owner,
        "kind": kind,
        "service": telling.pick(SERVICES),
        "starts_on": telling.date(BEGUN),
        "ends_on": telling.date(ENDING) if telling.chance(6) else None,
        "notice_days": telling.pick((7, 0, 14, 28)),
        "weekly_minutes": minutes_a_week(telling, weekly or []),
        "rate_pence_per_hour": telling.pick((2000, 1999, 2411)),
        "rates": rates(telling),
        "payment": telling.pick(("planned", "actual", "tolerance")),
        "tolerance_minutes": telling.pick((None, 5)),
        "terms": terms(telling),
        "lines": weekly,
        "funding": [{"funder": "council", "percent": 100}] if special else None,
        "draws_on": telling.pick((None, "C1", "C2")) if special else None,
        "pairs_with": telling.pick((None, "C1", "C2")) if special else None,
        "compensates_for": telling.pick((None, "C1", "C2")) if special else None,
        "area": None,
        "team": None,
        "officer": None,
    }


def tell_contract(telling: Telling, reference: str) -> Bought:
    """Buy a package, once or twice, and say what becomes of it."""
    data = commission(telling)
    bought = Bought(reference, data["provider"], data["person"], [])
    said = wall(data["starts_on"] - 3 * DAY, "09:00")
    if telling.chance(10):
        said = said_about(telling, data["starts_on"], data["lines"] or [])
    system = telling.pick(SYSTEMS)
    telling.say(system, "contract.commissioned", said, reference, data)
    bought.lines.append(data["lines"] or [])
    if telling.chance(10):
        again = data | commission(telling) | {"starts_on": data["starts_on"]}
        said += telling.pick((DAY, WEEK, *BRIEFLY))
        other = telling.pick(SYSTEMS[::-1])
        telling.say(other, "contract.commissioned", said, reference, again)
        bought.lines.append(again["lines"] or [])
    for _ in telling.several(4, 2):
        telling.part(partial(tell_turn, bought=bought))
    return bought


def said_about(
    telling: Telling, effective_on: date, weekly: list[dict[str, Any]]
) -> datetime:
    """Choose when lines were said: well before, or about one of their occurrences."""
    choices = [wall(effective_on, "09:00"), wall(effective_on - WEEK, "09:00")]
    choices += [wall(telling.day, one["start"]) for one in weekly]
    return telling.near(telling.pick(choices), BRIEFLY)


def varied(telling: Telling, bought: Bought) -> dict[str, Any]:
    """Choose what changes, and from which day."""
    fields: dict[str, Any] = {
        "weekly_minutes": telling.pick((60, 120, 0, 300)),
        "rate_pence_per_hour": telling.pick((2500, 1801)),
        "lines": lines(telling) if telling.chance(2) else None,
        "ends_on": telling.date(ENDING) if telling.chance(4) else None,
        "terms": terms(telling),
        "payment": telling.pick((None, "actual")),
        "rates": rates(telling),
    }
    kept = telling.pick((*fields, "lines", "lines", None))
    if kept is not None:
        fields = {kept: lines(telling) if kept == "lines" else fields[kept]}
    if fields.get("lines") is not None:
        bought.lines.append(fields["lines"])
    return {"effective_on": telling.date((0, -7, -1, 1, 0, -28)), "reason": "r"} | fields


def tell_turn(telling: Telling, bought: Bought) -> None:
    """Vary, suspend, resume, give notice of or end a contract, in whatever order."""
    turn = telling.pick(
        ("varied",) * 3 + ("suspended", "resumed") * 2 + ("notice_given", "ended")
    )
    day = telling.date(TURNS)
    data: dict[str, Any]
    if turn == "varied":
        data = varied(telling, bought)
        said = said_about(telling, data["effective_on"], data.get("lines") or [])
    else:
        last_day = day if telling.chance(2) else telling.date((14, 28, 7))
        turns: dict[str, dict[str, Any]] = {
            "suspended": {"from_on": day, "reason": "hospital"},
            "resumed": {"on": day},
            "notice_given": {
                "ends_on": last_day,
                "by": telling.pick(("council", "provider", "person")),
                "reason": None,
            },
            "ended": {"ended_on": last_day, "reason": "as planned"},
        }
        data = turns[turn]
        said = wall(day - telling.pick((0, 1, 7, -1)) * DAY, "09:00")
    system = telling.pick(SYSTEMS)
    telling.say(system, f"contract.{turn}", said, bought.reference, data)
