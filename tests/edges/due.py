"""The edges of how a visit is read: its state, whose it is, and which threshold applies."""

from __future__ import annotations

from tests.edges.claims import ALL
from tests.edges.contracts import claimed
from tests.edges.packages import notice, resumed, suspended, varied
from tests.edges.patterns import LATER
from tests.edges.record import IN_TIME, frustrated
from tests.edges.telling import (
    Edge,
    alive,
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
from tests.edges.visits import CRITICAL, DOUBLE, HEARD, NOON, rescheduled
from tests.feeds import Event

REGISTERED = council(
    "provider.registered", "ash", "2026-06-01T09:00:00Z", name="Ash", upload_hours=48
)
CAME_LATE = {"provider": "ash", "by": "family", "what": "came_late"}
ACTUAL = contract(payment="actual")


def own(**terms: float) -> Event:
    """The contract sets thresholds for itself."""
    return contract(terms=terms)


def reported(minutes: float = 90, **more: object) -> Event:
    """The family says that the carer came late."""
    return council("visit.reported", "V1", at(minutes), **(CAME_LATE | more))


EDGES: tuple[Edge, ...] = (
    # what became of it
    Edge("no_reply", "though it was called off in time", True, NOON, lambda: [
        contract(), visit(), IN_TIME, frustrated("no_reply")]),
    Edge("missed_call", "an hour after its line, whatever the provider's plan", True, at(60), lambda: [
        contract(), visit(), *rescheduled("provider", 60)]),
    Edge("missed_call", "somebody has at least gone", False, NOON, lambda: [contract(), visit(), tap("out", at(20))]),
    Edge("provider_cancelled", "after it was due, though before the provider's plan", False, NOON, lambda: [
        contract(), visit(), *rescheduled("provider", 60), said("cancelled", at(30), by="provider", reason="no_staff")]),
    Edge("no_reply", "without a plan it is not judged", False, NOON, lambda: [frustrated("no_reply")]),
    Edge("missed_call", "in hospital on that day, and back by now", False, "2026-06-18T12:00:00Z", lambda: [
        contract(), visit(), HEARD, life("hospital_admission", "2026-06-15"), life("hospital_discharge", "2026-06-16")]),
    Edge("missed_call", "in hospital now, and not on that day", True, "2026-06-18T12:00:00Z", lambda: [
        contract(), visit(), HEARD, life("hospital_admission", "2026-06-17")]),
    # whose it is: the first ground that holds is named
    Edge("unmatched_visit", "died, and the contract is not known: the death", True, NOON,
         lambda: [visit(), life("died", "2026-06-14")], {"reason": "after_death: the person had died before the day."}),
    Edge("unmatched_visit", "of another provider and person: the provider", True, NOON,
         lambda: [contract(provider="birch", person="P2"), visit()],
         {"reason": "other_provider: the contract is another provider's."}),
    Edge("unmatched_visit", "for another person, and ended: the person", True, NOON,
         lambda: [contract(person="P2", ends_on="2026-06-14"), visit()],
         {"reason": "other_person: the contract is for another person."}),
    Edge("unmatched_visit", "ended in a rest: the end", True, NOON,
         lambda: [contract(ends_on="2026-06-14"), suspended("2026-06-02"), visit()],
         {"reason": "out_of_contract: the contract was not in force on the day."}),
    Edge("unmatched_visit", "resting", True, NOON, lambda: [contract(), suspended("2026-06-02"), visit()],
         {"reason": "suspended: the contract was suspended on the day."}),
    Edge("unmatched_visit", "resumed later", True, NOON,
         lambda: [contract(), suspended("2026-06-02"), resumed("2026-06-16"), visit()]),
    Edge("unmatched_visit", "the contract is for nobody, and no block", True, NOON,
         lambda: [contract(person=None), visit()]),
    Edge("unmatched_visit", "due on its last day, and planned for the next", False, LATER,
         lambda: [contract(ends_on="2026-06-15"), visit(), *rescheduled("provider", 1440)]),
    Edge("unmatched_visit", "on the day of the notice", False, NOON, lambda: [contract(), notice("2026-06-15"), visit()]),
    # what the contract says of thresholds comes before the policy
    Edge("late_call", "as much as the contract allows", False, NOON,
         lambda: [own(late_after=45), visit(), *stay(at(45), at(75))]),
    Edge("late_call", "as much as the contract allows where time is critical", False, NOON, lambda: [
        contract(terms={"critical_late_after": 20}, lines=[line(time_critical=True)]), visit(), *stay(at(20), at(50))]),
    Edge("late_call", "the contract's other threshold is not for critical calls", True, NOON, lambda: [
        contract(terms={"late_after": 45}, lines=[line(time_critical=True)]), visit(), *stay(at(20), at(50))]),
    Edge("early_call", "as much as the line allows", False, NOON,
         lambda: [contract(lines=[line(early_before=60)]), visit(), *stay(at(-60), at(-30))]),
    Edge("early_call", "as much as the contract allows", False, NOON,
         lambda: [own(early_before=60), visit(), *stay(at(-60), at(-30))]),
    Edge("early_call", "the line comes before the contract", False, NOON, lambda: [
        contract(terms={"early_before": 10}, lines=[line(early_before=60)]), visit(), *stay(at(-60), at(-30))]),
    Edge("missed_call", "evidence hours of the contract", True, at(30 + 24 * 60),
         lambda: [own(evidence_hours=24), visit(), HEARD], {"stage": "confirmed"}),
    Edge("missed_call", "evidence hours of the contract before those of the provider", True, at(30 + 24 * 60),
         lambda: [own(evidence_hours=24), REGISTERED, visit(), HEARD], {"stage": "confirmed"}),
    Edge("missed_call", "heard before the contract's own hour and a half", True, NOON,
         lambda: [own(missed_after=90), visit(), alive(at(70))], {"stage": "cannot_assess"}),
    Edge("short_call", "as short as the contract allows", False, NOON,
         lambda: [own(short_share=0.5), visit(), *stay(at(0), at(15))]),
    Edge("incomplete_double_up", "as short as the contract allows", False, NOON, lambda: [
        contract(terms={"double_up_share": 0.5}, lines=[line(carers=2)]), visit(), *stay(at(0), at(30)),
        *stay(at(0), at(15), carer="K2")]),
    Edge("provider_cancelled", "as short a notice as the contract says", True, NOON, lambda: [
        own(short_notice_hours=48), visit(), said("cancelled", at(-47 * 60), by="provider", reason="no_staff")],
        {"severity": "high"}),
    Edge("open_visit", "as soon as the contract says", True, at(90), lambda: [
        own(open_after=60), visit(), tap("in", at(0))]),
    Edge("moved_from_window", "as far as the contract allows", False, NOON, lambda: [
        own(moved_minutes=90), visit(), *rescheduled("provider", 90)]),
    Edge("implausible_times", "longer than the contract says", True, NOON, lambda: [
        own(longest_hours=1), visit(), *stay(at(0), at(61))]),
    Edge("implausible_times", "as far ahead as the contract allows", False, NOON, lambda: [
        own(ahead_minutes=30), visit(), tap("in", at(30))], received=at(0)),
    Edge("backdated_entry", "later than the contract says", True, NOON, lambda: [
        own(backdated_hours=1), visit(), tap("in", at(0), recorded=at(61))]),
    Edge("implausible_times", "without a plan: longer than the policy of today says", True, LATER,
         lambda: [*stay(at(0), at(961))]),
    Edge("implausible_times", "without a plan: further ahead than the policy of today says", True, NOON,
         lambda: [tap("in", at(11))], received=at(0)),
    Edge("backdated_entry", "without a plan: later than the policy of today says", True, LATER,
         lambda: [tap("in", at(0), recorded=at(1441))]),
    Edge("late_call", "by the policy of the due date, not of today", True, LATER, lambda: [
        contract(), visit(), *stay(at(40), at(70)), policy(effective_on="2026-06-16", late_after=60)]),
    Edge("late_call", "by the contract's terms on the due date, not today", True, LATER, lambda: [
        contract(), visit(), *stay(at(40), at(70)), varied("2026-06-16", terms={"late_after": 60})]),
    # what is due, and what was given
    Edge("invoice_over_claim", "of two carers, where one was due, one is paid", True, NOON, lambda: [
        ACTUAL, visit(), *stay(at(0), at(30)), *stay(at(0), at(30), carer="K2"),
        invoice("I1", at(200), [claim(2400, minutes=60)])], {"minutes": 30}),
    Edge("invoice_over_claim", "the carer who stayed longer is paid", False, NOON, lambda: [
        ACTUAL, visit(), *stay(at(0), at(10)), *stay(at(0), at(30), carer="K2"), claimed()]),
    Edge("invoice_over_claim", "no longer than was due", True, NOON, lambda: [
        ACTUAL, visit(), *stay(at(0), at(60)), invoice("I1", at(200), [claim(2400, minutes=60)])], {"minutes": 30}),
    Edge("invoice_over_claim", "a carer's two stays are added up", False, NOON, lambda: [
        ACTUAL, visit(), *stay(at(0), at(15)), *stay(at(16), at(30)), claimed()]),
    Edge("invoice_over_claim", "of a pair both are paid where nobody opened", False, NOON, lambda: [
        DOUBLE, visit(), frustrated("refused"), invoice("I1", at(200), [claim(2400, minutes=60)])]),
    Edge("invoice_over_claim", "of a pair both are due in a sum", False, NOON, lambda: [
        DOUBLE, visit(), frustrated("refused"), invoice("I1", at(200), [ALL | {"pence": 2400, "minutes": 60}])]),
    Edge("incomplete_double_up", "two by the plan, where there is no line", True, NOON,
         lambda: [contract(lines=[]), visit(carers=2), *stay(at(0), at(30))]),
    Edge("incomplete_double_up", "one by the line, whatever the plan", False, NOON,
         lambda: [contract(), visit(carers=2), *stay(at(0), at(30))]),
    Edge("missed_call", "as long as the line says, whatever the plan", True, NOON,
         lambda: [contract(lines=[line(minutes=45)]), visit(), HEARD], {"minutes": 45, "pence": 1800}),
    Edge("missed_call", "no less than nothing is due", True, NOON,
         lambda: [contract(lines=[]), visit(end="06:30"), HEARD], {"minutes": 0}),
    Edge("missed_call", "whole minutes of the plan", True, NOON, lambda: [
        contract(lines=[]), visit(), HEARD, said("rescheduled", at(-60), planned_start=at(0), planned_end=at(29, 59),
                                                 asked_by="person")], {"minutes": 29}),
    Edge("open_visit", "four hours after it was due to end, whatever the provider's plan", True, at(270), lambda: [
        contract(), visit(), *rescheduled("provider", 60), tap("in", at(0))]),
    # who says that nobody came, and who says harm
    Edge("contradictory_record", "said to have come late: they came", False, NOON, lambda: [
        contract(), visit(), *stay(at(40), at(70)), reported()]),
    Edge("contradictory_record", "called off, and said to have come late: medium", True, NOON, lambda: [
        contract(), visit(), IN_TIME, *stay(at(40), at(70)), reported()], {"severity": "medium"}),
    Edge("missed_pattern", "harm at a closed door", True, NOON, lambda: [
        contract(), visit(), frustrated("refused", harm=True)]),
    Edge("missed_pattern", "harm by a report, of whatever", True, NOON, lambda: [contract(), visit(), reported(harm=True)]),
    Edge("missed_pattern", "harm by one report of two", True, NOON, lambda: [
        contract(), visit(), reported(harm=True), reported(95, harm=False)]),
    Edge("missed_pattern", "no harm by either report", False, NOON, lambda: [
        contract(), visit(), HEARD, reported(harm=False), reported(95)]),
    Edge("late_call", "critical, and 15 minutes", False, NOON, lambda: [CRITICAL, visit(), *stay(at(15), at(45))]),
)  # fmt: skip
