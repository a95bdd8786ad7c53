"""Make the invented council that `counterfoil demo` imports: six weeks, three providers.

Run `python examples/make_council.py` to write it again. The same events come out every
time: chance is drawn from one seed, and nothing reads a clock. Nobody in it is real.
"""

from __future__ import annotations

import gzip
import json
import random
import tomllib
from collections import Counter
from datetime import date, datetime, time, timedelta, timezone
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
FEED = HERE.parent / "cli" / "demo_council.ndjson.gz"
SEED = 20260316
GMT = timezone(timedelta(0))
FIRST_DAY, LAST_DAY = date(2026, 2, 2), date(2026, 3, 16)
CLOCK = datetime(2026, 3, 16, 9, tzinfo=GMT)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
WEEK = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
NEVER = "12-31"
TOLD = tomllib.loads((HERE / "demo_council.toml").read_text(encoding="utf-8"))
CONTRACTS: dict[str, dict[str, Any]] = TOLD["contracts"]


class Feed:
    """What has been said so far."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.numbers: Counter[str] = Counter()
        self.chance = random.Random(SEED)  # noqa: S311 - a story, no secret

    def say(
        self, who: str, kind: str, when: datetime, subject: str, /, **data: Any
    ) -> str:
        """Add one event, unless it would lie in the future; its id."""
        source = f"/providers/{who}" if who in TOLD["providers"] else f"/council/{who}"
        self.numbers[who] += 1
        name = f"{who}-{self.numbers[who]:05d}"
        said = {"type": kind, "time": when.isoformat(), "subject": subject, "data": data}
        if when <= CLOCK:
            self.events.append(
                {"specversion": "1.0", "id": name, "source": source, **said}
            )
        return name

    def between(self, low: int, high: int) -> int:
        """A whole number from *low* to *high*, by chance."""
        return low + int(self.chance.random() * (high - low + 1))

    def visit_name(self) -> str:
        """The next visit's reference."""
        self.numbers["visit"] += 1
        return f"V{self.numbers['visit']:04d}"


def at(day: date, clock: str) -> datetime:
    """An instant in winter, when London's clocks show UTC."""
    return datetime.combine(day, time.fromisoformat(clock), GMT)


def tell_council(feed: Feed) -> None:
    """What the council's systems said: providers, contracts, needs and lives."""
    long_ago, signed = at(date(2025, 8, 1), "09:00"), at(date(2025, 8, 25), "11:00")
    for name, hours in TOLD["providers"].items():
        named = f"{name.title()} Home Care"
        data = {"name": named, "upload_hours": hours}
        feed.say("adult-care", "provider.registered", long_ago, name, **data)
    for ref, bought in CONTRACTS.items():
        lines = [{"days": WEEK, **line} for line in bought["lines"]]
        weekly = 7 * sum(line["minutes"] * line.get("carers", 1) for line in lines)
        person = ref.replace("C", "P")
        need = {"assessed_on": "2025-08-20", "eligible": True, "weekly_minutes": weekly}
        feed.say("adult-care", "person.need_assessed", signed - 4 * DAY, person, **need)
        package = {
            "provider": bought["provider"], "person": person, "kind": "spot",
            "service": "home_care", "starts_on": "2025-09-01", "notice_days": 7,
            "weekly_minutes": weekly, "rate_pence_per_hour": 2520, "payment": "planned",
            "lines": lines, "area": "north", "team": "team-2",
        }  # fmt: skip
        feed.say("adult-care", "contract.commissioned", signed, ref, **package)
    for said in TOLD["life"]:
        day = date.fromisoformat(said["data"].get("on") or said["data"]["from_on"])
        heard = at(day + DAY, "15:00")
        feed.say("adult-care", said["type"], heard, said["subject"], **said["data"])


def what_happens(feed: Feed, ref: str, line: str, day: date) -> str:
    """What becomes of a call: as it is told, else by chance."""
    if told := TOLD["moments"].get(f"{ref} {day:%m-%d} {line}"):
        return str(told)
    draw = feed.chance.random()
    if f"{day:%m-%d}" >= CONTRACTS[ref].get("off_from", {}).get(line, NEVER):
        return "moved" if ref == "C-203" else "declined"
    if (ref, line) == ("C-101", "noon") and draw < 0.85:
        return "family_covering"
    for what, share in TOLD["chances"].get(ref, {}).items():
        if draw < share:
            return str(what)
        draw -= share
    return "late" if draw > 0.995 else "kept"


