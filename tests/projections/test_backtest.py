"""A back-test says what would have been found if other thresholds had been in force."""

from __future__ import annotations

import random
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from hypothesis import given, seed, settings
from hypothesis import strategies as st

from domain.policy import Thresholds
from projections.asking import make
from projections.backtest import CARRIERS, dated, turned
from projections.questions import in_order, kinds, questions
from projections.statements import make_statements
from projections.trial import Period
from tests.conftest import LONG
from tests.councils import cases
from tests.projections import memory
from tests.projections.trying import (
    OF_ONE_DAY,
    VALUES,
    added_up,
    adopting,
    differences,
    found,
    judged,
    plainly,
    some_thresholds,
    tried,
)

CASES = 500 if LONG else 3
FEW = 250 if LONG else 2
BEGIN = random.randrange(2**32) if LONG else 4848
Case = tuple[list[dict[str, Any]], datetime]


def test_it_finds_what_councils_would_that_had_adopted_these_thresholds_for_ever() -> (
    None
):
    differed: Counter[str] = Counter()

    # given any council, a period, and two policies, one of which may set nothing
    @seed(BEGIN)
    @settings(max_examples=CASES)
    @given(cases(), some_thresholds(), st.just({}) | some_thresholds(3), st.data())
    def same(case: Case, after: Any, before: Any, draw: st.DataObject) -> None:
        feed, at = case
        days = st.integers(-70, 3).map(lambda n: at.date() + timedelta(days=n))
        period = Period(*sorted(draw.draw(st.tuples(days, days))))
        # when the policies are compared
        sums, each = tried(feed, at, after, before, period)
        sides = judged(anew=False), judged(anew=True)
        # then each side is what is found of a council that had adopted them for ever
        alone = [
            found(adopting(feed, told) if told else feed, at) for told in (before, after)
        ]
        assert [plainly(side) for side in alone] == list(sides)
        # and they are held against each other as by plain loops
        told = differences(*alone, period)
        assert sums == added_up(told)
        assert Counter(row["change"] for row in each) == _counted(told)
        differed.update(row["change"] for row in each)

    same()
    assert differed


def _counted(told: Counter[tuple[Any, ...]]) -> Counter[str]:
    counted: Counter[str] = Counter()
    for (change, *_), times in told.items():
        if change != "same":
            counted[change] += times
    return counted


@seed(BEGIN)
@settings(max_examples=FEW)
@given(cases(), some_thresholds(), some_thresholds(3))
def test_policies_that_change_places_change_new_and_lost(
    case: Case, one: Any, other: Any
) -> None:
    # given any council and two policies; when they are compared, and the other way round
    _, there = tried(*case, one, other)
    _, back = tried(*case, other, one)

    # then what was new is lost, what was lost is new, and all else is turned round
    assert sorted(map(_key, there)) == sorted(_key(_turned_round(row)) for row in back)


def _turned_round(row: dict[str, Any]) -> dict[str, Any]:
    change = {"new": "lost", "lost": "new", "changed": "changed"}[row["change"]]
    other = {"before": "after", "after": "before"}
    sides = {
        f"{name}_{other[side]}": value
        for full, value in row.items()
        for name, _, side in [full.rpartition("_")]
        if side in other
    }
    return {**row, **sides, "change": change}


def _key(row: dict[str, Any]) -> str:
    return repr(sorted(row.items()))


@seed(BEGIN)
@settings(max_examples=FEW)
@given(cases())
def test_a_policy_that_sets_nothing_changes_nothing(case: Case) -> None:
    # given any council; when a policy without thresholds is tried
    sums, each = tried(*case, {}, {})

    # then nothing is new, lost or changed, and all that is found is counted
    assert each == []
    assert sum(row["before"] for row in sums) == judged(anew=False).total()
    assert judged(anew=False) == judged(anew=True)


def test_every_threshold_can_be_tried() -> None:
    # given the thresholds that a policy may set; when they are held against those tried here
    # then all are, but those of concerns that no kind of finding reads yet
    assert set(Thresholds.model_fields) - set(VALUES) <= {
        "triage_working_days", "enquiry_days"
    }  # fmt: skip


def test_what_is_handed_a_threshold_and_hands_it_on_speaks_of_it() -> None:
    # given every question that is handed all thresholds, and is not itself such a fact
    moment = datetime.fromisoformat("2026-06-15T09:00:00Z")
    memory.load([], moment)
    memory.ask(moment, {"review_overdue"})
    con = memory.columns()
    make_statements(con, kinds())
    order = list(in_order(kinds()))
    for question in order:
        make(con, question, "TEMP TABLE")
    handed = [q for q in order if q.reads(CARRIERS) and q.name not in CARRIERS]

    # when the columns of their answers are held against what they say
    silent = {
        (question.name, name)
        for question in handed
        for name, *_ in con.execute(f"DESCRIBE {question.name}").fetchall()
        if name in VALUES and not question.says({name})
    }
    for question in order:
        con.execute(f"DROP TABLE {question.name}")

    # then none hands a threshold on in silence, so that its readers would be overlooked
    assert handed
    assert silent == set()


def test_only_what_depends_on_a_threshold_is_asked_twice() -> None:
    # given all questions; when short calls are to be judged otherwise
    anew = turned(list(in_order(kinds())), {"short_share"})

    # then visits are read anew, and neither their plans nor their carers' times
    assert {"policy", "visits", "short_call"} <= anew
    assert anew.isdisjoint(
        {"plans", "visit_lines", "visit_records", "attendances", "heard"}
    )


def test_a_finding_that_names_a_visit_is_of_one_day_however_it_is_kept() -> None:
    # given all kinds; when it is asked which are about one call, visit or claim
    found = {kind for kind in kinds() if dated(kind)}

    # then they are those whose key names a visit, and two more
    of_visits = {kind for kind in kinds() if "visit_key(" in questions()[kind].text}
    assert found == of_visits | OF_ONE_DAY
    assert {"late_call", "overlapping_carer"} <= found
    assert found.isdisjoint({"review_overdue", "over_commissioned", "logging_gap"})
