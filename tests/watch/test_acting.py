"""What officers do about a finding: each act on record, and refused where it cannot follow."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta

import pytest

from domain import acting
from domain.acting import Decision, Refused
from domain.finding import (
    Acknowledgement,
    Assignment,
    Dismissal,
    Draft,
    Finding,
    Opened,
    Opening,
    Query,
    Reply,
    Upholding,
    Withdrawal,
    Withdrawn,
    episode_name,
)
from domain.values import Total, london_day
from record.clock import SteppedClock
from record.log import Log
from record.ourselves import act, conclude, history, our_statement

KEY = "missed_call:/providers/ash/V1"
NAME = episode_name(KEY, 1)
NOW = datetime.fromisoformat("2026-06-15T12:00:00+00:00")
TODAY = NOW.date()

Step = Callable[[Finding], Decision]


def seen(by: str = "O1") -> Step:
    return lambda finding: acting.acknowledge(finding, Acknowledgement(by=by))


def given_to(to: str) -> Step:
    return lambda finding: acting.assign(finding, Assignment(by="O1", to=to))


def asked(due_on: date = TODAY) -> Step:
    query = Query(by="O1", due_on=due_on, question="What happened?")
    return lambda finding: acting.ask_provider(finding, query, TODAY)


def replied(text: str = "Nobody was free.") -> Step:
    return lambda finding: acting.record_reply(finding, Reply(by="O1", reply=text))


def upheld(by: str = "O1") -> Step:
    return lambda finding: acting.uphold(finding, Upholding(by=by))


def dismissed(minutes: int = 30, days: int = 0, reason: str = "agreed by phone") -> Step:
    data = Dismissal(by="O1", reason=reason, minutes=Total(minutes))
    return lambda finding: acting.dismiss(finding, data, NOW + timedelta(days=days))


def drafted(concern: str = "SC-1") -> Step:
    return lambda finding: acting.draft_concern(finding, Draft(by="O1", concern=concern))


def opened(log: Log, *, provider: str | None = "ash") -> None:
    """The finding is on record."""
    told = {"key": KEY, "episode": 1, "kind": "missed_call", "severity": "high",
            "since": "2026-06-15T07:00:00Z", "reason": "nobody came"}  # fmt: skip
    data = Opening.model_validate(told | ({"provider": provider} if provider else {}))
    said = our_statement(Opened, f"{NAME}-opened", NAME, data, NOW)
    assert conclude(log, [said], SteppedClock(NOW), after=log.head(), topics=["x"])


def ended(log: Log) -> None:
    """The finding holds no longer."""
    data = Withdrawal(key=KEY, episode=1, cause="late_evidence")
    said = our_statement(Withdrawn, f"{NAME}-withdrawn", NAME, data, NOW)
    assert conclude(log, [said], SteppedClock(NOW), after=log.head(), topics=["x"])


def done(log: Log, step: Step) -> None:
    """An officer acts."""
    receipt = act(log, Opened, NAME, step, SteppedClock(NOW))
    assert receipt.status == "recorded"


def life(log: Log) -> list[str]:
    """What is on record of the finding, in order."""
    return [
        event.TOPIC.removeprefix("finding.") for event in history(log, Opened, NAME).heard
    ]


def test_all_that_is_done_about_a_finding_is_on_record_in_order(log: Log) -> None:
    # given a finding; when officers see it, hand it on, ask, hear, decide and worry
    opened(log)
    for step in (
        seen(), given_to("O2"), given_to("O3"), asked(), replied(), asked(), replied(),
        dismissed(), upheld(), drafted(),
    ):  # fmt: skip
        done(log, step)
    # then each is there
    assert life(log) == [
        "opened", "acknowledged", "assigned", "assigned", "query_sent", "provider_replied",
        "query_sent", "provider_replied", "dismissed", "upheld", "concern_drafted",
    ]  # fmt: skip


REFUSALS: dict[str, tuple[list[Step], Step, str]] = {
    "seen twice": ([seen()], seen("O2"), r"O1 \(15 June 2026\) has acknowledged it already"),
    "assigned to the same": ([given_to("O2")], given_to("O2"), "assigned to O2 already"),
    "asked while an answer is due": ([asked()], asked(), "has not replied yet"),
    "asked for an answer yesterday": (
        [], asked(TODAY - timedelta(days=1)), "the day by which an answer is due is past"),
    "a reply to nothing": ([], replied(), "was not asked"),
    "a second reply": ([asked(), replied()], replied(), "has replied already"),
    "an empty reply": ([asked()], replied(" "), "should say something"),
    "upheld twice": ([upheld()], upheld("O2"), "O1 .* has upheld it already"),
    "dismissed without a reason": ([], dismissed(reason=" "), "needs a reason"),
    "dismissed twice": ([dismissed()], dismissed(37), "has dismissed it already"),
    "dismissed on the ninetieth day": ([dismissed()], dismissed(days=90), "already"),
    "a second concern": ([drafted()], drafted("SC-2"), "has drafted a concern"),
}  # fmt: skip


@pytest.mark.parametrize("story", REFUSALS)
def test_what_cannot_follow_is_refused_in_plain_words(story: str, log: Log) -> None:
    # given a finding about which something was done
    before, step, words = REFUSALS[story]
    opened(log)
    for one in before:
        done(log, one)
    known = life(log)
    # when an act does not follow from that, then it is refused, and nothing is recorded
    with pytest.raises(Refused, match=words):
        done(log, step)
    assert life(log) == known


@pytest.mark.parametrize(
    "again",
    [dismissed(38), dismissed(days=91)],
    ids=["grown by a quarter", "after 90 days"],
)
def test_a_dismissal_that_has_lapsed_may_be_decided_anew(again: Step, log: Log) -> None:
    opened(log)
    done(log, dismissed(30))
    done(log, again)
    assert life(log) == ["opened", "dismissed", "dismissed"]


@pytest.mark.parametrize(
    "step",
    [seen(), given_to("O2"), asked(), dismissed()],
    ids=["seen", "given", "asked", "no"],
)
def test_of_what_has_ended_nothing_more_is_asked(step: Step, log: Log) -> None:
    opened(log)
    ended(log)
    with pytest.raises(Refused, match=r"holds no longer \(late evidence\)"):
        done(log, step)


def test_of_what_has_ended_a_reply_a_verdict_and_a_concern_are_recorded(log: Log) -> None:
    opened(log)
    done(log, asked())
    ended(log)
    for step in (replied(), upheld(), drafted()):
        done(log, step)
    assert life(log)[-3:] == ["provider_replied", "upheld", "concern_drafted"]


def test_what_is_not_on_record_cannot_be_acted_on(log: Log) -> None:
    with pytest.raises(Refused, match="no such finding"):
        done(log, seen())


def test_a_finding_of_no_provider_asks_none(log: Log) -> None:
    opened(log, provider=None)
    with pytest.raises(Refused, match="names no provider"):
        done(log, asked())


def test_of_officers_who_act_at_once_one_acts_and_the_others_are_told(log: Log) -> None:
    # given a finding; when six officers acknowledge it at the same time
    opened(log)

    def attempt(number: int) -> str:
        try:
            done(log, seen(f"O{number}"))
        except Refused as refused:
            return str(refused)
        return "done"

    with ThreadPoolExecutor(6) as officers:
        answers = list(officers.map(attempt, range(6)))
    # then one has, and the others are told who
    assert answers.count("done") == 1
    assert life(log) == ["opened", "acknowledged"]
    first = f"O{answers.index('done')} (15 June 2026) has acknowledged it already"
    assert [one for one in answers if one != "done"] == [first] * 5


def test_the_day_on_which_somebody_acted_is_londons(log: Log) -> None:
    # given a finding that was seen at half past midnight on the sixteenth, by London's clocks
    opened(log)
    late = SteppedClock(datetime.fromisoformat("2026-06-15T23:30:00+00:00"))
    act(log, Opened, NAME, seen(), late)
    # when another sees it, then the sixteenth is named
    with pytest.raises(Refused, match=r"O1 \(16 June 2026\)"):
        act(log, Opened, NAME, seen("O2"), late)


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        ("2026-06-15T23:30:00+00:00", "2026-06-16"),
        ("2026-01-15T23:30:00+00:00", "2026-01-15"),
    ],
    ids=["summer", "winter"],
)
def test_a_day_is_that_of_londons_clocks(instant: str, day: str) -> None:
    assert london_day(datetime.fromisoformat(instant)).isoformat() == day
