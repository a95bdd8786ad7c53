"""The edges of the rules about one visit."""

from __future__ import annotations

from tests.edges.telling import (
    Edge,
    alive,
    at,
    contract,
    council,
    life,
    line,
    policy,
    said,
    stay,
    tap,
    visit,
)  # fmt: skip

NOON = at(330)
HEARD = alive(at(300))
DOUBLE = contract(lines=[line(carers=2)], weekly_minutes=420)
CRITICAL = contract(lines=[line(time_critical=True)])
REPORT = council(
    "visit.reported", "V1", at(90), provider="ash", by="family", what="nobody_came"
)
SAID = "2026-06-09T09:00:00Z"
LATE = stay(at(60), at(90))


def rescheduled(
    by: str, minutes: int, when: str = "2026-06-14T09:00:00Z"
) -> list[object]:
    """V1 is moved."""
    return [said("rescheduled", when, planned_start=at(minutes), planned_end=at(minutes + 30),
                 asked_by=by)]  # fmt: skip


EDGES: tuple[Edge, ...] = (
    Edge("missed_call", "at the moment it is overdue", True, at(60), lambda: [contract(), visit()]),
    Edge("missed_call", "a second before it is overdue", False, at(59, 59), lambda: [contract(), visit()]),
    Edge("missed_call", "heard when overdue: presumed", True, NOON,
         lambda: [contract(), visit(), alive(at(60))], {"stage": "presumed", "severity": "high"}),
    Edge("missed_call", "heard a second earlier: cannot assess", True, NOON,
         lambda: [contract(), visit(), alive(at(59, 59))], {"stage": "cannot_assess", "severity": "medium"}),
    Edge("missed_call", "evidence must be in: confirmed", True, at(30 + 72 * 60),
         lambda: [contract(), visit(), HEARD], {"stage": "confirmed"}),
    Edge("missed_call", "a second earlier: presumed", True, at(30 + 72 * 60, -1),
         lambda: [contract(), visit(), HEARD], {"stage": "presumed"}),
    Edge("missed_call", "declared before it is overdue", True, at(30),
         lambda: [contract(), visit(), said("missed", at(20))], {"stage": "declared"}),
    Edge("missed_call", "reported by the family", True, at(95),
         lambda: [contract(), visit(), REPORT], {"stage": "declared"}),
    Edge("missed_call", "time-critical", True, NOON, lambda: [CRITICAL, visit(), HEARD], {"severity": "critical"}),
    Edge("missed_call", "time-critical and silent", True, NOON, lambda: [CRITICAL, visit()], {"severity": "high"}),
    Edge("missed_call", "in hospital", False, NOON,
         lambda: [contract(), visit(), HEARD, life("hospital_admission", "2026-06-15")]),
    Edge("missed_call", "in hospital, and declared", True, NOON,
         lambda: [contract(), visit(), life("hospital_admission", "2026-06-15"), said("missed", at(80))]),
    Edge("missed_call", "after death it is not judged", False, NOON,
         lambda: [contract(), visit(), HEARD, life("died", "2026-06-14")]),
    Edge("missed_call", "on the day of death it is", True, NOON,
         lambda: [contract(), visit(), HEARD, life("died", "2026-06-15")]),
    Edge("missed_call", "a contract that is not known is judged", True, NOON, lambda: [visit(), HEARD]),
    Edge("missed_call", "evidence hours of the provider", True, at(30 + 24 * 60), lambda: [
        contract(), visit(), HEARD,
        council("provider.registered", "ash", "2026-06-01T09:00:00Z", name="Ash", upload_hours=24)],
        {"stage": "confirmed"}),
    Edge("missed_call", "the contract's terms before the policy", False, at(60),
         lambda: [contract(terms={"missed_after": 90}), visit(), policy(missed_after=30)]),
    Edge("late_call", "30 minutes are allowed", False, NOON, lambda: [contract(), visit(), *stay(at(30), at(60))]),
    Edge("late_call", "and no second more", True, NOON,
         lambda: [contract(), visit(), *stay(at(30, 1), at(60))], {"minutes": 30, "severity": "medium"}),
    Edge("late_call", "15 minutes where time is critical", True, NOON,
         lambda: [CRITICAL, visit(), *stay(at(15, 1), at(45))], {"severity": "high"}),
    Edge("late_call", "the line's own threshold first", False, NOON,
         lambda: [contract(lines=[line(late_after=60)]), visit(), *stay(at(60), at(90))]),
    Edge("late_call", "the first carer counts", False, NOON,
         lambda: [DOUBLE, visit(), *stay(at(0), at(30)), *stay(at(40), at(70), carer="K2")]),
    Edge("late_call", "held against the line, not the provider's plan", True, NOON,
         lambda: [contract(), visit(), *rescheduled("provider", 60), *LATE]),
    Edge("late_call", "not where the person asked for it", False, NOON,
         lambda: [contract(), visit(), *rescheduled("person", 60), *LATE]),
    Edge("late_call", "nor the council", False, NOON,
         lambda: [contract(), visit(), *rescheduled("council", 60), *LATE]),
    Edge("early_call", "30 minutes are allowed", False, NOON, lambda: [contract(), visit(), *stay(at(-30), at(0))]),
    Edge("early_call", "and no second more", True, NOON,
         lambda: [contract(), visit(), *stay(at(-30, -1), at(0))], {"minutes": 30, "severity": "low"}),
    Edge("short_call", "four fifths are enough", False, NOON, lambda: [contract(), visit(), *stay(at(0), at(24))]),
    Edge("short_call", "and no second less", True, NOON,
         lambda: [contract(), visit(), *stay(at(0), at(23, 59))], {"minutes": 7, "severity": "medium"}),
    Edge("short_call", "all tasks done: low", True, NOON, lambda: [
        contract(), visit(), tap("in", at(0)), tap("out", at(10), tasks={"planned": 3, "done": 3})],
        {"severity": "low"}),
    Edge("short_call", "agreed short", False, NOON,
         lambda: [contract(lines=[line(short_visit_agreed=True)]), visit(), *stay(at(0), at(5))]),
    Edge("short_call", "not known when the carer left", False, NOON, lambda: [
        contract(), visit(), *stay(at(0), at(5)), tap("in", at(6))]),
    Edge("incomplete_double_up", "together for four fifths", False, NOON,
         lambda: [DOUBLE, visit(), *stay(at(0), at(30)), *stay(at(6), at(30), carer="K2")]),
    Edge("incomplete_double_up", "a second less", True, NOON,
         lambda: [DOUBLE, visit(), *stay(at(0), at(30)), *stay(at(6, 1), at(30), carer="K2")], {"minutes": 7}),
    Edge("incomplete_double_up", "one carer where two were due", True, NOON,
         lambda: [DOUBLE, visit(), *stay(at(0), at(30))]),
    Edge("incomplete_double_up", "one carer where one was due", False, NOON,
         lambda: [contract(), visit(), *stay(at(0), at(30))]),
    Edge("incomplete_double_up", "short already", False, NOON,
         lambda: [DOUBLE, visit(), *stay(at(0), at(20)), *stay(at(0), at(10), carer="K2")]),
    Edge("incomplete_double_up", "not known when one left", False, NOON,
         lambda: [DOUBLE, visit(), *stay(at(0), at(30)), tap("in", at(6), carer="K2")]),
    Edge("provider_cancelled", "24 hours before: medium", True, NOON, lambda: [
        contract(), visit(), said("cancelled", at(-24 * 60), by="provider", reason="no_staff")],
        {"severity": "medium"}),
    Edge("provider_cancelled", "a second later: high", True, NOON, lambda: [
        contract(), visit(), said("cancelled", at(-24 * 60, 1), by="provider", reason="no_staff")],
        {"severity": "high"}),
    Edge("provider_cancelled", "by the person", False, NOON, lambda: [
        contract(), visit(), said("cancelled", at(-60), by="person", reason="declined")]),
    Edge("provider_cancelled", "at the due start it is too late", False, NOON, lambda: [
        contract(), visit(), said("cancelled", at(0), by="provider", reason="no_staff")]),
    Edge("no_reply", "nobody made sure", True, NOON, lambda: [
        contract(), visit(), said("frustrated", at(5), carer="K1", outcome="no_reply")]),
    Edge("no_reply", "somebody did", False, NOON, lambda: [
        contract(), visit(), said("frustrated", at(5), carer="K1", outcome="no_reply", welfare_check=True)]),
    Edge("no_reply", "refused is no silence", False, NOON, lambda: [
        contract(), visit(), said("frustrated", at(5), carer="K1", outcome="refused")]),
    Edge("no_reply", "not where a carer came after all", False, NOON, lambda: [
        contract(), visit(), said("frustrated", at(5), carer="K1", outcome="no_reply"), *stay(at(20), at(50))]),
    Edge("open_visit", "four hours after the due end", True, at(270), lambda: [contract(), visit(), tap("in", at(0))]),
    Edge("open_visit", "a second before", False, at(270, -1), lambda: [contract(), visit(), tap("in", at(0))]),
    Edge("open_visit", "nothing is missing", False, NOON, lambda: [contract(), visit(), *stay(at(0), at(30))]),
    Edge("changed_after_due", "moved at its start", True, NOON,
         lambda: [contract(), visit(), *rescheduled("provider", 60, at(0))]),
    Edge("changed_after_due", "moved a second before", False, NOON,
         lambda: [contract(), visit(), *rescheduled("provider", 60, at(0, -1))]),
    Edge("changed_after_due", "said again as it was", False, NOON,
         lambda: [contract(), visit(), *rescheduled("provider", 0, at(5))]),
    Edge("changed_after_due", "planned at its own start", True, NOON, lambda: [contract(), visit(said=at(0))]),
    Edge("changed_after_due", "planned a second before", False, NOON, lambda: [contract(), visit(said=at(0, -1))]),
    Edge("changed_after_due", "called off at its start", True, NOON, lambda: [
        contract(), visit(), said("cancelled", at(0), by="person", reason="declined")]),
    Edge("changed_after_due", "called off a second before", False, NOON, lambda: [
        contract(), visit(), said("cancelled", at(0, -1), by="person", reason="declined")]),
    Edge("contradictory_record", "cancelled and attended", True, NOON, lambda: [
        contract(), visit(), said("cancelled", at(-60), by="person", reason="declined"), *stay(at(0), at(30))],
        {"severity": "medium"}),
    Edge("contradictory_record", "reported and attended: high", True, NOON, lambda: [
        contract(), visit(), REPORT, *stay(at(0), at(30))], {"severity": "high"}),
    Edge("contradictory_record", "declared missed, and nobody came", False, NOON,
         lambda: [contract(), visit(), said("missed", at(80))]),
    Edge("moved_from_window", "60 minutes are allowed", False, NOON,
         lambda: [contract(), visit(), *rescheduled("provider", 60)]),
    Edge("moved_from_window", "and no minute more", True, NOON,
         lambda: [contract(), visit(), *rescheduled("provider", 61)], {"minutes": 61}),
    Edge("moved_from_window", "earlier counts as well", True, NOON,
         lambda: [contract(), visit(), *rescheduled("provider", -61)], {"minutes": 61}),
    Edge("moved_from_window", "the person asked", False, NOON,
         lambda: [contract(), visit(), *rescheduled("person", 90)]),
    Edge("moved_from_window", "without a line there is no window", False, NOON,
         lambda: [contract(lines=[]), visit(), *rescheduled("provider", 90)]),
    Edge("unmatched_visit", "the contract is another provider's", True, NOON,
         lambda: [contract(provider="birch"), visit()]),
    Edge("unmatched_visit", "the contract is for somebody else", True, NOON, lambda: [contract(person="P2"), visit()]),
    Edge("unmatched_visit", "a block is for everybody", False, NOON,
         lambda: [contract(person=None, kind="block"), visit()]),
    Edge("unmatched_visit", "on the last day", False, NOON, lambda: [contract(ends_on="2026-06-15"), visit()]),
    Edge("unmatched_visit", "the day after", True, NOON, lambda: [contract(ends_on="2026-06-14"), visit()]),
    Edge("unmatched_visit", "before it begins", True, NOON, lambda: [contract(starts_on="2026-06-16"), visit()]),
    Edge("unmatched_visit", "suspended from that day", True, NOON, lambda: [
        contract(), visit(),
        council("contract.suspended", "C1", SAID, from_on="2026-06-15", reason="holiday")]),
    Edge("unmatched_visit", "resumed on that day", False, NOON, lambda: [
        contract(), visit(),
        council("contract.suspended", "C1", SAID, from_on="2026-06-10", reason="holiday"),
        council("contract.resumed", "C1", SAID, on="2026-06-15")]),
    Edge("unmatched_visit", "not known, but cancelled", False, NOON, lambda: [
        visit(), said("cancelled", at(-60), by="person", reason="declined")]),
    Edge("unmatched_visit", "not due yet", False, at(-1), lambda: [visit()]),
    Edge("unmatched_visit", "due now", True, at(0), lambda: [visit()]),
    Edge("unplanned_visit", "a frustration without a plan", True, NOON,
         lambda: [said("frustrated", at(5), carer="K1", outcome="refused")]),
    Edge("unplanned_visit", "a cancellation alone is nothing", False, NOON,
         lambda: [said("cancelled", at(-60), by="person", reason="declined")]),
    Edge("unplanned_visit", "planned", False, NOON, lambda: [visit(), *stay(at(0), at(30))]),
)  # fmt: skip
