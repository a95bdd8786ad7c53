"""Edges of scorecards: who is too few to judge, how pence are shared out, what money counts."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projections import asking
from projections.asking import Moment
from projections.cards import scorecards
from projections.questions import text
from projections.scorecard import Period, card_questions
from projections.sharing import shared
from tests.feeds import ADULTS, ASH, BIRCH, Event, event
from tests.projections import memory
from tests.reading.provider_findings import above_funnel

WEEK = Period(date(2026, 3, 2), date(2026, 3, 8))
AT = datetime(2026, 3, 12, 12, tzinfo=UTC)
Shares = list[tuple[str, int, int]]


def funnel(shares: Shares, fewest: int = 100) -> dict[str, dict[str, Any]]:
    """The funnel of one measure, by provider, of so many of so many."""
    con = memory.columns()
    con.execute(text("vocabulary.sql"))
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE period AS SELECT {fewest} AS outlier_min_visits"
    )
    con.execute(
        "CREATE OR REPLACE TEMP TABLE card_shares"
        " (provider VARCHAR, measure VARCHAR, x BIGINT, n BIGINT)"
    )
    for provider, x, n in shares:
        con.execute(
            "INSERT INTO card_shares VALUES (?, 'missed', ?, ?)", [provider, x, n]
        )
    (question,) = (q for q in card_questions() if q.name == "card_funnel")
    asking.make(con, question, "TEMP TABLE")
    found = con.execute("FROM card_funnel").fetchall()
    names = [column[0] for column in con.description or ()]
    for table in ("card_funnel", "card_shares", "period"):
        con.execute(f"DROP TABLE {table}")
    return {row[0]: dict(zip(names, row, strict=True)) for row in found}


def test_one_visit_fewer_than_the_fewest_is_too_few_to_judge() -> None:
    # given three providers with a hundred visits, and one with ninety-nine, all missed
    told = funnel([("a", 1, 100), ("b", 1, 100), ("c", 1, 100), ("d", 99, 99)])

    # then that one is not judged, and is not in what the others are held against
    assert told["d"]["verdict"] == "too few to judge"
    assert told["d"]["upper_998"] is None
    assert (told["d"]["x"], told["d"]["n"], told["d"]["share"]) == (99, 99, 1.0)
    assert told["a"]["verdict"] == "within"
    assert told["a"]["centre"] == 0.01


def test_two_providers_make_no_funnel_and_three_do() -> None:
    # given two providers, then three, with exactly as many visits as are needed
    two = funnel([("a", 0, 100), ("b", 50, 100)])
    three = funnel([("a", 0, 100), ("b", 50, 100), ("c", 0, 100)])

    # then two are not compared, and three are
    assert {one["verdict"] for one in two.values()} == {"too few to judge"}
    assert "too few to judge" not in {one["verdict"] for one in three.values()}


def test_where_all_are_alike_nobody_stands_out() -> None:
    # given providers of which none missed anything, then all are within limits of nothing
    told = funnel([(name, 0, 200) for name in "abc"])

    assert {one["verdict"] for one in told.values()} == {"within"}
    assert {(one["lower_998"], one["upper_998"]) for one in told.values()} == {(0, 0)}


def test_one_far_below_the_others_is_below() -> None:
    # given ten providers at a half, and one at nothing
    told = funnel([(str(n), 500, 1000) for n in range(10)] + [("low", 0, 1000)])

    # then that one is below the others, and they are not above it
    assert told["low"]["verdict"] == "below"
    assert {one["verdict"] for name, one in told.items() if name != "low"} == {"within"}


COUNTS = st.integers(0, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@settings(max_examples=25)
@given(st.lists(COUNTS, min_size=1, max_size=9))
def test_who_is_above_the_funnel_is_who_the_finding_names(
    counts: list[tuple[int, int]],
) -> None:
    # given any providers' shares
    shares = [(f"p{place}", x, n) for place, (x, n) in enumerate(counts)]

    # when they are held against each other, here and by the second reading of the finding
    above = {name for name, one in funnel(shares).items() if one["verdict"] == "above"}
    enough = {p: [True] * x + [False] * (n - x) for p, x, n in shares if n >= 100}

    # then the same are above
    assert above == set(above_funnel(enough) if enough else ())


@pytest.mark.parametrize(
    ("pence", "parts", "expected"),
    [
        (1, {"a": "50", "b": "50"}, {"a": 1, "b": 0}),
        (2400, {"council": "66.7", "nhs": "33.3"}, {"council": 1601, "nhs": 799}),
        (100, {"a": "33.333333333", "b": "33.333333333", "c": "33.333333334"},
         {"a": 33, "b": 33, "c": 34}),
        (0, {"a": "50", "b": "50"}, {"a": 0, "b": 0}),
        (-1, {"a": "50", "b": "50"}, {"a": 0, "b": -1}),
        (7, {"a": "100"}, {"a": 7}),
        (7, {"a": "100", "b": "0"}, {"a": 7, "b": 0}),
    ],
)  # fmt: skip
def test_pence_left_over_go_to_those_who_lost_most_by_rounding(
    pence: int, parts: dict[str, str], expected: dict[str, int]
) -> None:
    # given pence and who pays which part, when they are shared out
    told = shared(pence, [(name, Decimal(part)) for name, part in parts.items()])

    # then nothing is lost, and of equals the first by name gets what is left over
    assert told == expected


@given(st.integers(-10_000, 10**9), st.lists(st.integers(1, 99), min_size=1, max_size=4))
def test_no_payer_is_a_penny_off(pence: int, cuts: list[int]) -> None:
    # given pence and any parts of a hundred
    edges = [0, *sorted(set(cuts)), 100]
    parts = [(str(n), Decimal(b - a)) for n, (a, b) in enumerate(pairwise(edges))]

    # when they are shared out, then all of it is, and nobody pays a penny too much
    told = shared(pence, parts)
    assert sum(told.values()) == pence
    assert all(abs(told[name] - pence * part / 100) < 1 for name, part in parts)


def bought(contract: str, provider: str = "ash", **data: Any) -> Event:
    """A package of 70 minutes a week at 60 pence an hour: 10 pence a day."""
    told = {
        "provider": provider, "person": "P1", "kind": "spot", "service": "home_care",
        "starts_on": "2026-02-02", "notice_days": 7, "weekly_minutes": 70,
        "rate_pence_per_hour": 60, "payment": "planned", **data,
    }  # fmt: skip
    return event(
        "contract.commissioned", contract, ADULTS, "2026-01-30T10:00:00Z", **told
    )


def money(feed: list[Event], provider: str = "ash") -> dict[str, Any]:
    """The sums of one provider's card of a week."""
    memory.load(feed, AT)
    cards = scorecards(memory.columns(), Moment(AT), WEEK)
    (card,) = (card for card in cards if card["provider"] == provider)
    told = card["money"]
    assert isinstance(told, dict)
    return told


