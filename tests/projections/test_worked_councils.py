"""Councils whose findings were worked out elsewhere, read from the folder WORKED_DATA.

`make test-worked WORKED_DATA=FOLDER`; without a folder these tests are skipped.
"""

from __future__ import annotations

import gzip
import json
import os
import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from projections.asking import Moment
from projections.council import Council
from projections.engine import Limits
from projections.questions import kinds
from record.log import Log
from tests import reading
from tests.projections.comparing import differences
from tests.projections.logs import on_sqlite
from tests.projections.test_laws import asked, receive

Feed = list[dict[str, Any]]

FOLDER = Path(os.environ.get("WORKED_DATA", ""))
RECEIVED = datetime(2027, 1, 1, tzinfo=UTC)
EARLIER = (timedelta(days=3), timedelta(days=24), timedelta(days=45))
"""How long before the clock of a worked council it is asked again."""

pytestmark = pytest.mark.skipif(
    not (FOLDER / "worked").is_dir(), reason="WORKED_DATA names no folder"
)
worlds = pytest.mark.parametrize("world", range(1, 6))


def fed(path: Path) -> Feed:
    """The events of a packed feed, in the order in which they stand there."""
    with gzip.open(path) as file:
        return [json.loads(raw) for raw in file if raw.strip()]


def council(world: int) -> tuple[Feed, list[dict[str, Any]], datetime]:
    """A worked council's feed, the findings expected of it, and the clock."""
    expected = json.loads((FOLDER / f"worked/world-{world}.expected.json").read_bytes())
    feed = fed(FOLDER / f"worked/world-{world}.ndjson.gz")
    return feed, expected["findings"], datetime.fromisoformat(expected["at"])


def whole(feed: Feed) -> list[Feed]:
    """One batch."""
    return [feed]


def in_pieces(feed: Feed) -> list[Feed]:
    """Five batches in the order in which they came."""
    return [feed[n * len(feed) // 5 : (n + 1) * len(feed) // 5] for n in range(5)]


def shuffled_and_resent(feed: Feed) -> list[Feed]:
    """Another order, a third of it twice, in seven batches."""
    chance = random.Random(len(feed))
    told = [*feed, *chance.sample(feed, len(feed) // 3)]
    chance.shuffle(told)
    return [told[n::7] for n in range(7)]


def identifying(found: list[dict[str, Any]], told: list[dict[str, Any]]) -> Counter[str]:
    """Findings of the kinds *told*, by the fields that are told of their kind."""
    names: dict[str, set[str]] = {}
    for one in told:
        names.setdefault(one["kind"], set()).update(one)
    return Counter(
        json.dumps({name: one.get(name) for name in sorted(names[one["kind"]])})
        for one in found
        if one["kind"] in names
    )


@worlds
@pytest.mark.parametrize("told", [whole, in_pieces, shuffled_and_resent])
def test_a_worked_council_gives_exactly_the_findings_expected(
    world: int, told: Callable[[Feed], list[Feed]]
) -> None:
    # given a worked council's feed as it stands, in pieces, or shuffled and partly resent
    feed, expected, at = council(world)
    with on_sqlite() as log:
        for batch in told(feed):
            receive(log, batch, RECEIVED)
        # when it is judged
        ours = asked(log, Moment(at))
    # then the findings are those expected, no more and no fewer
    wanted = [one for one in expected if one["kind"] in kinds()]
    assert identifying(ours, wanted) == identifying(wanted, wanted)


@worlds
def test_a_worked_council_reads_the_same_twice_at_earlier_clocks_too(world: int) -> None:
    # given a worked council
    feed, _, at = council(world)
    as_told = reading.as_log(json.loads(json.dumps(feed)), RECEIVED)
    with on_sqlite() as log:
        receive(log, feed, RECEIVED)
        # when it is judged at its clock and at three earlier ones
        for clock in (at, *(at - before for before in EARLIER)):
            ours = asked(log, Moment(clock))
            # then the product and the second reading conclude the same
            theirs = reading.findings(as_told, clock)
            assert differences(ours, theirs, without={"evidence", "reason"}) == []


@pytest.mark.parametrize("name", ["italian", "mankowska"])
def test_late_calls_of_a_published_roster_are_those_known(name: str) -> None:
    # given rosters of home care from the literature, carried out late
    truth = json.loads((FOLDER / f"hhcrsp/{name}.truth.json").read_bytes())
    with on_sqlite() as log:
        receive(log, fed(FOLDER / f"hhcrsp/{name}.ndjson.gz"), RECEIVED)
        # when the late calls are asked for
        late = _late_calls(log)
    # then there are as many as were late
    assert len(late) == truth["late"]


def _late_calls(log: Log) -> list[dict[str, Any]]:
    opened = Council(log, limits=Limits(threads=1))
    try:
        return opened.findings(Moment(RECEIVED), {"late_call"})
    finally:
        opened.close()
