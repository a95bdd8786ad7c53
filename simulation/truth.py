"""The truth: what really happened, and every finding that is true of it at the clock."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta

from simulation.calls import RECENT_DAYS, Calls
from simulation.plan import DAY, DAY_SECONDS, HOUR, MINUTE, Contract, Plan, instant, spell
from simulation.scripts import Script
from simulation.visits import Visit, by_hand

LOOKBACK_WEEKS, PERSIST_WEEKS, SHARE = 6, 4, 0.2


def monday_of(day: date) -> date:
    """The Monday of its week."""
    return day - timedelta(days=day.weekday())


class Truth:
    """Every visit as it is, judged; what adds up over weeks and people is kept until the end."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.at = int(plan.at.timestamp())
        self.first = monday_of(plan.ends_on) - 7 * (LOOKBACK_WEEKS - 1) * DAY
        self.planted: list[tuple[str, str]] = []
        self.weeks: dict[tuple[str, date], Counter[str]] = defaultdict(Counter)
        self.calls = Calls(plan, self.first)

    def plant(self, kind: str, *parts: str) -> None:
        """Say that a finding holds."""
        self.planted.append((kind, f"{kind}:{'/'.join(parts)}"))

    def see(self, visit: Visit) -> None:
        """Judge a visit."""
        due_carer_minutes = visit.line.minutes * visit.line.carers
        week = self.weeks[(visit.contract.ref, monday_of(visit.day))]
        week["visits"] += 1
        if visit.stays and visit.day > self.plan.days_before(7):
            logged = self.calls.logged[visit.contract.provider]
            logged["all"] += len(visit.stays)
            exact = visit.came == visit.due and visit.stays[0] == visit.due_seconds
            logged["exact"] += exact
            logged["by hand"] += by_hand(visit) * len(visit.stays)
        if not visit.matched:
            if visit.outcome.what != "cancelled":
                self.plant("unmatched_visit", visit.source, visit.ref)
            week["delivered"] += visit.delivered
            return
        self.calls.judged[visit.contract.provider].append(visit.due)
        failed = self._judge(visit)
        if visit.outcome.lone:
            week["unknown"] += due_carer_minutes
        else:
            week["delivered"] += visit.delivered
            week["failed"] += due_carer_minutes - visit.delivered if failed else 0

    def _judge(self, visit: Visit) -> bool:
        """Plant what holds of one visit; whether the provider owes what was not given."""
        outcome = visit.outcome
        key = (visit.source, visit.ref)
        if outcome.moved:
            self.plant("moved_from_window", *key)
        if outcome.moved_after:
            self.plant("changed_after_due", *key)
        if outcome.what in ("missed", "declared"):
            self._miss(visit)
            return True
        if outcome.what == "cancelled" and outcome.by == "provider":
            self.plant("provider_cancelled", *key)
            return True
        if outcome.what == "frustrated" and not outcome.welfare_check:
            self.plant("no_reply", *key)
        return outcome.what == "attended" and self._attended(visit)

    def _miss(self, visit: Visit) -> None:
        self.plant("missed_call", visit.source, visit.ref)
        declared = visit.outcome.what == "declared"
        if declared or visit.due + visit.due_seconds + 72 * HOUR <= self.at:
            provider = visit.contract.provider
            self.calls.missed[(provider, visit.contract.person or "")].append(visit.due)
            if not declared and visit.day > self.plan.days_before(7):
                self.calls.silent[provider] += 1

    def _attended(self, visit: Visit) -> bool:
        outcome, key = visit.outcome, (visit.source, visit.ref)
        late = visit.came - visit.due
        if late > (15 if visit.line.critical else 30) * MINUTE:
            self.plant("late_call", *key)
        if late < -30 * MINUTE:
            self.plant("early_call", *key)
        if outcome.hours is not None:
            self.plant("implausible_times", *key)
        if outcome.recorded_late:
            self.plant("backdated_entry", *key)
        if outcome.said_missed:
            self.plant("contradictory_record", *key)
        if outcome.lone:
            self.plant("open_visit", *key)
            return False
        if max(visit.stays) < 0.8 * visit.due_seconds:
            self.plant("short_call", *key)
            return not outcome.tasks_done
        if min(visit.stays) < 0.8 * visit.due_seconds:
            self.plant("incomplete_double_up", *key)
            return True
        return False

    def conclude(self, scripts: list[Script]) -> list[tuple[str, str]]:
        """Everything that holds at the clock."""
        for script in scripts:
            self.planted += script.planted
            for contract in script.contracts:
                self._unkept(script, contract)
                if contract.counted:
                    self._weekly(script, contract)
        for kind, *parts in self.calls.findings():
            self.plant(kind, *parts)
        return sorted(self.planted)

    def _unkept(self, script: Script, contract: Contract) -> None:
        """Calls that were bought and never planned."""
        stops = script.stops_on.get(contract.ref)
        day = max(stops, self.first) if stops else self.plan.ends_on + DAY
        while day <= self.plan.ends_on:
            gone = script.died_on is not None and day > script.died_on
            if not (gone or script.is_away(day) or script.is_suspended(day)):
                for line in contract.lines:
                    start = instant(day, line.start)
                    failed = line.minutes * line.carers
                    self.weeks[(contract.ref, monday_of(day))]["failed"] += failed
                    if (
                        start > self.at - RECENT_DAYS * DAY_SECONDS
                        and script.role != "idle"
                    ):
                        self.plant(
                            "unrostered_call", contract.ref, line.name, spell(start)
                        )
            day += DAY

    def _weekly(self, script: Script, contract: Contract) -> None:
        weeks = []
        for n in range(LOOKBACK_WEEKS):
            monday = self.first + 7 * n * DAY
            days = [monday + d * DAY for d in range(7)]
            rested = any(script.is_away(d) or script.is_suspended(d) for d in days)
            week = self.weeks.get((contract.ref, monday))
            if week and week["visits"] and not rested and contract.starts_on <= monday:
                weeks.append(week)
        bought = contract.weekly_minutes
        failed = [week["failed"] for week in weeks]
        known = [w["delivered"] + w["failed"] + w["unknown"] for w in weeks]
        unused = [max(0, bought - minutes) for minutes in known]
        for kind, minutes in (("under_delivered", failed), ("over_commissioned", unused)):
            if sum(m > SHARE * bought for m in minutes) >= PERSIST_WEEKS:
                self.plant(kind, contract.ref)
