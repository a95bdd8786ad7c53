"""More edges of the rule about claims: what is payable, and under which line."""

from __future__ import annotations

from typing import Any

from tests.edges.contracts import NOON, cancelled, claimed, given, other
from tests.edges.telling import (
    Edge,
    at,
    claim,
    contract,
    council,
    invoice,
    life,
    line,
    numbered,
    policy,
    said,
    stay,
    tap,
    visit,
)  # fmt: skip
from tests.feeds import Event, event

OPEN = at(59)
TOLERATED = {"payment": "tolerance", "tolerance_minutes": 5}
ALL = claim(visit=None)
"""A line for all visits of the period that no line names."""


def early(*lines: dict[str, Any]) -> Event:
    """An invoice of ten past eight."""
    return invoice("I1", at(10), list(lines))


def of_birch(ref: str, time: str, **more: Any) -> Event:
    """Another provider's invoice."""
    return event("invoice.submitted", ref, "/providers/birch", time, period_start_on="2026-06-15",
                 period_end_on="2026-06-15", lines=[claim(**more)])  # fmt: skip


EDGES: tuple[Edge, ...] = (
    Edge("invoice_over_claim", "another provider's visit of the same name is claimed by itself", True, NOON, lambda: [
        contract(), contract("C2", provider="birch"), visit(), *stay(at(0), at(30)),
        visit(provider="birch", contract="C2"), *stay(at(0), at(30), provider="birch"),
        invoice("I1", at(190), [claim(), claim(pence=0, name="2")]),
        event("invoice.submitted", "I9", "/providers/birch", at(200), period_start_on="2026-06-15",
              period_end_on="2026-06-15", lines=[claim(contract="C2"), claim(contract="C2", name="2")])],
        {"key": "invoice_over_claim:/providers/birch/I9/2"}),
    Edge("invoice_over_claim", "open, but of another contract", True, OPEN, lambda: [
        contract(), contract("C2"), visit(), early(claim(contract="C2"))]),
    Edge("invoice_over_claim", "open, and claimed before", True, OPEN, lambda: [
        contract(), visit(), early(claim(), claim(name="2"))], {"key": "invoice_over_claim:/providers/ash/I1/2"}),
    Edge("invoice_over_claim", "open, but not matched", True, OPEN, lambda: [
        contract(person="P2"), visit(), early(claim())]),
    Edge("invoice_over_claim", "without a plan", True, NOON, lambda: [contract(), *stay(at(0), at(30)), claimed()],
         {"minutes": 30, "pence": 1200}),
    Edge("invoice_over_claim", "of a contract that is not known", True, NOON, lambda: [
        visit(), *stay(at(0), at(30)), claimed()], {"minutes": 30, "pence": 1200}),
    Edge("invoice_over_claim", "ten minutes less, where five are tolerated", True, NOON,
         lambda: given(20, claimed(), **TOLERATED), {"minutes": 10, "pence": 400}),
    Edge("invoice_over_claim", "within what is tolerated all that was due is paid", True, NOON,
         lambda: given(25, claimed(1301), **TOLERATED), {"minutes": 0}),
    Edge("invoice_over_claim", "nothing is tolerated where nothing is said of it", True, NOON,
         lambda: given(25, claimed(), payment="tolerance"), {"minutes": 5}),
    Edge("invoice_over_claim", "nothing is tolerated, and nothing is missing", False, NOON,
         lambda: given(30, claimed(), payment="tolerance")),
    Edge("invoice_over_claim", "called off by the council", True, NOON, lambda: [
        contract(), visit(), cancelled(1, "council"), claimed()]),
    Edge("invoice_over_claim", "the visits before the period are not in it", True, NOON, lambda: [
        contract(), visit("V8", "2026-06-09"), *stay("2026-06-09T07:00:00Z", "2026-06-09T07:30:00Z", "V8"),
        invoice("I1", at(200), [ALL])], {"minutes": 30}),
    Edge("invoice_over_claim", "the visits after the period are not in it", True, NOON, lambda: given(
        30, invoice("I1", at(200), [ALL], period_start_on="2026-06-01", period_end_on="2026-06-14"))),
    Edge("invoice_over_claim", "since the period began", True, NOON, lambda: given(
        30, invoice("I1", at(200), [claim(1400)], period_end_on="2026-06-30")),
        {"since": "2026-06-15", "severity": "high", "person": "P1"}),
    Edge("invoice_over_claim", "rounded once a line, not once a visit", True, NOON, lambda: [
        contract(rate_pence_per_hour=2401, lines=[]), policy(invoice_tolerance_pence=0), visit(), *stay(at(0), at(30)),
        visit("V2", start="09:00", end="09:30"), *stay(at(120), at(150), "V2"),
        invoice("I1", at(200), [claim(2402, visit=None, minutes=60)])], {"pence": 1, "minutes": 0}),
    Edge("invoice_over_claim", "half a penny is a penny owed", False, NOON, lambda: [
        policy(invoice_tolerance_pence=0), *given(30, claimed(1201), rate_pence_per_hour=2401)]),
    Edge("invoice_over_claim", "another provider's visit of that name was claimed", False, NOON, lambda: given(
        30, invoice("I1", at(200), [ALL]), of_birch("I9", at(190), pence=0))),
    Edge("invoice_over_claim", "another provider claimed its visit of that name first", False, NOON, lambda: given(
        30, of_birch("I9", at(190), pence=0), claimed())),
    Edge("invoice_over_claim", "the visits of another contract are not in it", True, NOON, lambda: given(
        30, contract("C2"), invoice("I1", at(200), [claim(visit=None, contract="C2")])), {"contract": "C2"}),
    Edge("invoice_over_claim", "not known when it ended: in a sum it counts as due", False, NOON, lambda: [
        contract(payment="actual"), visit(), tap("in", at(0)), invoice("I1", at(200), [ALL])]),
    Edge("invoice_over_claim", "used up by a line of whichever contract", True, NOON, lambda: given(
        30, other(), invoice("I1", at(100), [claim(0, contract="C2")]), invoice("I2", at(200), [claim()])),
        {"key": "invoice_over_claim:/providers/ash/I2/1"}),
    Edge("invoice_over_claim", "on two invoices of one instant: the name that sorts first", True, NOON, lambda: given(
        30, invoice("I2", at(200), [claim()]), invoice("I1", at(200), [claim()])),
        {"key": "invoice_over_claim:/providers/ash/I2/1"}),
    Edge("invoice_over_claim", "twice on one invoice: the first place", True, NOON, lambda: given(
        30, invoice("I1", at(200), [claim(name="2"), claim(name="1")])),
        {"key": "invoice_over_claim:/providers/ash/I1/1"}),
    Edge("invoice_over_claim", "an invoice that was said again stands as it was said last", False, NOON, lambda: given(
        30, claimed(9000), *numbered(1, claimed()))),
    Edge("invoice_over_claim", "on the day of death it is matched", False, NOON, lambda: given(
        30, claimed(), life("died", "2026-06-15"))),
    Edge("invoice_over_claim", "tolerance of the due date", True, NOON, lambda: given(
        25, claimed(), council("contract.varied", "C1", "2026-06-01T09:00:00Z", effective_on="2026-06-15", reason="r",
                               payment="actual")), {"minutes": 5}),
    Edge("invoice_over_claim", "a pair, of which one came", True, NOON, lambda: [
        contract(payment="actual", lines=[line(carers=2)]), visit(), *stay(at(0), at(30)),
        invoice("I1", at(200), [claim(2400, minutes=60)])], {"minutes": 30, "pence": 1200}),
    Edge("invoice_over_claim", "declared missed, though it is not over", True, OPEN, lambda: [
        contract(), visit(), said("missed", at(5)), early(claim())]),
)  # fmt: skip
