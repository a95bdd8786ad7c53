"""The edges of the rules about contracts, people's needs, and claims."""

from __future__ import annotations

from typing import Any

from tests.edges.telling import (
    Edge,
    alive,
    assessed,
    at,
    claim,
    contract,
    council,
    invoice,
    life,
    line,
    policy,
    said,
    stay,
    tap,
    visit,
)  # fmt: skip
from tests.feeds import Event

NOON = at(330)
MONDAY = at(-30)
SAID = "2026-06-09T09:00:00Z"
WEEK = {"lookback_weeks": 1, "persist_weeks": 1}


def week(used: int, what: str = "declined", **more: Any) -> list[Event]:
    """Of ten half hours bought for the week before, so many were given; the rest was not."""
    lines = [line(f"L{n}", f"{8 + n:02d}:00", days=["tue"]) for n in range(10)]
    feed: list[Event] = [
        policy(**WEEK),
        contract(lines=lines, weekly_minutes=300, **more),
        alive(at(-60)),
    ]
    for n in range(10):
        hour = f"{7 + n:02d}"
        feed.append(visit(f"W{n}", "2026-06-09", f"{hour}:00", f"{hour}:30"))
        if n < used:
            feed += stay(
                f"2026-06-09T{hour}:00:00Z", f"2026-06-09T{hour}:30:00Z", f"W{n}"
            )
        elif what == "declined":
            feed.append(
                said("cancelled", SPOKEN, f"W{n}", by="person", reason="declined")
            )
        elif what == "no staff":
            feed.append(
                said("cancelled", SPOKEN, f"W{n}", by="provider", reason="no_staff")
            )
    return feed


SPOKEN = "2026-06-06T09:00:00Z"


def given(minutes: int, *more: Event, **terms: Any) -> list[Event]:
    """V1 was given for so long."""
    return [contract(**terms), visit(), *stay(at(0), at(minutes)), *more]


def claimed(pence: int = 1200, **more: Any) -> Event:
    """V1 is claimed."""
    return invoice("I1", at(200), [claim(pence, **more)])


def cancelled(hours: float, by: str = "person") -> Event:
    """V1 is called off so many hours before it is due."""
    return said("cancelled", at(-60 * hours), by=by, reason="declined")


def other(**more: Any) -> Event:
    """A second contract, of another provider."""
    return contract("C2", "birch", **more)


ELSEWHEN = [line(start="13:00")]
BLOCK = {"person": None, "kind": "block", "weekly_minutes": 100, "lines": None}


def drawn(minutes: int) -> list[Event]:
    """A block of 100 minutes a week, of which so many were drawn."""
    return [
        policy(**WEEK),
        contract("B1", **BLOCK),
        contract(draws_on="B1", lines=[]),
        visit("V8", "2026-06-09", "07:00", "09:00"),
        *stay(
            "2026-06-09T07:00:00Z",
            f"2026-06-09T{7 + minutes // 60:02d}:{minutes % 60:02d}:00Z",
            "V8",
        ),
    ]