def tell_visit(feed: Feed, ref: str, call: dict[str, Any], day: date) -> None:
    """Everything a provider says of one call of one contract on one day."""
    line, minutes, hands = call["line"], call["minutes"], call.get("carers", 1)
    who, person = CONTRACTS[ref]["provider"], ref.replace("C", "P")
    visit, start = feed.visit_name(), at(day, call["start"])
    what = what_happens(feed, ref, line, day)
    rota = at(day - timedelta(days=day.weekday() + 4), "16:00")
    end = start + minutes * MINUTE
    times = {"planned_start": start.isoformat(), "planned_end": end.isoformat()}
    plan = {"contract": ref, "person": person, "line": line, "carers": hands}
    feed.say(who, "visit.scheduled", rota, visit, **plan, **times)
    if what in ("asked", "after"):
        said = start - 20 * 60 * MINUTE if what == "asked" else start + 90 * MINUTE
        start += (75 if what == "asked" else 40) * MINUTE
        end = start + minutes * MINUTE
        times = {"planned_start": start.isoformat(), "planned_end": end.isoformat()}
        by = "person" if what == "asked" else "provider"
        feed.say(who, "visit.rescheduled", said, visit, **times, asked_by=by)
    if what in ("declined", "family_covering", "moved"):
        said = start - 16 * 60 * MINUTE
        feed.say(who, "visit.cancelled", said, visit, by="person", reason=what)
    elif what == "cancelled":
        said = start - feed.between(2, 40) * 60 * MINUTE
        feed.say(who, "visit.cancelled", said, visit, by="provider", reason="no_staff")
    elif what == "declared":
        said = start + 180 * MINUTE
        feed.say(who, "visit.missed", said, visit, reason="carer off sick, no cover")
    elif what in ("no_reply", "known_safe"):
        tried = {"carer": f"{person}-a", "outcome": what, "welfare_check": False}
        feed.say(who, "visit.frustrated", start + 9 * MINUTE, visit, **tried)
    elif what != "missed":
        tell_attendance(feed, visit, ref, what, start, minutes, hands)


def tell_attendance(
    feed: Feed, visit: str, ref: str, what: str, start: datetime, minutes: int, hands: int
) -> None:
    """The carers' comings and goings, and what was said against them."""
    who, person = CONTRACTS[ref]["provider"], ref.replace("C", "P")
    offset = {"late": feed.between(34, 68), "early": -feed.between(36, 50)}
    came = start + offset.get(what, feed.between(-9, 11)) * MINUTE
    stayed = minutes - feed.between(0, 2)
    if what == "short":
        stayed = minutes * feed.between(42, 60) // 100
    if what == "found":  # it was first said that nobody came
        first = feed.say(who, "visit.missed", start + 120 * MINUTE, visit)
        why = {"retracts": first, "reason": "the carer's telephone had been offline"}
        feed.say(who, "statement.retracted", start + 23 * 60 * MINUTE, visit, **why)
    for hand in "ab" if hands > 1 and what != "alone" else "a":
        tap = {"carer": f"{person}-{hand}", "method": "app"}
        if feed.between(1, 25) == 1:
            tap |= {"method": "manual", "reason": "telephone left at home"}
        feed.say(who, "visit.checked_in", came, visit, **tap)
        if what != "open":
            tasks = {"planned": 4, "done": 2 if what == "short" else 4}
            went = came + stayed * MINUTE
            feed.say(who, "visit.checked_out", went, visit, **tap, tasks=tasks)
    if what == "contradiction":
        said = start - 3 * 60 * MINUTE
        feed.say(who, "visit.cancelled", said, visit, by="provider", reason="no_staff")
    if what == "reported":
        report = {"provider": who, "by": "family", "what": "nobody_came"}
        feed.say(
            "adult-care", "visit.reported", start + 15 * 60 * MINUTE, visit, **report
        )


def tell_strays(feed: Feed) -> None:
    """Visits that match no contract, and one that nobody planned."""
    for stray in TOLD["strays"]:
        who, visit, start = stray["provider"], feed.visit_name(), stray["start"]
        plan = {name: stray[name] for name in ("contract", "person")}
        plan["planned_start"] = start.isoformat()
        plan["planned_end"] = (start + 30 * MINUTE).isoformat()
        feed.say(who, "visit.scheduled", start - 3 * DAY, visit, **plan)
        tell_taps(feed, who, visit, start + 2 * MINUTE)
    unplanned = at(date(2026, 3, 8), "14:05")
    tell_taps(feed, "northgate", feed.visit_name(), unplanned)


def tell_taps(feed: Feed, who: str, visit: str, came: datetime) -> None:
    """A relief carer came, and left after 29 minutes."""
    tap = {"carer": f"{who}-relief", "method": "phone"}
    feed.say(who, "visit.checked_in", came, visit, **tap)
    feed.say(who, "visit.checked_out", came + 29 * MINUTE, visit, **tap)


def make_feed() -> bytes:
    """The whole feed as NDJSON, in the order in which it was said."""
    feed = Feed()
    tell_council(feed)
    day = FIRST_DAY
    while day <= LAST_DAY:
        for ref, bought in CONTRACTS.items():
            if f"{day:%m-%d}" < bought.get("ends", NEVER):
                for call in bought["lines"]:
                    tell_visit(feed, ref, call, day)
        for provider in TOLD["providers"]:
            feed.say(provider, "provider.heartbeat", at(day, "09:00"), provider)
        day += DAY
    tell_strays(feed)
    told = sorted(feed.events, key=lambda event: (event["time"], event["id"]))
    lines = [json.dumps(event, separators=(",", ":")) for event in told]
    return "\n".join([*lines, ""]).encode()


if __name__ == "__main__":
    FEED.write_bytes(gzip.compress(make_feed(), 9, mtime=0))
    print(f"wrote {FEED.name}")
