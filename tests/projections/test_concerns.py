"""Concerns as feeds claim them: recorded however odd, shown with what is odd about them."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consumers.intake import Intake
from projections.asking import Moment
from projections.concerns import concerns, dossier, flags
from projections.council import Council
from projections.scope import Scope
from projections.standing import standing
from record.clock import SteppedClock
from record.log import Log
from tests.conftest import LONG
from tests.feeds import ADULTS, ASH, NOON, Event, event, lines
from tests.sealing import plan

CASES = 100 if LONG else 8
LATER = NOON + timedelta(days=60)
TIMES = [f"2026-06-{day}T09:00:00+01:00" for day in range(15, 20)]
MET = {"has_care_needs": True, "at_risk": True, "cannot_protect_self": True}
VISIT = {"source": ASH, "visit": "V1"}


def raised(time: str = TIMES[0], **other: Any) -> Event:
    told = {
        "person": "P1", "risk_types": ["Neglect"], "location": "Own home",
        "source_of_risk": "service_provider", "harm": False, "visits": [VISIT],
    } | other  # fmt: skip
    return event("concern.raised", "K1", ADULTS, time, **told)


def triaged(
    decision: str = "section_42_enquiry", time: str = TIMES[1], **other: Any
) -> Event:
    told = {"decision": decision, "reason": "r", **MET, **other}
    return event("concern.triaged", "K1", ADULTS, time, **told)


def concluded(time: str = TIMES[2], **other: Any) -> Event:
    told = {
        "risk_assessment": "Risk identified and action taken", "risk_outcome": "reduced",
        "lacked_capacity": "no", "wishes_asked": True, "wishes_met": "fully",
    } | other  # fmt: skip
    return event("concern.enquiry_concluded", "K1", ADULTS, time, **told)


def closed(time: str = TIMES[3]) -> Event:
    return event("concern.closed", "K1", ADULTS, time, reason="done")


NONE_FOUND = "No risk identified and no action taken"
ODD = [
    ([raised(), triaged(), concluded(), closed()], []),
    ([triaged()], ["spoken of, and never raised"]),
    ([raised(TIMES[4]), triaged()], ["triaged before it was raised"]),
    ([raised(), concluded()], ["an enquiry was concluded that nobody decided on"]),
    ([raised(), triaged("quality_route", at_risk=False), concluded()],
     ["an enquiry was concluded that nobody decided on"]),
    ([raised(), triaged(time=TIMES[3]), concluded()], ["concluded before it was triaged"]),
    ([raised(), closed()], ["closed without a triage"]),
    ([raised(), triaged(), closed()], ["closed while its enquiry was open"]),
    ([raised(), triaged("no_further_action")],
     ["all three limbs of section 42(1) are met, and no such enquiry was decided on"]),
    ([raised(), triaged(at_risk=False)],
     ["a section 42 enquiry, although not all three limbs are met"]),
    ([raised(), triaged(), concluded(wishes_asked=False)],
     ["wishes are said to be met that were not asked"]),
    ([raised(), triaged(), concluded(lacked_capacity="yes")],
     ["the person lacked capacity, and nothing is said of an advocate"]),
    ([raised(), triaged(), concluded(lacked_capacity="yes", advocate=False)], []),
    ([raised(), triaged(), concluded(risk_outcome="not_identified")],
     ["a risk was identified, and nothing is said of what became of it"]),
    ([raised(), triaged(), concluded(risk_assessment=NONE_FOUND)],
     ["no risk was identified, and yet it is said what became of it"]),
    ([raised(), triaged(), concluded(risk_assessment="who knows")],
     ["a risk assessment that is none of the collection's"]),
    ([raised(risk_types=["unkindness"])], ["a risk type that is none of the collection's"]),
    ([raised(location="the moon")], ["a location that is none of the collection's"]),
    ([raised(visits=[VISIT, {"source": ASH, "visit": "V9"}])],
     ["it names a visit of which nothing is known: /providers/ash/V9"]),
]  # fmt: skip


def told(tmp_path: Path, feed: list[Event]) -> Log:
    """A log that was told this."""
    log = Log(f"sqlite:///{tmp_path}/council.db", simulated=True)
    receipts = Intake(log).receive(lines(feed), SteppedClock(NOON))
    assert {receipt.status for receipt in receipts} <= {"recorded", "duplicate"}
    return log


@pytest.mark.parametrize(("feed", "odd"), ODD)
def test_what_is_odd_about_a_concern_is_said(
    tmp_path: Path, feed: list[Event], odd: list[str]
) -> None:
    # given what a council system claims of a concern, about a visit that was planned
    with told(tmp_path, [plan("V1", "P1", "p1"), *feed]) as log:
        # when it is shown, then what is odd about it is said, and nothing else
        state = standing(Council(log), "concern", "K1", Moment(LATER))
    assert state is not None
    assert flags(state) == odd


def test_a_dossier_tells_what_lay_before_and_nothing_of_anybody_else(
    tmp_path: Path,
) -> None:
    # given a concern about a missed call, an earlier one, and somebody else's
    missed = event("visit.missed", "V1", ASH, TIMES[0], harm=True)
    earlier = raised("2026-05-01T09:00:00+01:00") | {"subject": "K0", "id": "earlier"}
    other = raised(person="P2") | {"subject": "K2", "id": "other"}
    feed = [plan("V1", "P1", "p1"), plan("V2", "P2", "p2"), missed, earlier, other]
    with told(tmp_path, [*feed, raised()]) as log:
        moment = Moment(LATER)
        state = standing(Council(log), "concern", "K1", moment)
        assert state is not None
        # when its dossier is asked for
        found = dossier(Council(log, scope=Scope(person="P1")), moment, state)
        # then the call is in it with what became of it, and the concern before
        (visit,) = found["visits"]
        assert (visit["visit"], visit["state"], visit["declared_missed"], visit["harm"]) == (
            "/providers/ash/V1", "missed", True, True,
        )  # fmt: skip
        assert [one["concern"] for one in found["earlier_concerns"]] == ["K0"]
        assert "P2" not in json.dumps(found)


CLAIMS = st.lists(
    st.one_of(
        st.builds(raised, st.sampled_from(TIMES)),
        st.builds(
            triaged,
            st.sampled_from(
                [
                    "section_42_enquiry",
                    "other_enquiry",
                    "quality_route",
                    "no_further_action",
                ]
            ),
            st.sampled_from(TIMES),
            at_risk=st.booleans(),
        ),
        st.builds(concluded, st.sampled_from(TIMES), wishes_asked=st.booleans()),
        st.builds(closed, st.sampled_from(TIMES)),
    ),
    min_size=1,
    max_size=6,
)


@given(feed=CLAIMS)
@settings(max_examples=CASES)
def test_whatever_a_feed_claims_is_recorded_and_can_be_shown(
    tmp_path_factory: pytest.TempPathFactory, feed: list[Event]
) -> None:
    # given any claims of a concern in any order; when they arrive, then all are recorded
    with told(tmp_path_factory.mktemp("claims"), feed) as log:
        council, moment = Council(log), Moment(LATER)
        # and it is shown, and listed as far along as the furthest step that was claimed
        state = standing(council, "concern", "K1", moment)
        assert state is not None
        said = {each["type"].partition(".")[2] for each in feed}
        never_raised = "spoken of, and never raised" in flags(state)
        assert never_raised == ("raised" not in said)
        (row,) = concerns(council, moment)
        assert (row["status"] == "closed") == ("closed" in said)
        if row["status"] == "raised":
            assert said == {"raised"}
