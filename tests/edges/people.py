"""More edges of the rules about people's needs, and about who comes to them."""

from __future__ import annotations

from tests.edges.contracts import NOON, SAID, other
from tests.edges.packages import foretold, varied
from tests.edges.telling import Edge, assessed, contract, council
from tests.feeds import Event

LONG_AGO = {"starts_on": "2025-01-01"}
FELL = (assessed("2026-04-01", 100), assessed("2026-05-17", 80))
"""The need of P1 fell by a fifth."""


def reviewed(on: str, **more: object) -> Event:
    """A person's care is looked at."""
    told = {"reviewed_on": on, "outcome": "no_change"} | more
    return council("person.reviewed", "P1", f"{on}T11:00:00Z", **told)


EDGES: tuple[Edge, ...] = (
    Edge("above_need", "an assessment to come does not count", True, NOON, lambda: [
        contract(), assessed("2026-05-25", 100),
        foretold("need_assessed", assessed_on="2026-06-16", eligible=True, weekly_minutes=300)],
        {"since": "2026-05-25", "minutes": 110}),
    Edge("above_need", "on the terms of today", False, NOON, lambda: [
        contract(), varied("2026-06-10", weekly_minutes=100), assessed("2026-05-25", 100)]),
    Edge("above_need", "not for what ended yesterday", False, NOON, lambda: [
        contract(ends_on="2026-06-14"), assessed("2026-05-25", 100)]),
    Edge("above_need", "not for what begins tomorrow", False, NOON, lambda: [
        contract(starts_on="2026-06-16"), assessed("2026-05-25", 100)]),
    Edge("above_need", "for what begins today", True, NOON, lambda: [
        contract(starts_on="2026-06-15"), assessed("2026-05-25", 100)]),
    Edge("above_need", "for what ends today", True, NOON, lambda: [
        contract(ends_on="2026-06-15"), assessed("2026-05-25", 100)]),
    Edge("review_overdue", "looked at on the day it began", True, NOON, lambda: [
        contract(**LONG_AGO), assessed("2025-01-01", 60)], {"since": "2026-01-01"}),
    Edge("review_overdue", "to be looked at tomorrow", True, NOON, lambda: [
        contract(starts_on="2026-04-19"),
        foretold("reviewed", reviewed_on="2026-06-16", outcome="no_change")], {"since": "2026-06-14"}),
    Edge("review_overdue", "assessed after the last review", False, NOON, lambda: [
        contract(**LONG_AGO), reviewed("2025-03-01"), assessed("2025-06-15", 60)]),
    Edge("review_overdue", "after the day that a review named", True, NOON, lambda: [
        contract(**LONG_AGO), reviewed("2026-01-05", next_due_on="2026-06-14")], {"since": "2026-06-14"}),
    Edge("review_overdue", "since the first of two began", True, NOON, lambda: [
        contract(starts_on="2026-04-19"), other()], {"since": "2026-06-14"}),
    Edge("review_overdue", "a block is nobody's", False, NOON, lambda: [
        contract(**LONG_AGO, person=None, kind="block")]),
    Edge("many_providers", "for nobody known", False, NOON, lambda: [
        contract(person=None), other(person=None), contract("C3", "cedar", person=None)]),
    Edge("many_providers", "whatever their service", True, NOON, lambda: [
        contract(), other(service="sitting"), contract("C3", "cedar", service="day_care")]),
    Edge("independence_stalled", "there was no need before either", False, NOON, lambda: [
        contract(), assessed("2026-04-01", 0), assessed("2026-05-17", 0)]),
    Edge("independence_stalled", "the need rose", False, NOON, lambda: [
        contract(), assessed("2026-04-01", 80), assessed("2026-05-17", 100)]),
    Edge("independence_stalled", "fell twice: since the second time", True, NOON, lambda: [
        contract(), assessed("2026-03-01", 125), *FELL], {"since": "2026-05-17"}),
    Edge("independence_stalled", "another person's has ended", True, NOON, lambda: [
        contract(), other(person="P2", ends_on="2026-06-01"), *FELL]),
    Edge("independence_stalled", "another has ended before", True, NOON, lambda: [
        contract(), other(starts_on="2026-01-01", ends_on="2026-05-16"), *FELL]),
    Edge("independence_stalled", "another ended on that day", False, NOON, lambda: [
        contract(), other(starts_on="2026-01-01", ends_on="2026-05-17"), *FELL]),
    Edge("independence_stalled", "another ends tomorrow", True, NOON, lambda: [
        contract(), other(ends_on="2026-06-16"), *FELL]),
    Edge("independence_stalled", "two were brought up, to different sizes", True, NOON, lambda: [
        contract(), other(weekly_minutes=100),
        varied("2026-06-02", weekly_minutes=300), varied("2026-06-09", "C2", SAID, weekly_minutes=150), *FELL]),
)  # fmt: skip
