"""A feed tried out: the same judgement as the store's, line by line, and nothing shown."""

from __future__ import annotations

import gzip
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consumers.checking import COLUMNS, Check
from consumers.intake import Intake
from consumers.messages import LARGEST
from record.clock import SteppedClock
from record.log import Log
from tests.documents import ROOT
from tests.feeds import ADULTS, ASH, NOON, check_in, event, heartbeat, line, lines

MARKER = "zebra-crossing-4711"


def checked(
    folder: Path, raws: Iterable[bytes], sources: list[str] | None = None
) -> list[dict[str, Any]]:
    """What would become of the lines of one file."""
    feed = folder / "feed.ndjson"
    feed.write_bytes(b"\n".join(raws))
    return list(Check([str(feed)], sources).rows())


POOL = [
    *lines(heartbeat(name) for name in "abc"),
    *lines(heartbeat(name, n=1) for name in "ab"),
    line(heartbeat("a") | {"time": "2026-06-15T09:00:00+01:00"}),
    line(heartbeat("a", "birch")),
    line(check_in("d", method="APP")),
    line(check_in("d")),
    line(event("visit.missed", "V1", ADULTS, id_="a")),
    line(heartbeat("e") | {"type": "visit.dreamt_of"}),
    b"{",
    b"\xff\xfe",
    b"[1]",
]


@given(picked=st.lists(st.sampled_from(POOL), max_size=12))
def test_each_line_is_judged_as_an_empty_store_judges_it(
    tmp_path_factory: pytest.TempPathFactory, picked: list[bytes]
) -> None:
    folder = tmp_path_factory.mktemp("feeds")
    with Log(f"sqlite:///{folder}/council.db", simulated=True) as log:
        receipts = Intake(log).receive(picked, SteppedClock(NOON))

    rows = checked(folder, picked)

    assert [(row["status"], row["source"], row["id"]) for row in rows] == [
        (receipt.status, receipt.source, receipt.id) for receipt in receipts
    ]


def test_a_line_is_known_by_the_number_that_an_editor_gives_it(tmp_path: Path) -> None:
    raws = [
        b"\xef\xbb\xbf",
        line(heartbeat("a")),
        b"",
        b" \r",
        b"{",
        line(heartbeat("b")),
    ]

    rows = checked(tmp_path, raws)

    assert [row["line"] for row in rows] == [2, 5, 6]
    assert all(set(row) == set(COLUMNS) for row in rows)


def test_a_line_said_before_is_told_with_the_line_that_said_it_first(
    tmp_path: Path,
) -> None:
    first, other = tmp_path / "first.ndjson", tmp_path / "second.ndjson.gz"
    first.write_bytes(b"\n".join([b"", line(heartbeat("a")), line(heartbeat("a"))]))
    other.write_bytes(gzip.compress(line(heartbeat("a", n=1))))

    rows = list(Check([str(first), str(other)]).rows())

    assert [row["status"] for row in rows] == ["recorded", "duplicate", "conflict"]
    assert rows[1]["reason"] == "the same as line 2"
    assert rows[2]["reason"] == (
        f"other content than line 2 of {first} under the same source and id"
    )
    assert [(row["first_file"], row["first_line"]) for row in rows] == [
        (None, None), (str(first), 2), (str(first), 2)
    ]  # fmt: skip


def test_a_sender_may_speak_for_its_own_sources_only(tmp_path: Path) -> None:
    raws = [
        line(heartbeat("a")),
        line(heartbeat("a", "birch")),
        line(check_in("b", carer=7) | {"source": "/providers/birch"}),
        line(event("contract.ended", "C1", ASH, id_="c")),
        b"{",
    ]

    rows = checked(tmp_path, raws, [ASH])

    assert [row["status"] for row in rows] == [
        "recorded", "rejected", "rejected", "rejected", "quarantined"
    ]  # fmt: skip
    assert rows[1]["reason"] == "this sender may not speak for /providers/birch"
    assert rows[3]["reason"] == "contract.ended is not said by /providers sources"