def test_a_week_of_a_package_is_promised_less_the_days_it_rests() -> None:
    # given a package that rests from Wednesday and is resumed on Friday
    feed = [
        bought("C1"),
        event("contract.suspended", "C1", ADULTS, "2026-03-03T10:00:00Z",
              from_on="2026-03-04", reason="hospital"),
        event("contract.resumed", "C1", ADULTS, "2026-03-05T10:00:00Z", on="2026-03-06"),
    ]  # fmt: skip

    # then five days of it are promised
    assert money(feed)["promised"] == 50


def test_what_is_drawn_from_a_block_is_not_promised_twice() -> None:
    # given a block, and a package that draws on it
    block = bought("B1", kind="block", person=None)

    # then the block alone is promised, and both are of the kind block
    told = money([block, bought("C1", draws_on="B1")])
    assert told["promised"] == 70
    assert [kind["kind"] for kind in told["by_kind"]] == ["block"]


def test_a_contract_that_makes_up_for_one_still_running_is_what_failure_cost() -> None:
    # given a package of ash, and one of birch that makes up for it
    feed = [bought("C1"), bought("C2", "birch", compensates_for="C1")]

    # then what birch is paid is what ash's failure cost, while ash's still runs
    assert money(feed)["compensating"] == 70
    assert money(feed, "birch")["promised"] == 70
    ended = event("contract.ended", "C1", ADULTS, "2026-03-04T10:00:00Z",
                  ended_on="2026-03-03", reason="failed")  # fmt: skip
    assert money([*feed, ended])["compensating"] == 20


def visit(name: str, source: str = ASH) -> Event:
    """A visit planned for Monday morning, of 30 minutes."""
    return event(
        "visit.scheduled", name, source, "2026-02-27T10:00:00Z", contract="C1",
        person="P1", planned_start="2026-03-02T08:00:00Z", planned_end="2026-03-02T08:30:00Z",
    )  # fmt: skip


def invoice(*lines: dict[str, Any], ends: str = "2026-03-31") -> Event:
    """An invoice of ash."""
    return event(
        "invoice.submitted", "I1", ASH, "2026-03-10T10:00:00Z",
        period_start_on="2026-02-01", period_end_on=ends,
        lines=[{"line": str(n), "contract": "C1", "minutes": 30, **one}
               for n, one in enumerate(lines)],
    )  # fmt: skip


