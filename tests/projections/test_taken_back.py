"""What the council takes back counts no more in what a long-lived process keeps either."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from projections.present import Present
from tests.edges.concerns import raised
from tests.edges.telling import (
    alive,
    assessed,
    at,
    contract,
    council,
    life,
    policy,
    retracted,
    stay,
    visit,
)
from tests.feeds import Event
from tests.projections.comparing import by_key, differences
from tests.projections.logs import on_sqlite
from tests.projections.test_keeping import NOON, segments_of
from tests.projections.test_laws import LIMITS, receive
from tests.projections.test_present import anew

BACK = "2026-06-16T11:00:00Z"


def of(number: int) -> list[Event]:
    """A person's package of their own, with one visit on the Monday."""
    names = {"person": f"P{number}"}
    return [
        contract(f"C{number}", **names),
        visit(f"V{number}", contract=f"C{number}", **names),
    ]


def of_contract(kind: str, number: int, **data: Any) -> Event:
    """Something said of a package before the Monday."""
    return council(f"contract.{kind}", f"C{number}", "2026-06-10T09:00:00Z", **data)


SAID = {
    "end_approaching:C1": of_contract("notice_given", 1, by="council", ends_on="2026-06-20"),
    "unmatched_visit:/providers/ash/V2": of_contract("ended", 2, ended_on="2026-06-12", reason="r"),
    "unmatched_visit:/providers/ash/V3": of_contract("suspended", 3, from_on="2026-06-11", reason="r"),
    "late_call:/providers/ash/V4": of_contract(
        "varied", 4, effective_on="2026-06-11", reason="r", terms={"late_after": 20}),
    "no_longer_needed:C5": life("died", "2026-06-12", "P5"),
    "above_need:P1": assessed("2026-05-20", 100),
    "missed_call:/providers/ash/V7": council(
        "provider.registered", "ash", "2026-06-10T09:00:00Z", name="Ash", upload_hours=1),
    "triage_overdue:K1": raised("2026-06-10T09:00:00Z"),
}  # fmt: skip
"""Each statement, by the finding that rests on it."""


def test_what_the_council_takes_back_changes_what_is_kept() -> None:
    # given what rests on many statements of the council
    policy_ = policy(late_after=5)
    feed = [one for number in range(1, 9) for one in of(number)]
    feed += [*stay(at(25), at(55), "V4"), *stay(at(10), at(40), "V8"), alive(at(600))]
    with on_sqlite() as log:
        receive(log, [*feed, *SAID.values(), policy_])
        present = Present(log, segments_of(log), NOON, LIMITS)
        stood = by_key(present.findings())
        assert stood.keys() >= SAID.keys()
        # when they are taken back, and then the policy
        for step, said in enumerate(([*SAID.values()], [policy_]), start=1):
            receive(log, [retracted(one, BACK) for one in said])
            clock = NOON + timedelta(minutes=step)
            present.refresh(clock)
            # then what is kept is what is found by asking anew
            now = present.findings()
            assert differences(now, anew(log, clock)) == []
            changed = {key for key in stood if by_key(now).get(key) != stood[key]}
            assert changed >= (
                SAID.keys() if step == 1 else {"late_call:/providers/ash/V8"}
            )
        present.close()
