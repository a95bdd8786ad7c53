"""Laws of scorecards, over any small council, and against a second reading in plain loops."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import given, seed, settings
from hypothesis import strategies as st

from projections.asking import Moment
from projections.cards import AMOUNTS, OUTCOMES, scorecards
from projections.scorecard import Period
from tests import reading
from tests.conftest import LONG
from tests.councils import cases
from tests.projections import memory
from tests.reading import scorecard
from tests.reading.council import Council
from tests.reading.moments import local_date
from tests.reading.statements import known

CASES = 400 if LONG else 4
DRAWN_THRICE = 300 if LONG else 2
RECEIVED = datetime(2026, 6, 15, 9, tzinfo=UTC)
LARGEST_FEED = 250
SMALL = cases().filter(lambda case: len(case[0]) <= LARGEST_FEED)
FUNDERS = [{"funder": "nhs", "percent": 33.3}, {"funder": "council", "percent": 66.7}]

Feed = list[dict[str, Any]]
Case = tuple[Feed, datetime]
Card = dict[str, Any]


def funded(feed: Feed) -> Feed:
    """The feed, in which some contracts are paid for by two, and one is from a day on."""
    told = json.loads(json.dumps(feed))
    for number, said in enumerate(told):
        bought = said["type"] == "contract.commissioned" and number % 3
        if bought or (said["type"] == "contract.varied" and number % 2):
            said["data"]["funding"] = FUNDERS
    assert isinstance(told, list)
    return told


def drawn(
    feed: Feed, at: datetime, days: int, back: int, *, picked: bool | None = None
) -> tuple[list[Card], Period]:
    """The cards of so many days that end so many before the clock's."""
    last = local_date(at) - timedelta(days=back)
    period = Period(last - timedelta(days=days - 1), last)
    memory.load(feed, RECEIVED)
    return scorecards(memory.columns(), Moment(at), period, picked=picked), period


def plain(feed: Feed, at: datetime) -> Council:
    """The council as the second reading has it."""
    told = reading.as_log(json.loads(json.dumps(feed)), RECEIVED)
    clock = at.astimezone(UTC)
    return Council(known(told, clock, None), clock)


def not_nothing(amounts: dict[str, int]) -> dict[str, int]:
    """The amounts that are not 0."""
    return {name: pence for name, pence in amounts.items() if pence}


PERIODS = (st.sampled_from([1, 7, 28, 43]), st.sampled_from([0, 1, 8]))


def test_a_card_says_what_a_second_reading_says_and_adds_up() -> None:
    # given any small council and a period
    @seed(20261125)
    @settings(max_examples=CASES)
    @given(SMALL, *PERIODS)
    def same(case: Case, days: int, back: int) -> None:
        feed, at = funded(case[0]), case[1]
        # when its cards are drawn, and the feed is read again in loops
        cards, period = drawn(feed, at, days, back)
        council = plain(feed, at)
        theirs = scorecard.Days(period.from_on, period.to_on)
        told = scorecard.outcomes(council, theirs)
        shares = scorecard.shares(council, theirs)
        money = scorecard.money(council, theirs)
        recyclable = scorecard.recyclable(council, theirs)
        # then both say the same of every provider
        by_name = {card["provider"]: card for card in cards}
        assert {*told, *shares} <= set(by_name)
        assert {p for p, sums in money.items() if any(sums.values())} <= set(by_name)
        for name, card in by_name.items():
            counted = {o: card["visits"][o] for o in (*OUTCOMES, "not_judged")}
            assert not_nothing(counted) == dict(told.get(name, {}))
            mine = {s["measure"]: (s["x"], s["n"]) for s in card["shares"] if s["n"]}
            assert mine == shares.get(name, {})
            sums = {amount: card["money"][amount] for amount in AMOUNTS}
            assert not_nothing(sums) == not_nothing(dict(money.get(name, {})))
            wasted = card["money"]["recyclable_minutes_a_week"]
            assert wasted == recyclable.get(name, 0)
            # and the parts of a card add up to it
            adds_up(card)

    same()


def adds_up(card: Card) -> None:
    """Every judged visit became one thing; money by kind and by payer is all the money."""
    visits, sums = card["visits"], card["money"]
    assert sum(visits[outcome] for outcome in OUTCOMES) == visits["due"]
    for name in (*AMOUNTS, "claimed_minus_payable", "cost_of_failure"):
        for split in ("by_kind", "by_funder"):
            assert sum(part[name] for part in sums[split]) == sums[name]


def test_neither_the_order_of_arrival_nor_what_is_left_unread_changes_a_card() -> None:
    # given any small council, its cards, and the same told in another order
    @seed(20261127)
    @settings(max_examples=DRAWN_THRICE)
    @given(SMALL, *PERIODS, st.randoms(use_true_random=False))
    def same(case: Case, days: int, back: int, order: Any) -> None:
        feed = funded(case[0])
        # when the period's visits alone are read, and when all are
        picked, _ = drawn(feed, case[1], days, back, picked=True)
        whole, _ = drawn(feed, case[1], days, back, picked=False)
        told = {(said["source"], said["id"]) for said in feed}
        again = [*feed]
        if len(told) == len(feed):
            order.shuffle(again)
        shuffled, _ = drawn(again, case[1], days, back)
        # then the cards are the same
        assert picked == whole
        assert shuffled == whole

    same()


def test_the_days_of_a_period_taken_apart_add_up_to_it() -> None:
    # given any small council and a period of two weeks
    @seed(20261128)
    @settings(max_examples=DRAWN_THRICE)
    @given(SMALL)
    def together_as_whole(case: Case) -> None:
        feed, at = case
        whole, _ = drawn(feed, at, 14, 0)
        # when each of its weeks has a card
        weeks = [card for back in (0, 7) for card in drawn(feed, at, 7, back)[0]]
        # then the visits and what is priced visit by visit add up to those of both
        together: dict[str, Counter[str]] = {}
        for card in weeks:
            counted = together.setdefault(card["provider"], Counter())
            counted.update({n: card["visits"][n] for n in ("due", *OUTCOMES)})
            counted.update(
                {n: card["money"][n] for n in ("delivered", "claimed", "payable")}
            )
        for card in whole:
            told = together.get(card["provider"], Counter())
            assert all(card["visits"][n] == told[n] for n in ("due", *OUTCOMES))
            money = ("delivered", "claimed", "payable")
            assert all(card["money"][n] == told[n] for n in money)

    together_as_whole()


def test_a_default_period_is_the_four_weeks_before_this_one() -> None:
    # given a Wednesday, when no period is asked for
    from projections.scorecard import last_weeks

    # then it ends with the last Sunday
    assert last_weeks(date(2026, 11, 25)) == Period(
        date(2026, 10, 26), date(2026, 11, 22)
    )
