"""The edges of how comings and goings are read: who was there, and for how long."""

from __future__ import annotations

from tests.edges.record import IN_TIME
from tests.edges.telling import (
    Edge,
    at,
    contract,
    numbered,
    retracted,
    said,
    stay,
    tap,
    visit,
)
from tests.edges.visits import DOUBLE, NOON

DONE = {"planned": 3, "done": 3}
CUT = {"planned": 3, "done": 2}
EARLY = tap("in", at(-40))

EDGES: tuple[Edge, ...] = (
    Edge("short_call", "of two goings the last counts", False, NOON, lambda: [
        contract(), visit(), tap("in", at(0)), tap("out", at(20)), tap("out", at(30))]),
    Edge("short_call", "of two comings the first counts", False, NOON, lambda: [
        contract(), visit(), tap("in", at(0)), tap("in", at(10)), tap("out", at(30))]),
    Edge("short_call", "come and gone in one instant", True, NOON, lambda: [
        contract(), visit(), *stay(at(0), at(0))], {"minutes": 30}),
    Edge("short_call", "gone and come back in one instant", False, NOON, lambda: [
        contract(), visit(), *stay(at(0), at(15)), *stay(at(15), at(30))]),
    Edge("short_call", "come twice, for too short", True, NOON, lambda: [
        contract(), visit(), *stay(at(0), at(10)), *stay(at(15), at(25))], {"minutes": 10}),
    Edge("early_call", "a coming that was put right", False, NOON, lambda: [
        contract(), visit(), EARLY, *numbered(1, tap("in", at(0)))]),
    Edge("early_call", "a coming that was taken back", False, NOON, lambda: [
        contract(), visit(), EARLY, retracted(EARLY, at(5)), *stay(at(0), at(30))]),
    Edge("late_call", "each carer has versions of their own", False, NOON, lambda: [
        contract(), visit(), tap("in", at(0)), *numbered(1, tap("in", at(40), carer="K2"))]),
    Edge("late_call", "somebody had gone before, and nobody come", True, NOON, lambda: [
        contract(), visit(), tap("out", at(-5)), tap("in", at(40), carer="K2")], {"minutes": 40}),
    Edge("short_call", "a going that was put right", True, NOON, lambda: [
        contract(), visit(), *stay(at(0), at(30)), *numbered(1, tap("out", at(10)))], {"minutes": 20}),
    Edge("short_call", "a going that was taken back", True, NOON, lambda: [
        contract(), visit(), *stay(at(0), at(10)), tap("out", at(30)), retracted(tap("out", at(30)), at(31))]),
    Edge("open_visit", "goings have versions of their own, carer by carer", False, NOON, lambda: [
        DOUBLE, visit(), *stay(at(0), at(30)), tap("in", at(0), carer="K2"),
        *numbered(1, tap("out", at(30), carer="K2"))]),
    Edge("open_visit", "gone at first, and come again at last: since the first", True, NOON, lambda: [
        contract(), visit(), tap("out", at(8)), tap("in", at(20))], {"since": "2026-06-15T07:08:00Z"}),
    Edge("open_visit", "come, and never gone", True, NOON, lambda: [
        contract(), visit(), tap("in", at(5)), *stay(at(0), at(3), carer="K2")], {"since": "2026-06-15T07:05:00Z"}),
    Edge("short_call", "one carer has done all, another not: medium", True, NOON, lambda: [
        contract(), visit(), tap("in", at(0)), tap("out", at(10), tasks=DONE), tap("in", at(0), carer="K2"),
        tap("out", at(10), carer="K2", tasks=CUT)], {"severity": "medium"}),
    Edge("short_call", "one carer has done all, another says nothing of it: low", True, NOON, lambda: [
        contract(), visit(), tap("in", at(0)), tap("out", at(10), tasks=DONE), *stay(at(0), at(10), carer="K2")],
        {"severity": "low"}),
    Edge("contradictory_record", "since the first tap of two", True, NOON, lambda: [
        contract(), visit(), IN_TIME, *stay(at(3), at(30))], {"since": "2026-06-15T07:03:00Z"}),
    Edge("overlapping_carer", "the later by that carer's coming, not by a colleague's", True, NOON, lambda: [
        visit(), visit("V2", contract="C2", person="P2"), *stay(at(-30), at(30), carer="K2"), *stay(at(10), at(30)),
        *stay(at(0), at(20), "V2")], {"visit": "V1", "minutes": 10}),
    Edge("overlapping_carer", "the later by that carer's first coming", True, NOON, lambda: [
        visit(), visit("V2", contract="C2", person="P2"), *stay(at(0), at(10)), *stay(at(20), at(40)),
        *stay(at(15), at(30), "V2")], {"visit": "V2", "minutes": 10}),
    Edge("incomplete_double_up", "one after the other is not together", True, NOON, lambda: [
        DOUBLE, visit(), *stay(at(0), at(20)), *stay(at(10), at(30), carer="K2")], {"minutes": 20}),
    Edge("incomplete_double_up", "a third carer takes the place of the second", False, NOON, lambda: [
        DOUBLE, visit(), *stay(at(0), at(30)), *stay(at(0), at(15), carer="K2"), *stay(at(15), at(30), carer="K3")]),
    Edge("late_call", "frustrated first, and come at last", True, NOON, lambda: [
        contract(), visit(), said("frustrated", at(5), carer="K1", outcome="refused"), *stay(at(40), at(70))]),
)  # fmt: skip
