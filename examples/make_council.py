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
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
FEED = HERE.parent / "cli" / "demo_council.ndjson.gz"
FIRST_DAY, CLOCK = date(2026, 2, 2), datetime(2026, 3, 16, 9, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NEVER = "12-31"
MOVED = {"asked": (20, 75, "person"), "after": (-1, 40, "provider")}
"""Said so many hours before, for so many minutes later, asked by whom."""
TOLD = tomllib.loads((HERE / "demo_council.toml").read_text(encoding="utf-8"))
CONTRACTS: dict[str, dict[str, Any]] = TOLD["contracts"]


class Feed:
    """What has been said so far."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.numbers: Counter[str] = Counter()
        self.chance = random.Random(20260316)  # noqa: S311 - a story, no secret

    def say(self, who: str, kind: str, when: datetime, of: str, /, **data: Any) -> str:
        """Add one event, unless it would lie in the future; its id."""
        source = f"/providers/{who}" if who in TOLD["providers"] else f"/council/{who}"
        self.numbers[who] += 1
        name = f"{who}-{self.numbers[who]:05d}"
        event = {"specversion": "1.0", "id": name, "source": source, "type": kind}
        event |= {"time": when.isoformat(), "subject": of}
        if when <= CLOCK:
            self.events.append({**event, "data": data})
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
    return datetime.combine(day, time.fromisoformat(clock), UTC)


def span(start: datetime, minutes: int) -> dict[str, str]:
    """When a visit is planned, as the feed says it."""
    end = start + minutes * MINUTE
    return {"planned_start": start.isoformat(), "planned_end": end.isoformat()}


def tell_council(feed: Feed) -> None:
    """What the council's systems said: providers, contracts, needs and lives."""
    signed = at(date(2025, 8, 25), "11:00")
    for name, hours in TOLD["providers"].items():
        data = {"name": f"{name.title()} Home Care", "upload_hours": hours}
        feed.say("adult-care", "provider.registered", signed - 9 * DAY, name, **data)
    for ref, bought in CONTRACTS.items():
        lines = [{"days": TOLD["days"], **line} for line in bought["lines"]]
        weekly = 7 * sum(line["minutes"] * line.get("carers", 1) for line in lines)
        person = ref.replace("C", "P")
        need = {**TOLD["need"], "weekly_minutes": weekly}
        feed.say("adult-care", "person.need_assessed", signed - 4 * DAY, person, **need)
        package = {"provider": bought["provider"], "person": person, **TOLD["package"]}
        package |= {"weekly_minutes": weekly, "lines": lines}
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
        return str(CONTRACTS[ref].get("off_because", "declined"))
    chances = TOLD["chances"].get(f"{ref} {line}") or TOLD["chances"].get(ref, {})
    for what, share in chances.items():
        if draw < share:
            return str(what)
        draw -= share
    return "late" if draw > 0.995 else "kept"


def tell_visit(feed: Feed, ref: str, call: dict[str, Any], day: date) -> None:
    """Everything a provider says of one call of one contract on one day."""
    line, minutes, hands = call["line"], call["minutes"], call.get("carers", 1)
    who, person = CONTRACTS[ref]["provider"], ref.replace("C", "P")
    visit, what = feed.visit_name(), what_happens(feed, ref, line, day)
    start, rota = at(day, call["start"]), at(day - (day.weekday() + 4) * DAY, "16:00")
    plan = {"contract": ref, "person": person, "line": line, "carers": hands}
    feed.say(who, "visit.scheduled", rota, visit, **plan, **span(start, minutes))
    if what in MOVED:
        before, later, by = MOVED[what]
        said, start = start - before * HOUR, start + later * MINUTE
        to = span(start, minutes)
        feed.say(who, "visit.rescheduled", said, visit, **to, asked_by=by)
    if what in ("declined", "family_covering", "moved"):
        said = start - 16 * HOUR
        feed.say(who, "visit.cancelled", said, visit, by="person", reason=what)
    elif what == "cancelled":
        said = start - feed.between(2, 40) * HOUR
        feed.say(who, "visit.cancelled", said, visit, by="provider", reason="no_staff")
    elif what == "declared":
        feed.say(who, "visit.missed", start + 3 * HOUR, visit, reason="carer off sick")
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
        first = feed.say(who, "visit.missed", start + 2 * HOUR, visit)
        why = {"retracts": first, "reason": "the telephone had been offline"}
        feed.say(who, "statement.retracted", start + 23 * HOUR, visit, **why)
    for hand in "ab" if hands > 1 and what != "alone" else "a":
        tap = {"carer": f"{person}-{hand}", "method": "app"}
        if feed.between(1, 25) == 1:
            tap |= TOLD["by_hand"]
        feed.say(who, "visit.checked_in", came, visit, **tap)
        if what != "open":
            tasks = {"planned": 4, "done": 2 if what == "short" else 4}
            went = came + stayed * MINUTE
            feed.say(who, "visit.checked_out", went, visit, **tap, tasks=tasks)
    if what == "contradiction":
        said = start - 3 * HOUR
        feed.say(who, "visit.cancelled", said, visit, by="provider", reason="no_staff")
    if what == "reported":
        report = {"provider": who, "by": "family", "what": "nobody_came"}
        feed.say("adult-care", "visit.reported", start + 15 * HOUR, visit, **report)


def tell_strays(feed: Feed) -> None:
    """Visits that match no contract, and one that nobody planned."""
    for stray in TOLD["strays"]:
        who, visit, start = stray["provider"], feed.visit_name(), stray["start"]
        plan = {**span(start, 30), **stray["plan"]}
        feed.say(who, "visit.scheduled", start - 3 * DAY, visit, **plan)
        tell_taps(feed, who, visit, start + 2 * MINUTE)
    tell_taps(feed, "northgate", feed.visit_name(), TOLD["unplanned"])


def tell_taps(feed: Feed, who: str, visit: str, came: datetime) -> None:
    """A relief carer came, and left after 29 minutes."""
    tap = {"carer": f"{who}-relief", "method": "phone"}
    feed.say(who, "visit.checked_in", came, visit, **tap)
    feed.say(who, "visit.checked_out", came + 29 * MINUTE, visit, **tap)


def make_feed() -> bytes:
    """The whole feed as NDJSON, in the order in which it was said."""
    feed, day = Feed(), FIRST_DAY
    tell_council(feed)
    while day <= CLOCK.date():
        for ref, bought in CONTRACTS.items():
            if f"{day:%m-%d}" < bought.get("ends", NEVER):
                for call in bought["lines"]:
                    tell_visit(feed, ref, call, day)
        for provider in TOLD["providers"]:
            feed.say(provider, "provider.heartbeat", at(day, "09:00"), provider)
        day += DAY
    tell_strays(feed)
    told = sorted(feed.events, key=lambda event: (event["time"], event["id"]))
    return b"".join(json.dumps(event).encode() + b"\n" for event in told)


if __name__ == "__main__":
    FEED.write_bytes(gzip.compress(make_feed(), 9, mtime=0))
    print(f"wrote {FEED.name}")