def test_a_line_counts_on_its_visits_day_else_when_its_invoice_ends() -> None:
    # given an invoice that names a visit of the week and one nobody knows, and claims more
    feed = [bought("C1"), visit("V1")]
    lines = ({"visit": "V1", "pence": 30}, {"visit": "V9", "pence": 5}, {"pence": 7})

    # then the visit's line counts in the week, the others when the invoice's period ends
    assert money([*feed, invoice(*lines)])["claimed"] == 30
    assert money([*feed, invoice(*lines, ends="2026-03-08")])["claimed"] == 42


def test_what_is_claimed_of_a_visit_not_known_to_be_over_is_held_against_nothing() -> (
    None
):
    # given a visit at which a carer came and is not known to have gone, and its invoice
    came = event(
        "visit.checked_in", "V1", ASH, "2026-03-02T08:00:00Z", carer="K1", method="app"
    )
    told = money([bought("C1"), visit("V1"), came, invoice({"visit": "V1", "pence": 30})])

    # then it is claimed, and neither over-claimed nor payable yet
    assert (told["claimed"], told["claimed_unsure"], told["payable"]) == (30, 30, 0)
    assert told["claimed_minus_payable"] == 0
    assert told["not_known"] == 30


def test_a_provider_that_says_nothing_has_a_card_that_says_so() -> None:
    # given a package of a provider that has said nothing, and one of another that has
    feed = [bought("C1"), bought("C2", "birch"), visit("V1", BIRCH)]
    memory.load(feed, AT)

    # when the cards are drawn
    ash, birch = scorecards(memory.columns(), Moment(AT), WEEK)

    # then it has one, and it says that nothing can be told
    assert ash["provider"] == "ash"
    assert ash["notes"][0].startswith("Nothing has been heard from this provider")
    assert ash["visits"]["due"] == 0
    assert not any("Nothing has been heard" in note for note in birch["notes"])


def stay(name: str, came: str, went: str) -> list[Event]:
    """A carer came and went on Monday morning."""
    return [
        event(f"visit.checked_{way}", name, ASH, f"2026-03-02T{time}Z", carer="K1",
              method="app")
        for way, time in (("in", came), ("out", went))
    ]  # fmt: skip


def test_thirty_minutes_to_the_second_are_not_late_and_are_thirty() -> None:
    # given a visit half an hour late and half an hour long, and one a second off in both
    feed = [
        bought("C1"), visit("V1"), *stay("V1", "08:30:00", "09:00:00"),
        visit("V2"), *stay("V2", "08:30:01", "09:00:00"),
    ]  # fmt: skip
    memory.load(feed, AT)

    # when the card is drawn
    (card,) = scorecards(memory.columns(), Moment(AT), WEEK)

    # then only the other is more than 30 minutes late, and only the first lasted 30
    told = {share["measure"]: (share["x"], share["n"]) for share in card["shares"]}
    assert told["late_by_30"] == (1, 2)
    assert told["of_30_minutes"] == (1, 2)


def test_who_pays_is_who_was_said_to_on_each_day() -> None:
    # given a package that the council pays for, and from Thursday the NHS
    varied = event(
        "contract.varied", "C1", ADULTS, "2026-03-04T10:00:00Z", effective_on="2026-03-05",
        reason="funding", funding=[{"funder": "nhs", "percent": 100}],
    )  # fmt: skip
    council = [{"funder": "council", "percent": 100}]

    # then each pays for its own days
    told = money([bought("C1", funding=council), varied])["by_funder"]
    assert {part["funder"]: part["promised"] for part in told} == {
        "council": 30,
        "nhs": 40,
    }


@pytest.mark.parametrize(("done", "failed"), [(3, 0), (2, 15), (None, 15)])
def test_a_short_call_with_all_tasks_done_failed_nothing(
    done: int | None, failed: int
) -> None:
    # given a visit of 15 minutes where 30 were due, with so many of three tasks done
    came, went = stay("V1", "08:00:00", "08:15:00")
    if done is not None:
        went["data"]["tasks"] = {"planned": 3, "done": done}

    # then what is missing is failed unless all were done
    assert money([bought("C1"), visit("V1"), came, went])["failed"] == failed


CALLS = [{"line": "morning", "days": ["mon", "wed"], "start": "08:00", "minutes": 30}]


def card(feed: list[Event]) -> dict[str, Any]:
    """The card of the one provider that there is."""
    memory.load(feed, AT)
    (told,) = scorecards(memory.columns(), Moment(AT), WEEK)
    return told


