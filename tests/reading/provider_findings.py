"""Kinds about providers: how they log, whether they are heard, who stands out."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date
from math import sqrt

from .council import Council
from .moments import DAY, local_date, monday_of
from .policy import exact
from .rows import Finding, finding
from .visit_findings import missed_stage
from .visits import Visit

SURE = ("confirmed", "declared")
UPPER_998 = 3.0902323061678132


def last_monday(council: Council) -> date:
    """Return the Monday of the last complete week."""
    return monday_of(council.ground.today) - 7 * DAY


def of_provider(
    kind: str, provider: str, severity: str, since: date, **more: object
) -> Finding:
    """Write a finding about a provider's week."""
    parts = (provider, since.isoformat())
    return finding(kind, parts, severity, since, provider=provider, **more)


def manual_share(council: Council) -> Iterator[Finding]:
    """Too many taps of a week were entered by hand."""
    monday, policy = last_monday(council), council.ground.policy
    share, least = (policy.on(monday, name) for name in ("manual_share", "manual_min"))
    methods: dict[str, list[str]] = defaultdict(list)
    for record in council.records:
        for tap in record.taps:
            if monday_of(local_date(tap.time)) == monday:
                methods[record.provider].append(tap.data["method"])
    for provider, used in methods.items():
        if len(used) >= least and used.count("manual") > exact(share) * len(used):
            thresholds = {"manual_share": share, "manual_min": least}
            yield of_provider(
                "manual_share", provider, "medium", monday, policy=thresholds
            )


def round_times(council: Council) -> Iterator[Finding]:
    """Too many attendances of a week begin and end exactly as planned."""
    monday, policy = last_monday(council), council.ground.policy
    share, least = (policy.on(monday, name) for name in ("round_share", "round_min"))
    plans = {id(visit.record): visit.plan for visit in council.visits}
    exactly: dict[str, list[bool]] = defaultdict(list)
    for record in council.records:
        plan = plans.get(id(record))
        for stay in record.attendances:
            if monday_of(local_date(stay.came)) == monday:
                exactly[record.provider].append(
                    plan is not None
                    and stay.came.replace(microsecond=0)
                    == plan.moment("planned_start").replace(microsecond=0)
                    and stay.went.replace(microsecond=0)
                    == plan.moment("planned_end").replace(microsecond=0)
                )
    for provider, found in exactly.items():
        if len(found) >= least and sum(found) > exact(share) * len(found):
            thresholds = {"round_share": share, "round_min": least}
            yield of_provider(
                "round_times", provider, "medium", monday, policy=thresholds
            )


def silent_feed(council: Council) -> Iterator[Finding]:
    """Nothing is heard while calls fall due."""
    enough = int(council.ground.today_on("silent_calls"))
    silent: dict[str, list[Visit]] = defaultdict(list)
    for visit in council.visits:
        if missed_stage(visit) == "cannot_assess":
            silent[visit.provider].append(visit)
    for provider, visits in silent.items():
        if len(visits) >= enough or any(visit.time_critical for visit in visits):
            heard = council.ground.last_spoke(provider)
            assert heard is not None
            yield finding(
                "silent_feed", (provider,), "high", heard, provider=provider,
                policy={"silent_calls": enough},
            )  # fmt: skip


def logging_gap(council: Council) -> Iterator[Finding]:
    """Too many calls of a week have no record at all."""
    monday = last_monday(council)
    stages: dict[str, list[str | None]] = defaultdict(list)
    for visit in council.visits:
        if visit.judged and monday_of(visit.due_on) == monday:
            stages[visit.provider].append(missed_stage(visit))
    for provider, found in stages.items():
        if found.count("confirmed") * 20 > len(found):
            yield of_provider("logging_gap", provider, "high", monday)


def provider_outlier(council: Council) -> Iterator[Finding]:
    """A provider misses more calls than chance and the spread of providers explain."""
    ground = council.ground
    back = int(ground.today_on("lookback_weeks"))
    least = int(ground.today_on("outlier_min_visits"))
    first = monday_of(ground.today) - 7 * back * DAY
    missed: dict[str, list[bool]] = defaultdict(list)
    for visit in council.visits:
        if visit.judged and first <= visit.due_on < monday_of(ground.today):
            missed[visit.provider].append(missed_stage(visit) in SURE)
    enough = {name: calls for name, calls in missed.items() if len(calls) >= least}
    for provider in above_funnel(enough):
        yield finding(
            "provider_outlier", (provider,), "high", first, provider=provider,
            policy={"lookback_weeks": back, "outlier_min_visits": least},
        )  # fmt: skip


def above_funnel(missed: dict[str, list[bool]]) -> list[str]:
    """Return who lies above the upper 99.8 % limit, over-dispersion allowed for."""
    total = sum(len(calls) for calls in missed.values())
    share = sum(sum(calls) for calls in missed.values()) / total if total else 0
    if len(missed) < 3 or not 0 < share < 1:
        return []
    shares = {name: sum(calls) / len(calls) for name, calls in missed.items()}
    variances = {name: share * (1 - share) / len(calls) for name, calls in missed.items()}
    scores = sorted((shares[n] - share) / sqrt(variances[n]) for n in missed)
    low, high = quantile(scores, 0.1), quantile(scores, 0.9)
    tame = sum(max(low, min(high, score)) ** 2 for score in scores)
    weights = [1 / variance for variance in variances.values()]
    spread = sum(weights) - sum(w * w for w in weights) / sum(weights)
    between = max(0.0, (tame - (len(missed) - 1)) / spread)
    return [
        name
        for name in missed
        if shares[name] > share + UPPER_998 * sqrt(variances[name] + between)
    ]


def quantile(ordered: list[float], part: float) -> float:
    """Return a quantile of sorted numbers, interpolated between neighbours."""
    place = part * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


PROVIDER_KINDS: dict[str, Callable[[Council], Iterator[Finding]]] = {
    "manual_share": manual_share,
    "round_times": round_times,
    "silent_feed": silent_feed,
    "logging_gap": logging_gap,
    "provider_outlier": provider_outlier,
}
