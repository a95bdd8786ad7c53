"""More edges of the rules about one visit: of whom they are judged, and what they say."""

from __future__ import annotations

from tests.edges.telling import (
    Edge,
    alive,
    at,
    contract,
    life,
    line,
    policy,
    said,
    stay,
    tap,
    visit,
)
from tests.edges.visits import CRITICAL, DOUBLE, HEARD, LATE, NOON, REPORT, rescheduled
from tests.feeds import Event

NOT_THEIRS = contract(person="P2")
"""V1 is under it, and it is for somebody else: V1 is not judged."""
PAIR_OF_ANOTHER = contract(person="P2", lines=[line(carers=2)])
IN_TIME = said("cancelled", at(-60), by="person", reason="declined")
AFTER = said("cancelled", at(40), by="person", reason="declined")
NO_STAFF = said("cancelled", at(-60), by="provider", reason="no_staff")


def frustrated(outcome: str, minutes: float = 5, **more: object) -> Event:
    """Nobody let the carer in."""
    return said("frustrated", at(minutes), carer="K1", outcome=outcome, **more)


EDGES: tuple[Edge, ...] = (
    Edge("missed_call", "due at its line, in minutes of one carer", True, NOON,
         lambda: [DOUBLE, visit(), *rescheduled("provider", 60), HEARD],
         {"since": "2026-06-15T07:00:00Z", "minutes": 30, "pence": 1200}),
    Edge("late_call", "not of a visit that is not judged", False, NOON, lambda: [NOT_THEIRS, visit(), *LATE]),
    Edge("late_call", "the line's own threshold is what it names", True, NOON, lambda: [
        contract(lines=[line(time_critical=True, late_after=20)]), visit(), *stay(at(21), at(50))],
        {"policy": {"late_after": 20}}),
    Edge("late_call", "time-critical: that threshold is what it names", True, NOON, lambda: [
        CRITICAL, visit(), *stay(at(16), at(46))], {"policy": {"critical_late_after": 15}, "pence": 640}),
    Edge("early_call", "not of a visit that is not judged", False, NOON,
         lambda: [NOT_THEIRS, visit(), *stay(at(-31), at(0))]),
    Edge("early_call", "held against the line, not the provider's plan", False, NOON,
         lambda: [contract(), visit(), *rescheduled("provider", 60), *stay(at(-30), at(0))]),
    Edge("early_call", "so many minutes before the line", True, NOON,
         lambda: [contract(), visit(), *rescheduled("provider", 60), *stay(at(-31), at(0))],
         {"minutes": 31, "pence": 1240, "since": "2026-06-15T06:29:00Z"}),
    Edge("short_call", "not of a visit that is not judged", False, NOON,
         lambda: [NOT_THEIRS, visit(), *stay(at(0), at(10))]),
    Edge("short_call", "nobody came: that is no short call", False, NOON, lambda: [contract(), visit(), HEARD]),
    Edge("short_call", "from when somebody came", True, NOON, lambda: [contract(), visit(), *stay(at(1), at(20))],
         {"since": "2026-06-15T07:01:00Z", "minutes": 11, "pence": 440}),
    Edge("short_call", "two carers one after the other are enough", False, NOON, lambda: [
        DOUBLE, visit(), *stay(at(0), at(15)), *stay(at(15), at(30), carer="K2")]),
    Edge("incomplete_double_up", "not of a visit that is not judged", False, NOON,
         lambda: [PAIR_OF_ANOTHER, visit(), *stay(at(0), at(30))]),
    Edge("incomplete_double_up", "one carer is no pair, however short", False, NOON,
         lambda: [contract(), visit(), policy(double_up_share=0.9), *stay(at(0), at(25))]),
    Edge("incomplete_double_up", "nobody came: that is no half of a pair", False, NOON, lambda: [DOUBLE, visit(), HEARD]),
    Edge("incomplete_double_up", "from when the first came", True, NOON, lambda: [
        DOUBLE, visit(), *stay(at(1), at(30)), *stay(at(10), at(30), carer="K2")],
        {"since": "2026-06-15T07:01:00Z", "minutes": 10, "pence": 400, "severity": "high"}),
    Edge("incomplete_double_up", "two of three were there", True, NOON, lambda: [
        contract(lines=[line(carers=3)]), visit(), *stay(at(0), at(30)), *stay(at(0), at(30), carer="K2")],
        {"minutes": 30}),
    Edge("provider_cancelled", "not of a visit that is not judged", False, NOON,
         lambda: [NOT_THEIRS, visit(), NO_STAFF]),
    Edge("provider_cancelled", "by the council", False, NOON, lambda: [
        contract(), visit(), said("cancelled", at(-60), by="council", reason="other")]),
    Edge("provider_cancelled", "in minutes of one carer", True, NOON, lambda: [DOUBLE, visit(), NO_STAFF],
         {"minutes": 30, "pence": 1200, "since": "2026-06-15T06:00:00Z"}),
    Edge("no_reply", "not of a visit that is not judged", False, NOON,
         lambda: [NOT_THEIRS, visit(), frustrated("no_reply")]),
    Edge("no_reply", "known to be safe", False, NOON, lambda: [contract(), visit(), frustrated("known_safe")]),
    Edge("no_reply", "said that nobody made sure", True, NOON,
         lambda: [contract(), visit(), frustrated("no_reply", welfare_check=False)],
         {"severity": "critical", "since": "2026-06-15T07:05:00Z"}),
    Edge("open_visit", "from the first tap that stands alone", True, NOON,
         lambda: [contract(), visit(), *stay(at(0), at(10)), tap("in", at(12)), tap("in", at(5), carer="K2"),
                  tap("in", at(20), carer="K3")],
         {"since": "2026-06-15T07:05:00Z"}),
    Edge("open_visit", "gone, and never come", True, NOON,
         lambda: [contract(), visit(), tap("in", at(9), carer="K2"), tap("out", at(8))],
         {"since": "2026-06-15T07:08:00Z"}),
    Edge("changed_after_due", "called off after it was due, before the provider's plan", True, NOON, lambda: [
        contract(), visit(), *rescheduled("provider", 60), said("cancelled", at(30), by="provider", reason="no_staff")],
        {"since": "2026-06-15T07:30:00Z"}),
    Edge("changed_after_due", "called off in time, and moved too late", True, NOON,
         lambda: [contract(), visit(), IN_TIME, *rescheduled("provider", 60, at(5))], {"since": "2026-06-15T07:05:00Z"}),
    Edge("changed_after_due", "called off too late, and moved later still", True, NOON, lambda: [
        contract(), visit(), said("cancelled", at(5), by="person", reason="declined"),
        *rescheduled("provider", 60, at(10))], {"since": "2026-06-15T07:05:00Z"}),
    Edge("contradictory_record", "without a plan it is no contradiction", False, NOON,
         lambda: [contract(), IN_TIME, *stay(at(0), at(30))]),
    Edge("contradictory_record", "called off when it was over", True, NOON,
         lambda: [contract(), visit(), *stay(at(0), at(30)), AFTER]),
    Edge("contradictory_record", "declared missed: medium", True, NOON,
         lambda: [contract(), visit(), *stay(at(0), at(30)), said("missed", at(80))], {"severity": "medium"}),
    Edge("contradictory_record", "from the first tap, whichever it is", True, NOON,
         lambda: [contract(), visit(), IN_TIME, tap("out", at(-5)), *stay(at(0), at(30))],
         {"since": "2026-06-15T06:55:00Z"}),
    Edge("moved_from_window", "planned so from the beginning", True, NOON,
         lambda: [contract(), visit(start="08:30", end="09:00")], {"minutes": 90, "pence": 3600}),
    Edge("moved_from_window", "the council asked", False, NOON,
         lambda: [contract(), visit(), *rescheduled("council", 90)]),
    Edge("unmatched_visit", "called off too late counts as not called off", True, NOON,
         lambda: [visit(), said("cancelled", at(5), by="person", reason="declined")],
         {"reason": "contract_unknown: the contract is not known."}),
    Edge("unmatched_visit", "due at its line, though planned for later", True, at(30),
         lambda: [PAIR_OF_ANOTHER, visit(), *rescheduled("provider", 60)],
         {"since": "2026-06-15T07:00:00Z", "minutes": 30, "pence": 1200,
          "reason": "other_person: the contract is for another person."}),
    Edge("unplanned_visit", "a tap is enough", True, NOON, lambda: [tap("in", at(0))]),
    Edge("unplanned_visit", "a declared miss is enough", True, NOON, lambda: [said("missed", at(30))]),
    Edge("unplanned_visit", "a report alone is nothing", False, NOON, lambda: [REPORT]),
    Edge("unplanned_visit", "from the first of them", True, NOON, lambda: [frustrated("refused"), tap("in", at(20))],
         {"since": "2026-06-15T07:05:00Z"}),
    Edge("unplanned_visit", "from the first tap", True, NOON, lambda: [tap("in", at(20)), said("missed", at(30))],
         {"since": "2026-06-15T07:20:00Z"}),
    Edge("unrostered_call", "not where the whole contract is idle", False, NOON, lambda: [
        contract(starts_on="2026-05-18"), alive(at(-1440)), alive(at(60))]),
    Edge("unrostered_call", "on the day of a death, which is not idleness", True, NOON, lambda: [
        contract(starts_on="2026-06-15"), alive(at(60)), life("died", "2026-06-15")]),
    Edge("unrostered_call", "a block", False, NOON, lambda: [
        contract(starts_on="2026-06-15", kind="block"), alive(at(60))]),
    Edge("unrostered_call", "a fund", False, NOON, lambda: [
        contract(starts_on="2026-06-15", kind="individual_service_fund"), alive(at(60))]),
    Edge("unrostered_call", "in minutes of one carer", True, NOON, lambda: [
        contract(starts_on="2026-06-15", lines=[line(carers=2)]), alive(at(60))], {"minutes": 30, "pence": 1200}),
)  # fmt: skip
