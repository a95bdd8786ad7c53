"""What a policy would have found, told call by call: what outranks it, and which days count."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from projections import backtest
from projections.backtest import in_force
from projections.trial import Period, Trial
from tests.edges.telling import alive, at, contract, line, policy, received, stay, visit
from tests.feeds import ADULTS, Event, event
from tests.projections import memory
from tests.projections.trying import EVER, tried

LATER = datetime(2026, 6, 22, 12, tzinfo=UTC)
HEARD = alive("2026-06-22T11:00:00Z")
KINDS = ("early_call", "late_call")
MISSED = ("late_call", "missed_call")
TWENTY_LATE = stay(at(20), at(50))


def differing(
    feed: Iterable[Event], after: dict[str, Any], before: dict[str, Any] | None = None,
    *, period: Period = EVER, kinds: tuple[str, ...] = KINDS,
) -> list[tuple[Any, ...]]:  # fmt: skip
    """(change, kind, visit) of what differs."""
    _, each = tried([*feed, HEARD], LATER, after, before or {}, period, kinds)
    return [(row["change"], row["kind"], row["visit"]) for row in each]


def next_day(ref: str, day: int) -> list[Event]:
    """A call on another day of June, kept twenty minutes late."""
    day_ = f"2026-06-{day}"
    came, went = f"{day_}T07:20:00Z", f"{day_}T07:50:00Z"
    return [visit(ref, day_), *stay(came, went, ref)]


def test_a_call_twenty_minutes_late_is_found_by_fifteen_and_not_by_thirty() -> None:
    # given a call that was twenty minutes late, at 24 pounds an hour
    feed = [contract(), visit(), *TWENTY_LATE]

    # when fifteen minutes are tried
    sums, each = tried([*feed, HEARD], LATER, {"late_after": 15}, {}, EVER, KINDS)

    # then it is new, with its minutes and its price
    late = next(row for row in sums if row["kind"] == "late_call")
    assert late == {
        "kind": "late_call", "provider": "ash", "before": 0, "after": 1, "new": 1,
        "lost": 0, "changed": 0, "pence_before": 0, "pence_after": 800,
        "pence_difference": 800,
    }  # fmt: skip
    (found,) = each
    assert (found["change"], found["minutes_before"], found["minutes_after"]) == (
        "new", None, 20
    )  # fmt: skip
    # and it goes away where the council had already tolerated no more than that
    assert differing([policy(late_after=15), *feed], {"late_after": 30}) == [
        ("lost", "late_call", "V1")
    ]


def test_a_miss_is_confirmed_sooner_where_less_time_is_left_for_evidence() -> None:
    # given a call that nobody kept, fifty hours ago
    feed = [contract(), visit(), alive("2026-06-17T09:00:00Z")]
    fifty_hours = datetime(2026, 6, 17, 9, 30, tzinfo=UTC)

    # when two days are tried in place of three
    _, each = tried(feed, fifty_hours, {"evidence_hours": 48}, {}, EVER, MISSED)

    # then it is found by both, and surer by the one
    changed = {row["kind"]: row for row in each}["missed_call"]
    assert changed["change"] == "changed"
    assert (changed["stage_before"], changed["stage_after"]) == ("presumed", "confirmed")


def test_thresholds_that_are_not_tried_stay_as_they_were_day_by_day() -> None:
    # given calls twenty minutes late on two days, and a policy that changed between them
    feed = [
        contract(), visit(), *TWENTY_LATE, *next_day("V2", 16),
        policy(late_after=10),
        event("policy.adopted", "policy", ADULTS, "2026-06-01T09:00:00Z",
              effective_on="2026-06-16", late_after=45),
    ]  # fmt: skip

    # when one number is tried on all days, only what it turns is new or lost
    assert differing(feed, {"late_after": 15}) == [("new", "late_call", "V2")]
    assert differing(feed, {"late_after": 30}) == [("lost", "late_call", "V1")]
    # and where another threshold is tried, nothing is
    assert differing(feed, {"critical_late_after": 60, "early_before": 5}) == []


def test_it_is_told_which_thresholds_were_in_force_in_the_period() -> None:
    # given a policy that changes in June
    memory.load([policy(late_after=10)], LATER)

    # when two months are looked at, or the second alone
    def were(first: date) -> dict[str, list[Any]]:
        period = Period(first, date(2026, 6, 30))
        trial = Trial(period, memory.Moment(LATER), {"late_after": 15})
        return in_force(memory.columns(), trial)

    # then both are told in their order, or the one
    assert were(date(2026, 5, 1)) == {"late_after": [30, 10]}
    assert were(date(2026, 6, 1)) == {"late_after": [10]}


def test_what_outranks_the_policy_outranks_one_that_is_tried() -> None:
    # given a call twenty minutes late where the line, or the contract, allows thirty
    of_line = contract(lines=[line(late_after=30)])
    of_terms = contract(terms={"late_after": 30})

    # when fifteen are tried, then it is not found
    for bought in (of_line, of_terms):
        assert differing([bought, visit(), *TWENTY_LATE], {"late_after": 15}) == []


def test_the_upload_hours_of_a_provider_outrank_a_policy_that_is_tried() -> None:
    # given a call that nobody kept, of a provider that may take three days
    feed = [
        contract(), visit(), alive("2026-06-17T09:00:00Z"),
        event("provider.registered", "ash", ADULTS, "2026-02-01T09:00:00Z",
              name="Ash", upload_hours=72),
    ]  # fmt: skip
    fifty_hours = datetime(2026, 6, 17, 9, 30, tzinfo=UTC)

    # when two days are tried, then nothing is surer
    _, each = tried(feed, fifty_hours, {"evidence_hours": 48}, {}, EVER, MISSED)
    assert each == []


def test_a_shorter_reach_leaves_a_visit_without_a_line() -> None:
    # given a visit planned for nine and kept then, where the contract says eight
    feed = [contract(), visit(start="08:00", end="08:30"), *stay(at(60), at(90))]

    # when a line reaches no further than half an hour
    kinds = ("late_call", "unrostered_call")
    told = differing(feed, {"line_reach": 30}, kinds=kinds)

    # then the visit is judged by its own plan, and nobody planned the call at eight
    assert ("lost", "late_call", "V1") in told
    assert ("new", "unrostered_call", None) in told


def test_a_call_belongs_to_the_day_on_which_it_is_due_in_london() -> None:
    # given a call at half past midnight on the 16th in London, twenty minutes late
    feed = [
        contract(lines=[line(start="00:30")]),
        visit(start="23:30", end="23:59"),
        *stay("2026-06-15T23:50:00Z", "2026-06-16T00:20:00Z"),
    ]

    # when either day is looked at
    days = [Period(date(2026, 6, n), date(2026, 6, n)) for n in (15, 16)]
    told = [differing(feed, {"late_after": 15}, period=day) for day in days]

    # then it is of the 16th
    assert told == [[], [("new", "late_call", "V1")]]


def test_what_moves_over_the_edge_of_the_period_is_changed_and_not_lost() -> None:
    # given a visit planned for a quarter past midnight, for a call before it
    feed = [
        contract(lines=[line(start="23:45")]),
        visit(start="23:15", end="23:45"),
    ]
    day = Period(date(2026, 6, 15), date(2026, 6, 15))

    # when the line no longer reaches it
    told = differing(feed, {"line_reach": 15}, period=day, kinds=MISSED)

    # then the miss is due on the next day, and is still found
    assert ("changed", "missed_call", "V1") in told
    assert not [kind for change, kind, _ in told if change == "lost"]


def test_a_period_is_over_at_midnight_in_london() -> None:
    # given periods that end in summer and in winter; when it is asked when they are over
    ends = [
        Period(date(2026, 1, 1), last).over.astimezone(UTC)
        for last in (date(2026, 6, 30), date(2026, 12, 31))
    ]

    # then it is by London's clocks
    assert ends == [
        datetime(2026, 6, 30, 23, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    ]  # fmt: skip


def test_one_provider_is_compared_alone() -> None:
    # given a late call of each of two providers
    birch = [
        contract("C2", "birch", person="P2"),
        visit("V9", provider="birch", contract="C2", person="P2"),
        *stay(at(20), at(50), "V9", "K9", provider="birch"),
    ]
    memory.load([contract(), visit(), *TWENTY_LATE, *birch], LATER)

    # when one is asked for
    moment, after = memory.Moment(LATER), {"late_after": 15}
    trial = Trial(EVER, moment, after, kinds=KINDS, provider="birch")
    backtest.compare(memory.columns(), trial)

    # then only its call is told
    told = [row["visit"] for row in backtest.differing(memory.columns())]
    assert told == ["V9"]


def test_only_what_was_known_is_judged() -> None:
    # given a check-in that was received after a week
    feed = [
        *received("2026-06-14T09:00:00Z", contract(), visit()),
        *received("2026-06-21T09:00:00Z", *TWENTY_LATE),
    ]
    memory.load(feed, LATER)

    # when it is tried by what was known before
    moment = memory.Moment(LATER, datetime(2026, 6, 20, tzinfo=UTC))
    trial = Trial(EVER, moment, {"late_after": 15}, kinds=KINDS)
    backtest.compare(memory.columns(), trial)

    # then there is no late call yet
    assert list(backtest.differing(memory.columns())) == []
