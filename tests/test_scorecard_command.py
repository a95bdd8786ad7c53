"""`counterfoil scorecard`: the guide's example, and the command as people use it."""

from __future__ import annotations

import csv
import json
import shlex
from pathlib import Path

import pytest

from cli.scorecard_page import MONEY, VISITS
from cli.scorecard_tables import MEASURES, together
from projections.cards import OUTCOMES
from tests.documents import COUNTERFOIL, blocks, clean_environment, run, text

GUIDE = "docs/guides/scorecards.md"
WEEK = ("--from", "2026-03-02", "--to", "2026-03-08", "--at", "2026-03-12T12:00:00+00:00")


@pytest.fixture
def week(tmp_path: Path) -> Path:
    """A folder in which the guide's feed is recorded."""
    (feed,) = blocks(GUIDE, "ndjson")
    (tmp_path / "feed.ndjson").write_text(feed, encoding="utf-8")
    (session,) = blocks(GUIDE, "console")
    first = shlex.split(session.splitlines()[0].removeprefix("$ "))
    done = run([str(COUNTERFOIL), *first[1:]], tmp_path, clean_environment())
    assert done.returncode == 0, done.stderr
    return tmp_path


def asked(folder: Path, *words: str) -> tuple[int, str, str]:
    """What the command answers in *folder*: its exit code, and both outputs."""
    command = [str(COUNTERFOIL), "scorecard", *words, "--store", "sqlite:///week.db"]
    done = run(command, folder, clean_environment())
    return done.returncode, done.stdout, done.stderr


def test_the_guides_card_is_the_one_it_shows(week: Path) -> None:
    # given the guide's feed, when its second line is run
    (session,) = blocks(GUIDE, "console")
    words = shlex.split(session.splitlines()[1].removeprefix("$ "))
    done = run([str(COUNTERFOIL), *words[1:]], week, clean_environment())

    # then the card is the one shown there, and fits a terminal
    (card,) = blocks(GUIDE, "text")
    told = [line.rstrip() for line in done.stdout.splitlines()]
    assert "\n".join(told).strip() == card.strip()
    assert max(map(len, told)) <= 100


def test_every_share_outcome_and_sum_is_explained_in_the_guide(week: Path) -> None:
    # given a card, when the guide is read
    _, told, _ = asked(week, "fairfield", *WEEK, "--format", "json")
    card, guide = json.loads(told), text(GUIDE)

    # then it speaks of every share, outcome and sum, and the table has words for each
    measures = {share["measure"] for share in card["shares"]}
    assert measures == set(MEASURES)
    assert set(VISITS) == set(OUTCOMES)
    assert set(MONEY) <= set(card["money"])
    named = {
        *measures,
        *OUTCOMES,
        *MONEY,
        "recyclable_minutes_a_week",
        "never_planned_unsure",
    }
    assert [name for name in named if f"`{name}`" not in guide] == []


def test_all_cards_stand_side_by_side_in_every_format(week: Path) -> None:
    # given one provider's week, when all cards are asked for in each format
    told = {
        form: asked(week, *WEEK, "--format", form)[1] for form in ("json", "csv", "table")
    }

    # then each says the same, and the table fits a terminal
    (card,) = json.loads(told["json"])
    (row,) = csv.DictReader(told["csv"].splitlines())
    assert card["money"]["promised"] == int(row["money_promised"]) == 2400
    assert (row["late_x"], row["late_n"], row["late_verdict"]) == (
        "1",
        "2",
        "too few to judge",
    )
    assert "1 50.0% ?" in told["table"]
    assert max(map(len, told["table"].splitlines())) <= 100
    funders = {part["funder"]: part["promised"] for part in card["money"]["by_funder"]}
    assert funders == {"council": 1601, "nhs": 799}


def test_all_together_is_what_the_cards_add_up_to() -> None:
    # given two cards
    one = {
        "visits": {"due": 3, "open": 1},
        "shares": [{"measure": "late", "x": 1, "n": 2}],
        "money": {"promised": 5, "by_kind": []},
    }
    other = {
        "visits": {"due": 4, "open": 0},
        "shares": [{"measure": "late", "x": 0, "n": 2}],
        "money": {"promised": 7, "by_kind": []},
    }

    # when they are put together, then counts and money are added, and the share is of all
    told = together([one, other])
    assert (told["visits"]["due"], told["money"]["promised"]) == (7, 12)
    assert [(s["x"], s["n"], s["share"]) for s in told["shares"]] == [(1, 4, 0.25)]


def test_of_a_provider_nobody_knows_there_is_no_card(week: Path) -> None:
    # given a store, when the card of a stranger is asked for
    code, told, said = asked(week, "nobody", *WEEK)

    # then nothing is told, and why is said
    assert (code, told) == (1, "")
    assert "of provider nobody nothing is known in this period" in said


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--to", "2026-03-08"), "needs a first day, --from"),
        (("--from", "March"), "should be a day, as 2026-03-31"),
        (("--from", "2026-03-08", "--to", "2026-03-02"), "after the last day"),
        (("--from", "2026-03-02", "--to", "2026-03-13"), "after the clock's own day"),
    ],
)
def test_a_period_that_cannot_be_is_refused_in_words(
    tmp_path: Path, words: tuple[str, ...], why: str
) -> None:
    # given a period that is none, when its cards are asked for
    code, told, said = asked(tmp_path, *words, "--at", "2026-03-12T12:00:00+00:00")

    # then it is a matter of usage, and said why
    assert (code, told) == (2, "")
    assert why in said