def test_a_promised_call_that_nobody_planned_is_failed_once_its_provider_was_heard() -> (
    None
):
    # given calls on Monday and Wednesday, of which only Monday's was planned and made
    feed = [bought("C1", lines=CALLS), visit("V1"), *stay("V1", "08:00:00", "08:30:00")]
    alive = event("provider.heartbeat", "ash", ASH, "2026-03-04T09:00:00Z")

    # when nothing has been heard since, then nothing can be told of Wednesday's
    silent = card(feed)
    assert (silent["visits"]["never_planned"], silent["money"]["never_planned"]) == (0, 0)
    assert silent["visits"]["never_planned_unsure"] == 1
    # and once its provider is heard, an hour after it was due, it is failed
    heard = card([*feed, alive])
    assert (heard["visits"]["never_planned"], heard["money"]["never_planned"]) == (1, 30)
    assert heard["visits"]["never_planned_unsure"] == 0


def test_of_a_package_that_nobody_uses_nothing_is_failed() -> None:
    # given promised calls of which none was planned, of a provider that is heard
    alive = event("provider.heartbeat", "ash", ASH, "2026-03-09T09:00:00Z")

    # then that is no failure of the provider
    told = card([bought("C1", lines=CALLS), alive])
    assert (told["visits"]["never_planned"], told["money"]["cost_of_failure"]) == (0, 0)


def test_what_a_block_gave_is_what_its_packages_took() -> None:
    # given a block of which one package takes half an hour
    feed = [
        bought("B1", kind="block", person=None), bought("C1", draws_on="B1"),
        visit("V1"), *stay("V1", "08:00:00", "08:30:00"),
    ]  # fmt: skip

    # then the card tells how much of it was taken
    assert card(feed)["blocks"] == [
        {"contract": "B1", "bought": 70, "pence": 70, "packages": 1, "drawn": 30,
         "not_known": 0}
    ]  # fmt: skip


def test_a_contract_that_makes_up_for_another_costs_nothing_while_it_rests() -> None:
    # given a contract that makes up for another and rests from Friday
    rests = event("contract.suspended", "C2", ADULTS, "2026-03-05T10:00:00Z",
                  from_on="2026-03-06", reason="hospital")  # fmt: skip

    # then four days of it are paid
    feed = [bought("C1"), bought("C2", "birch", compensates_for="C1"), rests]
    assert money(feed)["compensating"] == 40


def test_a_visit_claimed_twice_is_unsure_once() -> None:
    # given a visit not known to be over that two lines name
    came, _ = stay("V1", "08:00:00", "08:30:00")
    twice = invoice({"visit": "V1", "pence": 30}, {"visit": "V1", "pence": 20})

    # then the second line is owed nothing, whatever became of it
    told = money([bought("C1"), visit("V1"), came, twice])
    assert (told["claimed"], told["claimed_unsure"]) == (50, 30)
    assert told["claimed_minus_payable"] == 20


def test_nobody_is_held_to_calls_that_a_person_buys_for_herself() -> None:
    # given a direct payment with calls, of which one was made and none else was planned
    feed = [
        bought("C1", kind="direct_payment", lines=CALLS), visit("V1"),
        *stay("V1", "08:00:00", "08:30:00"),
        event("provider.heartbeat", "ash", ASH, "2026-03-09T09:00:00Z"),
    ]  # fmt: skip

    # then nothing is said of the others
    assert card(feed)["visits"]["never_planned"] == 0


FOUR_WEEKS = Period(date(2026, 2, 9), date(2026, 3, 8))


@pytest.mark.parametrize(
    ("given_minutes", "recyclable"), [((60, 60, 30, 30), 40), ((100, 60, 30, 30), 0)]
)
def test_minutes_unused_in_four_weeks_of_four_may_be_recycled(
    given_minutes: tuple[int, ...], recyclable: int
) -> None:
    # given a package of 100 minutes a week, of which so many were planned and given
    feed = [bought("C1", weekly_minutes=100)]
    for week, minutes in enumerate(given_minutes):
        day = f"2026-{['02-09', '02-16', '02-23', '03-02'][week]}"
        ends = f"{day}T{8 + minutes // 60:02}:{minutes % 60:02}:00Z"
        feed.append(event(
            "visit.scheduled", f"V{week}", ASH, "2026-02-06T10:00:00Z", contract="C1",
            person="P1", planned_start=f"{day}T08:00:00Z", planned_end=ends,
        ))  # fmt: skip
        for way, time in (("in", f"{day}T08:00:00Z"), ("out", ends)):
            told = {"carer": "K1", "method": "app"}
            feed.append(event(f"visit.checked_{way}", f"V{week}", ASH, time, **told))
    memory.load(feed, AT)

    # when the card of these weeks is drawn
    (found,) = scorecards(memory.columns(), Moment(AT), FOUR_WEEKS)

    # then it tells the middle week's, the lower of two, unless in one all was used
    assert found["money"]["recyclable_minutes_a_week"] == recyclable
