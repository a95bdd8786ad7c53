"""The edges of what was agreed: until when, on which terms, in which lines, and whether it is kept."""

from __future__ import annotations

from typing import Any

from tests.edges.contracts import NOON, SAID, claimed, other
from tests.edges.packages import BEGAN, EARLIER, foretold, notice, suspended, varied
from tests.edges.patterns import LATER
from tests.edges.telling import (
    Edge,
    alive,
    assessed,
    at,
    contract,
    council,
    life,
    line,
    numbered,
    said,
    stay,
    visit,
)  # fmt: skip
from tests.edges.visits import HEARD
from tests.feeds import Event

DIED = life("died", "2026-06-05")
NEEDS = assessed("2026-05-25", 100)
TODAY = {"starts_on": "2026-06-15"}
IDLE = (contract(starts_on="2026-05-18"), alive(at(-1440)))
"""Nothing was ever planned for it, and its provider was heard yesterday."""
NO_LINES = contract(lines=[], **TODAY)


def ended(on: str) -> Event:
    """The contract is ended."""
    return council("contract.ended", "C1", SAID, ended_on=on, reason="done")


def both(*more: Event, **terms: tuple[Any, Any]) -> list[Event]:
    """Two variations of one day: what the first version said does not hold, the second does."""
    (name, (last, first)), *_ = terms.items()
    return [
        *numbered(1, varied("2026-06-05", **{name: last})),
        varied("2026-06-05", said_at="2026-05-03T09:00:00Z", **{name: first}),
        *more,
    ]


def attended(day: str, ref: str = "V8", **more: Any) -> list[Event]:
    """A visit that was made."""
    return [visit(ref, day, said=EARLIER, **more),
            *stay(f"{day}T07:00:00Z", f"{day}T07:30:00Z", ref, **{n: v for n, v in more.items() if n == "provider"})]  # fmt: skip


