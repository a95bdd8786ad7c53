"""Edges of the rules about safeguarding concerns. V1 is due at eight on Monday 15 June 2026, London."""

from __future__ import annotations

from typing import Any

from domain.finding import episode_name
from tests.edges.telling import Edge, contract, council, visit
from tests.feeds import Event, event

FRIDAY, MONDAY = "2026-06-12T10:00:00Z", "2026-06-15T09:00:00Z"
CALL = "missed_call:/providers/ash/V1"


def raised(time: str = MONDAY, **more: Any) -> Event:
    """Somebody is worried about P1."""
    told = {
        "person": "P1", "risk_types": ["neglect"], "location": "own_home", "harm": False,
        "source_of_risk": "service_provider", "provider": "ash",
    } | more  # fmt: skip
    known = {name: value for name, value in told.items() if value is not None}
    return council("concern.raised", "K1", time, **known)


def triaged(time: str, decision: str = "section_42_enquiry") -> Event:
    """It is decided what becomes of it."""
    return council(
        "concern.triaged", "K1", time, decision=decision, has_care_needs=True, at_risk=True,
        cannot_protect_self=True, reason="r",
    )  # fmt: skip


def concluded(time: str) -> Event:
    """The enquiry has an outcome."""
    return council(
        "concern.enquiry_concluded", "K1", time, risk_assessment="a", lacked_capacity="no",
        risk_outcome="removed", wishes_asked=True, wishes_met="fully",
    )  # fmt: skip


def taken_back(what: Event, time: str) -> Event:
    """Its speaker says that it never said it."""
    return council("statement.retracted", "K1", time, retracts=what["id"], reason="r")


def missed(ref: str = "V1", provider: str = "ash") -> Event:
    """The provider says that nobody came."""
    return event("visit.missed", ref, f"/providers/{provider}", "2026-06-15T08:30:00Z")


def acted(time: str, what: str = "acknowledged", key: str = CALL, **more: Any) -> Event:
    """An officer did something about the finding."""
    return event(
        f"finding.{what}",
        episode_name(key, 1),
        "/council/counterfoil",
        time,
        by="O1",
        **more,
    )


ONE_MISSED = (contract(), visit(), missed())