def test_what_another_sender_said_takes_no_name_of_ours(tmp_path: Path) -> None:
    raws = lines([heartbeat("a", "birch"), heartbeat("a", "birch")])

    rows = checked(tmp_path, raws, [ASH])

    assert [row["status"] for row in rows] == ["rejected", "rejected"]


@pytest.mark.parametrize(
    ("raws", "fine"),
    [
        ([], True),
        (lines([heartbeat("a"), heartbeat("a")]), True),
        (lines([heartbeat("a"), heartbeat("a", n=1)]), False),
        ([b"{"], False),
        (lines([event("visit.missed", "V1", ADULTS)]), False),
    ],
)
def test_a_feed_is_fine_when_all_of_it_would_be_recorded_or_was(
    tmp_path: Path, raws: list[bytes], fine: bool
) -> None:
    (tmp_path / "feed").write_bytes(b"\n".join(raws))
    check = Check([str(tmp_path / "feed")])

    assert len(list(check.rows())) == check.counts.total() == len(raws)
    assert check.fine == fine


def test_every_line_that_is_not_fine_says_how_to_mend_it(tmp_path: Path) -> None:
    rows = checked(tmp_path, [*POOL, b" " * LARGEST + b"{}"])

    for row in rows:
        assert (row["status"] == "recorded") == (row["reason"] is None)
        assert bool(row["mend"]) == (row["status"] != "recorded")


def test_no_contents_are_shown(tmp_path: Path) -> None:
    wrong = [
        check_in("1", method=MARKER),
        check_in("2", carer={MARKER: 1}),
        check_in("3", method="manual", reson=MARKER),
        check_in("4", location={"lat": MARKER, "lon": 1}),
        check_in("5") | {"time": MARKER},
        check_in("6") | {"source": MARKER},
        check_in("7") | {"data": MARKER},
        check_in("8", carer=MARKER),
        check_in("8", carer=MARKER, n=1),
        event("contract.ended", "C", ASH, reason=MARKER),
    ]

    rows = checked(tmp_path, [*lines(wrong), b'{"' + MARKER.encode()])

    assert MARKER not in str(rows)


def test_a_file_that_ends_too_early_is_named_and_the_others_are_read(
    tmp_path: Path,
) -> None:
    cut, whole = tmp_path / "cut.gz", tmp_path / "whole"
    cut.write_bytes(gzip.compress(b"\n".join(POOL[:3]))[:-9])
    whole.write_bytes(POOL[0])
    check = Check([str(cut), "nowhere", str(whole)])

    rows = list(check.rows())

    assert [name in failure for name, failure in zip(
        ("cut.gz", "nowhere"), check.failures, strict=True
    )] == [True, True]  # fmt: skip
    assert rows[-1]["file"] == str(whole)


GROWN = """
import resource, sys
from consumers.checking import Check
def peak(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
list(Check([sys.argv[1]]).rows()); before = peak()
check = Check([sys.argv[2]])
for _ in check.rows(): pass
print(check.counts["quarantined"], check.counts["recorded"], (peak() - before) // 1024)
"""


def test_memory_holds_the_names_that_were_said_and_no_more(tmp_path: Path) -> None:
    small, large = tmp_path / "small", tmp_path / "large"
    small.write_bytes(line(heartbeat("a")))
    with large.open("wb") as file:
        for number in range(500):
            file.write(line(heartbeat(str(number), note="n" * 200_000)) + b"\n")
        file.write(b"x" * (2 * LARGEST) + b"\n")

    done = subprocess.run(
        [sys.executable, "-c", GROWN, str(small), str(large)],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip

    quarantined, recorded, grown = map(int, done.stdout.split())
    assert (quarantined, recorded) == (1, 500)
    assert grown < 80, f"grew by {grown} MiB over 132 MB"