EDGES: tuple[Edge, ...] = (
    # until when
    Edge("no_longer_needed", "ended later than its notice said", True, NOON, lambda: [
        contract(), notice("2026-06-10"), ended("2026-06-20"), DIED]),
    Edge("no_longer_needed", "ended before today", False, NOON, lambda: [contract(), ended("2026-06-10"), DIED]),
    Edge("no_longer_needed", "its notice ends later than it did", True, NOON, lambda: [
        contract(ends_on="2026-06-10"), notice("2026-06-20"), DIED]),
    Edge("no_longer_needed", "its notice has ended", False, NOON, lambda: [contract(), notice("2026-06-10"), DIED]),
    Edge("unmatched_visit", "its end was moved", False, NOON, lambda: [
        contract(ends_on="2026-06-14"), varied("2026-06-01", ends_on="2026-06-30"), visit()]),
    Edge("end_approaching", "its end is moved from tomorrow on", True, NOON, lambda: [
        contract(ends_on="2026-06-30"), varied("2026-06-16", ends_on="2027-06-30")], {"since": "2026-06-30"}),
    # on which terms
    Edge("above_need", "on the terms from today on", False, NOON, lambda: [
        contract(), varied("2026-06-15", weekly_minutes=100), NEEDS]),
    Edge("above_need", "on the terms until yesterday", True, at(-1440), lambda: [
        contract(), varied("2026-06-15", weekly_minutes=100), NEEDS], {"minutes": 110}),
    Edge("above_need", "a variation leaves what it does not name", True, NOON, lambda: [
        contract(), varied("2026-06-05", weekly_minutes=130), varied("2026-06-10", rate_pence_per_hour=3000), NEEDS],
        {"minutes": 30}),
    Edge("above_need", "two of one day add up", True, NOON, lambda: [
        contract(), varied("2026-06-05", weekly_minutes=130), *numbered(1, varied("2026-06-05", notice_days=1)), NEEDS],
        {"minutes": 30}),
    Edge("missed_call", "a contract only known by a variation has no rate", True, NOON, lambda: [
        varied("2026-06-01", rate_pence_per_hour=1801), visit(), HEARD], {"pence": None}),
    Edge("above_need", "minutes by the later version", False, NOON, lambda: [
        contract(), *both(NEEDS, weekly_minutes=(100, 300))]),
    Edge("missed_call", "a rate by the later version", True, NOON, lambda: [
        contract(), visit(), HEARD, *both(rate_pence_per_hour=(3000, 6000))], {"pence": 1500}),
    Edge("missed_call", "special rates by the later version", True, "2026-06-21T12:00:00Z", lambda: [
        contract(), visit(day="2026-06-20"), *both(rates=(
            [{"when": "weekend", "pence_per_hour": 3000}], [{"when": "weekend", "pence_per_hour": 6000}]))],
        {"pence": 1500}),
    Edge("end_approaching", "an end by the later version", False, NOON, lambda: [
        contract(), *both(ends_on=("2026-12-31", "2026-06-30"))]),
    Edge("no_longer_needed", "notice days by the later version", True, NOON, lambda: [
        contract(), DIED, *both(notice_days=(28, 1))], {"exit_on": "2026-07-13"}),
    Edge("invoice_over_claim", "a payment by the later version", True, NOON, lambda: [
        contract(), visit(), *stay(at(0), at(20)), claimed(), *both(payment=("actual", "planned"))], {"minutes": 10}),
    Edge("invoice_over_claim", "a tolerance by the later version", True, NOON, lambda: [
        contract(payment="tolerance"), visit(), *stay(at(0), at(20)), claimed(), *both(tolerance_minutes=(5, 15))],
        {"minutes": 10}),
    Edge("late_call", "thresholds by the later version", False, NOON, lambda: [
        contract(), visit(), *stay(at(40), at(70)), *both(terms=({"late_after": 45}, {"late_after": 10}))]),
    Edge("duplicate_contract", "half a penny a week is a penny", True, NOON, lambda: [
        contract(), other(weekly_minutes=30, rate_pence_per_hour=2401)], {"pence": 1201}),
    Edge("duplicate_contract", "the later one begins only tomorrow", False, NOON, lambda: [
        contract(), other(starts_on="2026-06-16")]),
    # in which lines, and whether a visit keeps them
    Edge("unrostered_call", "resting on that day", False, NOON, lambda: [
        contract(**TODAY), suspended("2026-06-15"), alive(at(60))]),
    Edge("unrostered_call", "died the day before", False, NOON, lambda: [
        contract(**TODAY), life("died", "2026-06-14"), alive(at(60))]),
    Edge("unrostered_call", "on its only day, which was yesterday", True, NOON, lambda: [
        contract(starts_on="2026-06-14", ends_on="2026-06-14"), alive(at(60))], {"since": "2026-06-14T07:00:00Z"}),
    Edge("unrostered_call", "of lines said when it was due", False, NOON, lambda: [
        NO_LINES, varied("2026-06-15", said_at=at(0), lines=[line()]), alive(at(60))]),
    Edge("unrostered_call", "of lines said a second before", True, NOON, lambda: [
        NO_LINES, varied("2026-06-15", said_at=at(0, -1), lines=[line()]), alive(at(60))]),
    Edge("unrostered_call", "of lines from the day after on", True, at(1440 + 330), lambda: [
        NO_LINES, varied("2026-06-16", lines=[line()]), alive(at(1440 + 60))], {"since": "2026-06-16T07:00:00Z"}),
    Edge("unrostered_call", "not overdue by the contract's own two hours", False, at(90), lambda: [
        contract(**TODAY, terms={"missed_after": 120}), alive(at(90))]),
    Edge("unrostered_call", "overdue by the contract's own two hours", True, at(120), lambda: [
        contract(**TODAY, terms={"missed_after": 120}), alive(at(120))]),
    Edge("unrostered_call", "each at the rate of its day", True, at(1440 + 30), lambda: [
        contract(**TODAY), varied("2026-06-16", rate_pence_per_hour=3000), alive(at(1440 + 30))],
        {"since": "2026-06-15T07:00:00Z", "pence": 1200}),
    Edge("unrostered_call", "at the rate of the night", True, "2026-06-16T05:30:00Z", lambda: [
        contract(**TODAY, lines=[line(start="22:30")], rates=[{"when": "night", "pence_per_hour": 3600}]),
        alive("2026-06-16T05:00:00Z")], {"pence": 1800}),
    Edge("unrostered_call", "another contract's visit was at that time", True, NOON, lambda: [
        contract(**TODAY), contract("C2", **TODAY), visit(contract="C2"), alive(at(60))], {"contract": "C1"}),
    Edge("unrostered_call", "another provider's visit was at that time", True, NOON, lambda: [
        contract(**TODAY), visit(provider="birch"), alive(at(60))]),
    Edge("unrostered_call", "the visit at that time keeps another line", True, NOON, lambda: [
        contract(**TODAY, lines=[line(), line("L2")]), visit(line="L1"), alive(at(60))],
        {"key": "unrostered_call:C1/L2/2026-06-15T07:00:00Z"}),
    Edge("unrostered_call", "the visit of that line was the day before", True, NOON, lambda: [
        contract(starts_on="2026-06-14"), visit("V0", "2026-06-14"), alive(at(60))],
        {"key": "unrostered_call:C1/L1/2026-06-15T07:00:00Z"}),
    Edge("unrostered_call", "a visit that is not matched still is the line's", False, NOON, lambda: [
        contract(**TODAY), visit(person="P2"), alive(at(60))]),
    # whether it is used at all
    Edge("no_longer_needed", "attended once in 28 days", False, NOON, lambda: [*IDLE, *attended("2026-06-09")]),
    Edge("no_longer_needed", "nobody opened, once in 28 days", False, NOON, lambda: [
        *IDLE, visit("V8", "2026-06-09"), said("frustrated", "2026-06-09T07:00:00Z", "V8", carer="K1", outcome="refused")]),
    Edge("no_longer_needed", "missed once in 28 days", False, NOON, lambda: [*IDLE, visit("V8", "2026-06-09")]),
    Edge("no_longer_needed", "called off by the provider, and nothing else in 28 days", True, NOON, lambda: [
        *IDLE, visit("V8", "2026-06-09"), said("cancelled", EARLIER, "V8", by="provider", reason="no_staff")]),
    Edge("no_longer_needed", "attended 28 days ago", False, NOON, lambda: [*IDLE, *attended("2026-05-18")]),
    Edge("no_longer_needed", "attended 29 days ago", True, NOON, lambda: [
        contract(**BEGAN), alive(at(-1440)), *attended("2026-05-17")]),
    Edge("no_longer_needed", "attended yesterday", False, NOON, lambda: [*IDLE, *attended("2026-06-14")]),
    Edge("no_longer_needed", "attended today, and not in the 28 days before", True, NOON, lambda: [
        *IDLE, *attended("2026-06-15")]),
    Edge("no_longer_needed", "attended by another provider", True, NOON, lambda: [
        *IDLE, *attended("2026-06-09", provider="birch")]),
    *(Edge("no_longer_needed", f"idle, and a {kind}", False, NOON, lambda kind=kind: [
        contract(starts_on="2026-05-18", kind=kind), alive(at(-1440))])
      for kind in ("direct_payment", "individual_service_fund", "block")),
    Edge("no_longer_needed", "idle, and only another provider heard", False, NOON, lambda: [
        contract(starts_on="2026-05-18"), alive(at(-1440), "birch")]),
    Edge("no_longer_needed", "idle, and heard 28 days ago", True, NOON, lambda: [
        contract(starts_on="2026-05-18"), alive("2026-05-18T09:00:00Z")]),
    Edge("no_longer_needed", "idle, and heard 29 days ago", False, NOON, lambda: [
        contract(**BEGAN), alive("2026-05-17T09:00:00Z")]),
    Edge("no_longer_needed", "idle, and heard today only", False, NOON, lambda: [
        contract(starts_on="2026-05-18"), alive(at(0))]),
    Edge("no_longer_needed", "idle, and heard today only by London's clocks", False, NOON, lambda: [
        contract(starts_on="2026-05-18"), alive("2026-06-14T23:30:00Z")]),
    Edge("missed_call", "declared for tomorrow, of somebody who died today", False, NOON, lambda: [
        contract(), visit(day="2026-06-16"), said("missed", at(200)), life("died", "2026-06-15")]),
    Edge("missed_call", "declared for the day after tomorrow, of somebody said to die tomorrow", True, NOON, lambda: [
        contract(), visit(day="2026-06-17"), said("missed", at(200)), foretold("life_event", code="died", on="2026-06-16")]),
    Edge("missed_call", "of somebody who has moved away", True, NOON, lambda: [
        contract(), visit(), HEARD, life("moved_away", "2026-06-10")]),
    Edge("unmatched_visit", "said to have died on two days: after the first", True, "2026-06-17T12:00:00Z", lambda: [
        contract(), visit(), life("died", "2026-06-10"), life("died", "2026-06-16")]),
    Edge("late_call", "a later line of the same name", False, LATER, lambda: [
        contract(), varied("2026-06-15", lines=[line(start="08:30")]), visit(start="07:30", end="08:00"),
        *stay(at(60), at(90))]),
)  # fmt: skip