EDGES: tuple[Edge, ...] = (
    Edge("triage_overdue", "two working days later, to the second", True, "2026-06-17T09:00:00Z",
         lambda: [raised()], {"since": "2026-06-17T09:00:00Z", "person": "P1", "provider": "ash"}),
    Edge("triage_overdue", "a second before", False, "2026-06-17T08:59:59Z", lambda: [raised()]),
    Edge("triage_overdue", "a weekend is no working day", False, "2026-06-15T10:00:00Z",
         lambda: [raised(FRIDAY)]),
    Edge("triage_overdue", "after the weekend", True, "2026-06-16T10:00:00Z",
         lambda: [raised(FRIDAY)], {"since": "2026-06-16T10:00:00Z"}),
    Edge("triage_overdue", "raised on a Saturday", True, "2026-06-16T10:00:00Z",
         lambda: [raised("2026-06-13T10:00:00Z")], {"since": "2026-06-16T10:00:00Z"}),
    Edge("triage_overdue", "a bank holiday is no working day", False, "2026-05-26T10:00:00Z",
         lambda: [raised("2026-05-22T10:00:00Z")]),
    Edge("triage_overdue", "after the bank holiday", True, "2026-05-27T10:00:00Z",
         lambda: [raised("2026-05-22T10:00:00Z")], {"since": "2026-05-27T10:00:00Z"}),
    Edge("triage_overdue", "at the same time by London's clocks", True, "2026-03-31T09:00:00Z",
         lambda: [raised("2026-03-27T10:00:00Z")], {"since": "2026-03-31T09:00:00Z"}),
    Edge("triage_overdue", "the day is London's", True, "2026-06-17T23:30:00Z",
         lambda: [raised("2026-06-15T23:30:00Z")], {"since": "2026-06-17T23:30:00Z"}),
    Edge("triage_overdue", "triaged in time", False, "2026-06-18T09:00:00Z",
         lambda: [raised(), triaged("2026-06-16T09:00:00Z")]),
    Edge("triage_overdue", "triaged late, but triaged", False, "2026-06-20T09:00:00Z",
         lambda: [raised(), triaged("2026-06-19T09:00:00Z", "no_further_action")]),
    Edge("triage_overdue", "the triage was taken back", True, "2026-06-18T09:00:00Z", lambda: [
        raised(), (decided := triaged("2026-06-16T09:00:00Z")),
        taken_back(decided, "2026-06-17T09:00:00Z")]),
    Edge("triage_overdue", "closing is not deciding", True, "2026-06-18T09:00:00Z",
         lambda: [raised(), council("concern.closed", "K1", "2026-06-16T09:00:00Z", reason="r")]),
    Edge("triage_overdue", "never raised", False, "2026-06-18T09:00:00Z",
         lambda: [council("concern.closed", "K1", "2026-06-01T09:00:00Z", reason="r")]),
    Edge("triage_overdue", "with another number of days in force", True, "2026-06-16T09:00:00Z",
         lambda: [raised(), council("policy.adopted", "policy", "2026-06-01T09:00:00Z",
                                    effective_on="2026-06-01", triage_working_days=1)],
         {"since": "2026-06-16T09:00:00Z"}),
    Edge("enquiry_overdue", "28 days later, to the second", True, "2026-07-14T09:00:00Z",
         lambda: [raised(), triaged("2026-06-16T09:00:00Z")],
         {"since": "2026-07-14T09:00:00Z", "person": "P1", "provider": "ash"}),
    Edge("enquiry_overdue", "a second before", False, "2026-07-14T08:59:59Z",
         lambda: [raised(), triaged("2026-06-16T09:00:00Z")]),
    Edge("enquiry_overdue", "days of 24 hours, though the clocks go back", True,
         "2026-11-12T09:00:00Z", lambda: [raised("2026-10-14T09:00:00Z"),
         triaged("2026-10-15T09:00:00Z")], {"since": "2026-11-12T09:00:00Z"}),
    Edge("enquiry_overdue", "another enquiry is one too", True, "2026-07-20T09:00:00Z",
         lambda: [raised(), triaged("2026-06-16T09:00:00Z", "other_enquiry")]),
    Edge("enquiry_overdue", "no enquiry was decided on", False, "2026-07-20T09:00:00Z",
         lambda: [raised(), triaged("2026-06-16T09:00:00Z", "quality_route")]),
    Edge("enquiry_overdue", "nothing was decided", False, "2026-07-20T09:00:00Z",
         lambda: [raised()]),
    Edge("enquiry_overdue", "concluded", False, "2026-07-20T09:00:00Z",
         lambda: [raised(), triaged("2026-06-16T09:00:00Z"), concluded("2026-07-19T09:00:00Z")]),
    Edge("enquiry_overdue", "with another number of days in force", True, "2026-06-23T09:00:00Z",
         lambda: [raised(), triaged("2026-06-16T09:00:00Z"),
                  council("policy.adopted", "policy", "2026-06-01T09:00:00Z",
                          effective_on="2026-06-01", enquiry_days=7)],
         {"since": "2026-06-23T09:00:00Z"}),
    Edge("unheeded_failures", "a call was missed before it", True, "2026-06-20T09:00:00Z",
         lambda: [*ONE_MISSED, raised()],
         {"since": "2026-06-15T07:00:00Z", "person": "P1", "provider": "ash"}),
    Edge("unheeded_failures", "28 days before, to the second", True, "2026-07-20T09:00:00Z",
         lambda: [*ONE_MISSED, raised("2026-07-13T07:00:00Z")]),
    Edge("unheeded_failures", "a second more", False, "2026-07-20T09:00:00Z",
         lambda: [*ONE_MISSED, raised("2026-07-13T07:00:01Z")]),
    Edge("unheeded_failures", "the call was due just then", False, "2026-06-20T09:00:00Z",
         lambda: [*ONE_MISSED, raised("2026-06-15T07:00:00Z")]),
    Edge("unheeded_failures", "no provider is named", False, "2026-06-20T09:00:00Z",
         lambda: [*ONE_MISSED, raised(provider=None)]),
    Edge("unheeded_failures", "another provider is named", False, "2026-06-20T09:00:00Z",
         lambda: [*ONE_MISSED, raised(provider="birch")]),
    Edge("unheeded_failures", "another person's call", False, "2026-06-20T09:00:00Z",
         lambda: [*ONE_MISSED, raised(person="P2")]),
    Edge("unheeded_failures", "nobody can tell whether it was missed", False, "2026-06-20T09:00:00Z",
         lambda: [contract(), visit(), raised()]),
    Edge("unheeded_failures", "somebody had acted", False, "2026-06-20T09:00:00Z",
         lambda: [*ONE_MISSED, raised(), acted("2026-06-15T08:59:59Z")]),
    Edge("unheeded_failures", "acted at the same moment", True, "2026-06-20T09:00:00Z",
         lambda: [*ONE_MISSED, raised(), acted(MONDAY)]),
    Edge("unheeded_failures", "acted afterwards", True, "2026-06-20T09:00:00Z",
         lambda: [*ONE_MISSED, raised(), acted("2026-06-15T10:00:00Z")]),
    Edge("unheeded_failures", "acted on another call", True, "2026-06-20T09:00:00Z", lambda: [
        *ONE_MISSED, raised(),
        acted("2026-06-15T08:45:00Z", key="missed_call:/providers/ash/V2")]),
    Edge("unheeded_failures", "since the first of two", True, "2026-06-20T09:00:00Z", lambda: [
        *ONE_MISSED, visit("V3", day="2026-06-14"), missed("V3"), raised()],
        {"since": "2026-06-14T07:00:00Z"}),
    Edge("unheeded_failures", "somebody had acted, and did again", False, "2026-06-20T09:00:00Z",
         lambda: [*ONE_MISSED, raised(), acted("2026-06-15T08:45:00Z"),
                  acted("2026-06-16T08:45:00Z", "upheld")]),
    Edge("unheeded_failures", "of two calls one was acted on", True, "2026-06-20T09:00:00Z", lambda: [
        *ONE_MISSED, visit("V2", start="07:15", end="07:45"), missed("V2"), raised(),
        acted("2026-06-15T08:45:00Z")], {"since": "2026-06-15T07:00:00Z"}),
    *(
        Edge("unheeded_failures", f"{what} is an act", False, "2026-06-20T09:00:00Z",
             lambda what=what, more=more: [
                 *ONE_MISSED, raised(), acted("2026-06-15T08:45:00Z", what, **more)])
        for what, more in (
            ("assigned", {"to": "O2"}), ("query_sent", {"due_on": "2026-06-20"}),
            ("provider_replied", {"reply": "r"}), ("upheld", {}), ("dismissed", {"reason": "r"}),
            ("concern_drafted", {"concern": "K1"}),
        )
    ),
)  # fmt: skip