EDGES: tuple[Edge, ...] = (
    Edge("unrostered_call", "an hour after it was due", True, at(60), lambda: [
        contract(starts_on="2026-06-15"), alive(at(60))], {"severity": "high"}),
    Edge("unrostered_call", "a second before that", False, at(59, 59), lambda: [
        contract(starts_on="2026-06-15"), alive(at(59, 59))]),
    Edge("unrostered_call", "not heard since", False, NOON, lambda: [
        contract(starts_on="2026-06-15"), alive(at(59, 59))]),
    Edge("unrostered_call", "planned", False, NOON, lambda: [
        contract(starts_on="2026-06-15"), visit(), alive(at(60))]),
    Edge("unrostered_call", "time-critical", True, NOON, lambda: [
        contract(starts_on="2026-06-15", lines=[line(time_critical=True)]), alive(at(60))], {"severity": "critical"}),
    Edge("unrostered_call", "a direct payment", False, NOON, lambda: [
        contract(starts_on="2026-06-15", kind="direct_payment"), alive(at(60))]),
    Edge("unrostered_call", "28 days ago", False, at(28 * 1440), lambda: [
        contract(starts_on="2026-06-15", ends_on="2026-06-15"), alive(at(60))]),
    Edge("unrostered_call", "a second less than that", True, at(28 * 1440, -1), lambda: [
        contract(starts_on="2026-06-15", ends_on="2026-06-15"), alive(at(60))]),
    Edge("unrostered_call", "in hospital", False, NOON, lambda: [
        contract(starts_on="2026-06-15"), alive(at(60)), life("hospital_admission", "2026-06-15")]),
    Edge("over_commissioned", "a fifth is allowed", False, MONDAY, lambda: week(8)),
    Edge("over_commissioned", "more is not", True, MONDAY, lambda: week(7), {"minutes": 90, "severity": "medium"}),
    Edge("over_commissioned", "half of it: high", True, MONDAY, lambda: week(5), {"severity": "high"}),
    Edge("over_commissioned", "what the provider failed is not unused", False, MONDAY, lambda: week(7, "no staff")),
    Edge("over_commissioned", "not in a week of suspension", False, MONDAY, lambda: [
        *week(7), council("contract.suspended", "C1", SPOKEN, from_on="2026-06-14", reason="holiday")]),
    Edge("over_commissioned", "not in a week away", False, MONDAY, lambda: [
        *week(7), life("respite_start", "2026-06-14")]),
    Edge("over_commissioned", "not for day care", False, MONDAY, lambda: week(7, service="day_care")),
    Edge("over_commissioned", "not for a direct payment", False, MONDAY, lambda: week(7, kind="direct_payment")),
    Edge("over_commissioned", "not in a week in which it began", False, MONDAY,
         lambda: week(7, starts_on="2026-06-09")),
    Edge("under_delivered", "a fifth is allowed", False, MONDAY, lambda: week(8, "no staff")),
    Edge("under_delivered", "more is not", True, MONDAY, lambda: week(7, "no staff"), {"minutes": 90, "pence": 3600}),
    Edge("under_delivered", "missed calls", True, MONDAY, lambda: week(7, "missed")),
    Edge("under_delivered", "what the person declined is not failed", False, MONDAY, lambda: week(7)),
    Edge("no_longer_needed", "hospital for 28 days", False, NOON, lambda: [
        contract(starts_on="2026-05-01"), life("hospital_admission", "2026-05-18")]),
    Edge("no_longer_needed", "and one more", True, NOON, lambda: [
        contract(starts_on="2026-05-01"), life("hospital_admission", "2026-05-17")],
        {"severity": "medium", "since": "2026-05-17"}),
    Edge("no_longer_needed", "back from hospital", False, NOON, lambda: [
        contract(starts_on="2026-06-01"), life("hospital_admission", "2026-05-10"),
        life("hospital_discharge", "2026-06-14")]),
    Edge("no_longer_needed", "died today", True, NOON, lambda: [contract(), life("died", "2026-06-15")],
         {"severity": "high", "exit_on": "2026-06-22", "pence": 0}),
    Edge("no_longer_needed", "died before it began", False, NOON, lambda: [
        contract(starts_on="2026-06-02"), life("died", "2026-06-01")]),
    Edge("no_longer_needed", "ended already", False, NOON, lambda: [
        contract(ends_on="2026-06-14"), life("died", "2026-06-10")]),
    Edge("no_longer_needed", "found eligible again", False, NOON, lambda: [
        contract(), assessed("2026-06-05", 0, eligible=False), assessed("2026-06-10", 60)]),
    Edge("no_longer_needed", "not eligible", True, NOON, lambda: [
        contract(), assessed("2026-06-05", 60), assessed("2026-06-10", 0, eligible=False)]),
    Edge("no_longer_needed", "suspended for more than 28 days", True, NOON, lambda: [
        contract(starts_on="2026-05-01"),
        council("contract.suspended", "C1", "2026-05-10T09:00:00Z", from_on="2026-05-17", reason="r")]),
    Edge("no_longer_needed", "declined, all of it", True, NOON, lambda: [
        contract(), visit("V8", "2026-06-09"), said("cancelled", SPOKEN, "V8", by="person", reason="declined")]),
    Edge("no_longer_needed", "cancelled by the provider is not declined", False, NOON, lambda: [
        contract(), visit("V8", "2026-06-09"), said("cancelled", SPOKEN, "V8", by="provider", reason="no_staff")]),
    Edge("no_longer_needed", "declined on the council's word is not declined", False, NOON, lambda: [
        contract(), visit("V8", "2026-06-09"), said("cancelled", SPOKEN, "V8", by="council", reason="declined")]),
    Edge("no_longer_needed", "called off for a hospital stay is not declined", False, NOON, lambda: [
        contract(), visit("V8", "2026-06-09"), said("cancelled", SPOKEN, "V8", by="person", reason="hospital")]),
    Edge("no_longer_needed", "a long respite is no hospital", False, NOON, lambda: [
        contract(starts_on="2026-05-01"), life("respite_start", "2026-05-10")]),
    Edge("no_longer_needed", "idle for 28 days", True, NOON, lambda: [
        contract(starts_on="2026-05-18"), alive(at(-60 * 24))]),
    Edge("no_longer_needed", "in force for 27", False, NOON, lambda: [
        contract(starts_on="2026-05-19"), alive(at(-60 * 24))]),
    Edge("no_longer_needed", "idle, but nobody was heard", False, NOON, lambda: [contract(starts_on="2026-05-18")]),
    Edge("above_need", "a tenth more is allowed", False, NOON, lambda: [
        contract(weekly_minutes=110), assessed("2026-05-25", 100)]),
    Edge("above_need", "a minute more is not", True, NOON, lambda: [
        contract(weekly_minutes=111), assessed("2026-05-25", 100)], {"minutes": 11}),
    Edge("above_need", "14 days to settle", False, NOON, lambda: [contract(), assessed("2026-06-01", 100)]),
    Edge("above_need", "and one more", True, NOON, lambda: [contract(), assessed("2026-05-31", 100)]),
    Edge("above_need", "not eligible is another matter", False, NOON, lambda: [
        contract(), assessed("2026-05-25", 100, eligible=False)]),
    Edge("above_need", "a block is not the person's", False, NOON, lambda: [
        contract(kind="block"), assessed("2026-05-25", 100)]),
    Edge("above_need", "all contracts together", True, NOON, lambda: [
        contract(weekly_minutes=60), other(weekly_minutes=60), assessed("2026-05-25", 100)]),
    Edge("above_need", "the latest assessment", False, NOON, lambda: [
        contract(), assessed("2026-05-20", 100), assessed("2026-05-25", 200)]),
    Edge("review_overdue", "eight weeks after the start", False, NOON, lambda: [contract(starts_on="2026-04-20")]),
    Edge("review_overdue", "and a day", True, NOON, lambda: [contract(starts_on="2026-04-19")],
         {"severity": "low", "since": "2026-06-14"}),
    Edge("review_overdue", "28 days over", True, NOON, lambda: [contract(starts_on="2026-03-23")], {"severity": "low"}),
    Edge("review_overdue", "29 days over", True, NOON, lambda: [contract(starts_on="2026-03-22")],
         {"severity": "medium"}),
    Edge("review_overdue", "a year after the last", False, NOON, lambda: [
        contract(starts_on="2025-01-01"), assessed("2025-06-15", 60)]),
    Edge("review_overdue", "and a day over", True, NOON, lambda: [
        contract(starts_on="2025-01-01"), assessed("2025-06-14", 60)]),
    Edge("review_overdue", "on the day that was named", False, NOON, lambda: [
        contract(starts_on="2025-01-01"), assessed("2026-01-05", 60, review_due_on="2026-06-15")]),
    Edge("review_overdue", "after the day that was named", True, NOON, lambda: [
        contract(starts_on="2025-01-01"), assessed("2026-01-05", 60, review_due_on="2026-06-14")]),
    Edge("review_overdue", "a review of the same day counts first", False, NOON, lambda: [
        contract(starts_on="2025-01-01"), assessed("2026-01-05", 60, review_due_on="2026-02-01"),
        council("person.reviewed", "P1", "2026-01-05T11:00:00Z", reviewed_on="2026-01-05", outcome="no_change")]),
    Edge("review_overdue", "one before the start does not count", True, NOON, lambda: [
        contract(starts_on="2026-03-02"), assessed("2026-03-01", 60)]),
    Edge("duplicate_contract", "two days to hand over", False, NOON, lambda: [contract(), other(starts_on="2026-06-13")]),
    Edge("duplicate_contract", "and one more", True, NOON, lambda: [contract(), other(starts_on="2026-06-12")],
         {"contract": "C2", "pence": 8400}),
    Edge("duplicate_contract", "at other times", False, NOON, lambda: [contract(), other(lines=ELSEWHEN)]),
    Edge("duplicate_contract", "on other days", False, NOON, lambda: [
        contract(lines=[line(days=["mon"])]), other(lines=[line(days=["tue"])])]),
    Edge("duplicate_contract", "another service", False, NOON, lambda: [contract(), other(service="sitting")]),
    Edge("duplicate_contract", "another person", False, NOON, lambda: [contract(), other(person="P2")]),
    Edge("duplicate_contract", "a pair", False, NOON, lambda: [contract(), other(pairs_with="C1")]),
    Edge("duplicate_contract", "named by the earlier", False, NOON, lambda: [
        contract(pairs_with="C2"), other(starts_on="2026-06-08")]),
    Edge("duplicate_contract", "ended yesterday", False, NOON, lambda: [contract(ends_on="2026-06-14"), other()]),
    Edge("paid_twice_for_failure", "the failed one runs", True, NOON, lambda: [
        contract(weekly_minutes=60), other(compensates_for="C1")], {"pence": 2400, "contract": "C2"}),
    Edge("paid_twice_for_failure", "the failed one has ended", False, NOON, lambda: [
        contract(ends_on="2026-06-14"), other(compensates_for="C1")]),
    Edge("paid_twice_for_failure", "only a pair", False, NOON, lambda: [contract(), other(pairs_with="C1")]),
    Edge("block_unused", "four fifths are drawn", False, MONDAY, lambda: drawn(80)),
    Edge("block_unused", "a minute less", True, MONDAY, lambda: drawn(79), {"minutes": 21, "pence": 840}),
    Edge("block_unused", "began in the week", False, MONDAY, lambda: [
        policy(**WEEK), contract("B1", **(BLOCK | {"starts_on": "2026-06-09"}))]),
    Edge("end_approaching", "its notice and a fortnight", True, NOON, lambda: [contract(ends_on="2026-07-06")],
         {"severity": "low", "since": "2026-07-06"}),
    Edge("end_approaching", "a day later", False, NOON, lambda: [contract(ends_on="2026-07-07")]),
    Edge("end_approaching", "today", True, NOON, lambda: [contract(ends_on="2026-06-15")]),
    Edge("end_approaching", "ended", False, NOON, lambda: [contract(ends_on="2026-06-14")]),
    Edge("end_approaching", "something follows", False, NOON, lambda: [
        contract(ends_on="2026-06-30"), other(ends_on="2026-12-31")]),
    Edge("end_approaching", "what ends as well does not follow", True, NOON, lambda: [
        contract(ends_on="2026-06-30"), other(ends_on="2026-06-30")]),
    Edge("end_approaching", "the provider hands it back", True, NOON, lambda: [
        contract(), council("contract.notice_given", "C1", SAID, ends_on="2026-06-30", by="provider")],
        {"severity": "high"}),
    Edge("many_providers", "three", True, NOON, lambda: [
        contract(), other(lines=ELSEWHEN), contract("C3", "cedar", starts_on="2026-06-10")], {"since": "2026-06-10"}),
    Edge("many_providers", "two, one of them twice", False, NOON, lambda: [
        contract(), other(), contract("C3", "birch")]),
    Edge("many_providers", "one of them by a block", False, NOON, lambda: [
        contract(), other(), contract("C3", "cedar", kind="block")]),
    Edge("many_carers", "of another provider is another carer", True, NOON, lambda: [
        policy(many_carers=1), visit(), *stay(at(0), at(30)), visit("V2", provider="birch"),
        tap("in", at(0), "V2", provider="birch"), tap("out", at(30), "V2", provider="birch")]),
    Edge("independence_stalled", "a fifth less", True, NOON, lambda: [
        contract(), assessed("2026-04-01", 100), assessed("2026-05-17", 80)], {"since": "2026-05-17"}),
    Edge("independence_stalled", "a minute less than that", False, NOON, lambda: [
        contract(), assessed("2026-04-01", 100), assessed("2026-05-17", 81)]),
    Edge("independence_stalled", "nothing is bought", False, NOON, lambda: [
        assessed("2026-04-01", 100), assessed("2026-05-17", 80)]),
    Edge("independence_stalled", "28 days ago", False, NOON, lambda: [
        contract(), assessed("2026-04-01", 100), assessed("2026-05-18", 80)]),
    Edge("independence_stalled", "brought down since", False, NOON, lambda: [
        contract(), assessed("2026-04-01", 100), assessed("2026-05-17", 80),
        council("contract.varied", "C1", SAID, effective_on="2026-06-09", reason="r", weekly_minutes=200)]),
    Edge("independence_stalled", "brought up since", True, NOON, lambda: [
        contract(), assessed("2026-04-01", 100), assessed("2026-05-17", 80),
        council("contract.varied", "C1", SAID, effective_on="2026-06-09", reason="r", weekly_minutes=220)]),
    Edge("independence_stalled", "another has ended since", False, NOON, lambda: [
        contract(), other(ends_on="2026-06-01"), assessed("2026-04-01", 100), assessed("2026-05-17", 80)]),
    Edge("invoice_over_claim", "a pound is allowed", False, NOON, lambda: given(30, claimed(1300))),
    Edge("invoice_over_claim", "and no penny more", True, NOON, lambda: given(30, claimed(1301)),
         {"pence": 101, "minutes": 0, "visit": "V1"}),
    Edge("invoice_over_claim", "planned pays what was due", False, NOON, lambda: given(10, claimed())),
    Edge("invoice_over_claim", "actual pays what was given", True, NOON,
         lambda: given(20, claimed(), payment="actual"), {"minutes": 10, "pence": 400}),
    Edge("invoice_over_claim", "tolerated", False, NOON,
         lambda: given(25, claimed(), payment="tolerance", tolerance_minutes=5)),
    Edge("invoice_over_claim", "not tolerated", True, NOON,
         lambda: given(24, claimed(), payment="tolerance", tolerance_minutes=5), {"minutes": 6}),
    Edge("invoice_over_claim", "never told to us", True, NOON, lambda: [contract(), claimed()]),
    Edge("invoice_over_claim", "of another contract", True, NOON, lambda: given(30, other(), claimed(contract="C2"))),
    Edge("invoice_over_claim", "claimed before", True, NOON, lambda: given(
        30, invoice("I1", at(200), [claim(), claim(name="2")])), {"minutes": 30}),
    Edge("invoice_over_claim", "claimed on an earlier invoice, whatever its name", True, NOON, lambda: given(
        30, invoice("I2", at(100), [claim()]), invoice("I1", at(200), [claim()])),
        {"key": "invoice_over_claim:/providers/ash/I1/1"}),
    Edge("invoice_over_claim", "not matched", True, NOON, lambda: given(30, claimed(), life("died", "2026-06-14"))),
    Edge("invoice_over_claim", "missed", True, NOON, lambda: [contract(), visit(), claimed()]),
    Edge("invoice_over_claim", "not known when it ended", False, NOON, lambda: [
        contract(), visit(), tap("in", at(0)), claimed(9999)]),
    Edge("invoice_over_claim", "still open", False, at(59), lambda: [
        contract(), visit(), invoice("I1", at(10), [claim(9999)])]),
    Edge("invoice_over_claim", "nobody let the carer in", False, NOON, lambda: [
        contract(), visit(), said("frustrated", at(5), carer="K1", outcome="refused"), claimed()]),
    Edge("invoice_over_claim", "called off at short notice", False, NOON, lambda: [
        contract(), visit(), cancelled(23.9), claimed()]),
    Edge("invoice_over_claim", "called off a day before", True, NOON, lambda: [
        contract(), visit(), cancelled(24), claimed()]),
    Edge("invoice_over_claim", "called off by the provider", True, NOON, lambda: [
        contract(), visit(), cancelled(1, "provider"), claimed()]),
    Edge("invoice_over_claim", "a line for all that no line names", False, NOON, lambda: given(30, claimed(visit=None))),
    Edge("invoice_over_claim", "what a line names is not in it", True, NOON, lambda: given(30, invoice(
        "I1", at(200), [claim(), claim(name="2", visit=None)])), {"visit": None}),
    Edge("invoice_over_claim", "such lines together, on the first", True, NOON, lambda: given(30, invoice(
        "I1", at(200), [claim(700, visit=None, minutes=15), claim(700, "2", visit=None, minutes=15)])),
        {"pence": 200, "key": "invoice_over_claim:/providers/ash/I1/1"}),
    Edge("invoice_over_claim", "of another period", True, NOON, lambda: given(30, invoice(
        "I1", at(200), [claim(visit=None)], period_start_on="2026-06-14", period_end_on="2026-06-14"))),
    Edge("invoice_over_claim", "in a sum what is open counts as due", False, at(59), lambda: [
        contract(), visit(), invoice("I1", at(10), [claim(visit=None)])]),
)  # fmt: skip
