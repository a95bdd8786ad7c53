"""What the council's people do about a concern, step by step; and what is refused, in their words."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import product
from typing import Any

import pytest

from domain import safeguarding
from domain.acting import Refused
from domain.concern import (
    ClosedBy,
    Concern,
    ConcludedBy,
    DraftDismissal,
    Drafted,
    Drafting,
    Raised,
    RaisedBy,
    TriagedBy,
    VisitNamed,
    Wishes,
    draft_name,
)
from domain.finding import episode_name
from domain.safeguarding import Decision
from record.clock import SteppedClock
from record.log import Log
from record.ourselves import act, conclude, history, our_statement
from tests.feeds import ADULTS, NOON, event, line

RISKS = ["neglect_and_acts_of_omission"]
ASSESSED = "risk_identified_action_taken"
NOT_FOUND = "no_risk_identified_no_action_taken"
DRAFT = draft_name(episode_name("missed_pattern:P1", 1), "P1")

Step = Callable[[Concern], Decision]


def raised(**other: Any) -> Step:
    told = {
        "by": "O1", "person": "P1", "risk_types": RISKS, "location": "own_home",
        "source_of_risk": "service_provider", "harm": False,
    } | other  # fmt: skip
    return lambda it: safeguarding.raise_concern(it, RaisedBy.model_validate(told))


def triaged(
    decision: str = "section_42_enquiry",
    limbs: str = "yyy",
    reason: str = "",
    by: str = "O1",
) -> Step:
    told = {
        "by": by, "decision": decision, "reason": reason, "has_care_needs": limbs[0] == "y",
        "at_risk": limbs[1] == "y", "cannot_protect_self": limbs[2] == "y",
    }  # fmt: skip
    return lambda it: safeguarding.triage(it, TriagedBy.model_validate(told))


def wished(asked: bool = True, wishes: str = "", reason: str = "") -> Step:
    told = Wishes(
        by="O1", asked=asked, expressed=bool(wishes), wishes=wishes, reason=reason
    )
    return lambda it: safeguarding.record_wishes(it, told)


def concluded(**other: Any) -> Step:
    told = {
        "by": "O1", "risk_assessment": ASSESSED, "risk_outcome": "reduced",
        "lacked_capacity": "no", "wishes_asked": True, "wishes_met": "fully",
    } | other  # fmt: skip
    return lambda it: safeguarding.conclude(it, ConcludedBy.model_validate(told))


def closed(reason: str = "all is well") -> Step:
    return lambda it: safeguarding.close(it, ClosedBy(by="O1", reason=reason))


def undrafted(reason: str = "a known mistake") -> Step:
    told = DraftDismissal(by="O1", reason=reason)
    return lambda it: safeguarding.dismiss_draft(it, told)


def drafted(_: Concern) -> Decision:
    return Drafted, Drafting(
        finding=episode_name("missed_pattern:P1", 1), ground="recurrence", person="P1",
        visits=[VisitNamed(source="/providers/ash", visit="V1")],
    )  # fmt: skip


WISHED = wished(wishes="breakfast")
WHOLE = (raised(), triaged(), WISHED, concluded(), closed())

REFUSALS = [
    ((raised(),), raised(), "it was raised already by O1 (15 June 2026)"),
    ((), raised(risk_types=["unkindness"]), "that risk type is not one of the collection's"),
    ((), raised(location="the moon"), "that location is not one of the collection's"),
    ((), triaged(), "no such concern was raised"),
    ((raised(), triaged()), triaged(by="O2"), "it was triaged already by O1 (15 June 2026)"),
    ((raised(),), triaged("no_further_action"), "makes an enquiry a duty"),
    ((raised(),), triaged("other_enquiry", reason="  "), "makes an enquiry a duty"),
    ((raised(),), triaged("quality_route"), "makes an enquiry a duty"),
    ((raised(),), triaged(limbs="yyn"), "not all three limbs of section 42(1) are met"),
    ((raised(),), triaged(limbs="yny"), "not all three limbs of section 42(1) are met"),
    ((raised(),), triaged(limbs="nyy"), "not all three limbs of section 42(1) are met"),
    ((), WISHED, "no such concern was raised"),
    ((raised(),), wished(asked=False), "say why the person could not be asked"),
    ((raised(),), wished(asked=False, wishes="tea"), "then they were asked"),
    ((), concluded(), "no such concern was raised"),
    ((raised(),), concluded(), "it was not triaged yet"),
    ((raised(), triaged("quality_route", "ynn")), concluded(), "but quality route"),
    ((raised(), triaged()), concluded(), "ask the person what they want"),
    (WHOLE[:4], concluded(), "it was concluded already"),
    (WHOLE[:3], concluded(risk_assessment="fine"), "that risk assessment is not one"),
    (WHOLE[:3], concluded(risk_outcome="not_identified"), "a risk was identified"),
    (WHOLE[:3], concluded(risk_assessment=NOT_FOUND), "no risk was identified"),
    (WHOLE[:3], concluded(lacked_capacity="yes"), "Care Act 2014 s68"),
    (WHOLE[:3], concluded(wishes_asked=False), "on record otherwise"),
    (WHOLE[:3], concluded(wishes_met="none_expressed"), "say whether that was met"),
    ((raised(), triaged(), wished()), concluded(), "no wish was expressed"),
    ((), closed(), "no such concern was raised"),
    ((raised(),), closed(), "it was not triaged yet"),
    ((raised(), triaged()), closed(), "its enquiry has no outcome yet"),
    (WHOLE[:4], closed(" "), "say why it is closed"),
    (WHOLE, closed(), "it is closed by O1"),
    (WHOLE, triaged(), "it is closed by O1"),
    (WHOLE, WISHED, "it is closed by O1"),
    (WHOLE, concluded(), "it is closed by O1"),
    ((), undrafted(), "no such draft is on record"),
    ((drafted,), undrafted(" "), "say why no concern is raised"),
    ((drafted, undrafted()), undrafted(), "it was dismissed already by O1"),
    ((drafted, raised()), undrafted(), "it was raised already by O1"),
]  # fmt: skip


def done(log: Log, clock: SteppedClock, *steps: Step, ref: str = "K1") -> None:
    for step in steps:
        act(log, Raised, ref, step, clock)


def after(*steps: Step) -> Concern:
    """A concern of which this was done, without a store."""
    concern = Concern(Raised.named("K1"))
    for step in steps:
        kind, data = step(concern)
        said = our_statement(kind, "x", "K1", data, NOON)
        version = len(concern.heard) + 1
        kind(
            originator_id=concern.id, originator_version=version, timestamp=NOON,
            said=said.said, data=data,
        ).apply(concern)  # fmt: skip
    return concern


@pytest.mark.parametrize(("before", "step", "words"), REFUSALS)
def test_what_cannot_follow_is_refused_in_words_for_an_officer(
    before: tuple[Step, ...], step: Step, words: str
) -> None:
    # given what was done before; when an act is tried that cannot follow
    concern = after(*before)
    with pytest.raises(Refused) as refused:
        step(concern)
    # then it is refused in those words
    assert words in str(refused.value)


def test_what_is_refused_is_not_recorded(log: Log, clock: SteppedClock) -> None:
    # given a concern; when an act is refused
    done(log, clock, raised())
    with pytest.raises(Refused):
        done(log, clock, closed())
    # then nothing of it is on record
    assert log.head() == 1


@pytest.mark.parametrize(
    "steps",
    [
        WHOLE,
        (raised(), triaged("no_further_action", "yyn"), closed()),
        (raised(), triaged("no_further_action", reason="died before"), closed()),
        (raised(), triaged("section_42_enquiry", "ynn", "police asked"), wished(),
         concluded(wishes_met="none_expressed"), closed()),
        (raised(), triaged("other_enquiry", "ynn"), wished(asked=False, reason="in a coma"),
         concluded(wishes_asked=False, wishes_met="none_expressed", lacked_capacity="yes",
                   advocate=True), closed()),
        (raised(), triaged(), WISHED, wished(),
         concluded(risk_assessment=NOT_FOUND, risk_outcome="not_identified",
                   wishes_met="none_expressed"), closed()),
        (drafted, undrafted(), raised(), triaged()),
        (drafted, raised(), triaged()),
    ],
)  # fmt: skip
def test_what_follows_is_recorded_with_who_did_it(
    log: Log, clock: SteppedClock, steps: tuple[Step, ...]
) -> None:
    # given a whole course of a concern; when it is gone through
    done(log, clock, *steps)
    # then every step is on record, and whoever replays it learns who took it
    heard = history(log, Raised, "K1").heard
    assert len(heard) == len(steps)
    named = [
        one.data.model_dump().get("by") for one in heard if not isinstance(one, Drafted)
    ]
    assert set(named) == {"O1"}


@pytest.mark.parametrize("limbs", [*map("".join, product("yn", repeat=3))])
def test_a_triage_that_follows_the_limbs_needs_no_reason(limbs: str) -> None:
    # given a concern; when it is decided as the limbs say, then that needs no reason
    follows = "section_42_enquiry" if limbs == "yyy" else "other_enquiry"
    concern = after(raised(), triaged(follows, limbs))
    # and each limb is on record
    data = concern.heard[1].data.model_dump()
    told = [data[name] for name in ("has_care_needs", "at_risk", "cannot_protect_self")]
    assert told == [one == "y" for one in limbs]


def test_of_two_who_triage_at_once_the_second_is_told(
    log: Log, clock: SteppedClock
) -> None:
    # given a concern, and six people who triage it at once
    done(log, clock, raised())

    def attempt(number: int) -> str:
        try:
            done(log, clock, triaged(by=f"O{number}"))
        except Refused as refused:
            return str(refused)
        return "done"

    with ThreadPoolExecutor(6) as people:
        told = list(people.map(attempt, range(6)))
    # then one does, and the others learn who it was
    assert told.count("done") == 1
    first = f"O{told.index('done')}"
    assert {words for words in told if words != "done"} == {
        f"it was triaged already by {first} (15 June 2026)"
    }


def test_what_its_speaker_took_back_stands_in_nobodys_way(
    log: Log, clock: SteppedClock, intake: Any
) -> None:
    # given a triage that a council system claimed, and took back
    done(log, clock, raised())
    claim = event(
        "concern.triaged", "K1", ADULTS, id_="t", decision="no_further_action",
        has_care_needs=False, at_risk=False, cannot_protect_self=False, reason="by mistake",
    )  # fmt: skip
    intake.receive([line(claim)], clock)
    with pytest.raises(Refused, match="it was triaged already"):
        done(log, clock, triaged())
    back = event("statement.retracted", "K1", ADULTS, id_="r", retracts="t", reason="oh")
    intake.receive([line(back)], clock)
    # when it is triaged, then that is recorded
    clock.at += timedelta(hours=1)
    done(log, clock, triaged())
    assert history(log, Raised, "K1").heard[-1].data.model_dump()["by"] == "O1"


def test_a_draft_is_recorded_once_however_often_it_is_found(
    log: Log, clock: SteppedClock
) -> None:
    # given the draft of a pattern
    kind, data = drafted(Concern(Drafted.named(DRAFT)))
    said = our_statement(kind, f"{DRAFT}-drafted", DRAFT, data, clock.now())
    # when it is found again after a crash, then it is there once
    for _ in range(2):
        conclude(log, [said], clock, after=log.head(), topics=["none"])
    assert len(history(log, Drafted, DRAFT).heard) == 1
