"""Files: NDJSON in every shape in which it arrives, streamed, and never lost in silence."""

from __future__ import annotations

import gzip
import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from consumers.files import BATCH, FeedFailure, Summary, feed_lines, import_files, lines
from consumers.intake import Intake
from consumers.messages import LARGEST
from record import aside
from record.arrivals import Unreadable
from record.clock import SteppedClock
from record.errors import StoreOutOfReach
from record.log import Log
from tests.feeds import heartbeat, line
from tests.feeds import lines as told

ROOT = Path(__file__).parents[2]
BOM = b"\xef\xbb\xbf"
THREE = told(heartbeat(name) for name in "abc")


def read(file: Path, raw: bytes) -> list[Any]:
    """The lines of a file with *raw* in it."""
    file.write_bytes(raw)
    return [item for _, item in feed_lines(str(file), lambda _: None)]


SHAPES = {
    "plain": b"\n".join(THREE) + b"\n",
    "no final newline": b"\n".join(THREE),
    "CRLF": b"\r\n".join(THREE) + b"\r\n",
    "CRLF, no final newline": b"\r\n".join(THREE),
    "byte order mark": BOM + b"\n".join(THREE),
    "byte order mark and CRLF": BOM + b"\r\n".join(THREE) + b"\r\n",
    "blank lines": b"\n\n" + b"\n \t\n\r\n".join(THREE) + b"\n\n\n",
    "byte order mark on a blank line": BOM + b"\n" + b"\n".join(THREE),
}


@pytest.mark.parametrize("packed", [False, True], ids=["", "gz"])
@pytest.mark.parametrize("shape", SHAPES)
def test_the_events_of_a_file_are_its_lines(
    tmp_path: Path, shape: str, packed: bool
) -> None:
    # given a file in some shape, plain or packed
    raw = gzip.compress(SHAPES[shape]) if packed else SHAPES[shape]
    # when it is read, then its events are the same
    assert read(tmp_path / "feed", raw) == THREE


def test_a_packed_file_of_several_members_is_read_to_its_end(tmp_path: Path) -> None:
    # given two packed files put together; when they are read, then both are read
    raw = gzip.compress(THREE[0] + b"\n") + gzip.compress(b"\n".join(THREE[1:]))
    assert read(tmp_path / "feed.gz", raw) == THREE


@pytest.mark.parametrize("raw", [b"", BOM, b"\n\r\n ", gzip.compress(b"")],
                         ids=["nothing", "a mark", "blanks", "gz"])  # fmt: skip
def test_a_file_without_events_has_none(tmp_path: Path, raw: bytes) -> None:
    # given a file of nothing; when it is read, then nothing comes of it
    assert read(tmp_path / "feed", raw) == []


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64, 1000])
def test_lines_do_not_depend_on_the_pieces_in_which_they_are_read(size: int) -> None:
    # given a stream that gives few bytes at a time, and lines beyond the largest
    raw = b"\n".join([b"a" * 10, b"", b"b" * 40, b"c" * 90, b"d", b"e" * 41]) + b"\r\n"
    stream = io.BytesIO(raw)
    # when it is read
    numbered = list(lines(lambda _: stream.read(size), largest=40))
    found = [item for _, item in numbered]
    # then each line is whole, whichever way it was kept
    whole = [
        b"".join(item.pieces).strip(b"\r") if isinstance(item, Unreadable) else item
        for item in found
    ]
    assert whole == [b"a" * 10, b"b" * 40, b"c" * 90, b"d", b"e" * 41]
    # and its number is that of an editor, blank lines counted
    assert [number for number, _ in numbered] == [1, 3, 4, 5, 6]


def summarised(intake: Intake, clock: SteppedClock, *names: Path | str) -> Summary:
    """What became of the events of files."""
    summary = Summary()
    import_files(intake, [str(name) for name in names], clock, summary)
    return summary


@pytest.mark.parametrize("cut", [3, 9, 11, 20, 2_000, -4, -9])
def test_a_packed_file_cut_off_says_so(
    tmp_path: Path, intake: Intake, clock: SteppedClock, cut: int
) -> None:
    # given a packed file that is cut off somewhere
    raw = gzip.compress(b"\n".join(told(heartbeat(str(n)) for n in range(5_000))))
    feed = tmp_path / "feed.gz"
    feed.write_bytes(raw[:cut])
    # when it is imported, then it is said that it is cut off
    summary = summarised(intake, clock, feed)
    assert len(summary.failures) == 1
    assert "cut off or damaged" in summary.failures[0]


def test_what_comes_before_the_cut_in_a_packed_file_is_recorded(
    tmp_path: Path, log: Log, intake: Intake, clock: SteppedClock
) -> None:
    # given a packed file of 5,000 events without its last bytes, and a whole file
    raw = gzip.compress(b"\n".join(told(heartbeat(str(n)) for n in range(5_000))))
    (tmp_path / "cut.gz").write_bytes(raw[:-9])
    (tmp_path / "whole").write_bytes(THREE[0])
    # when both are imported
    summary = summarised(intake, clock, tmp_path / "cut.gz", tmp_path / "whole")
    # then what could be read of the first is recorded, and all of the second
    assert summary.counts["recorded"] > 4_900
    assert summary.counts["quarantined"] <= 1
    assert summary.received == summary.counts["recorded"] + summary.counts["quarantined"]
    assert log.head() == summary.counts["recorded"]


def test_a_packed_file_damaged_in_its_middle_says_so(
    tmp_path: Path, intake: Intake, clock: SteppedClock
) -> None:
    # given a packed file with other bytes in its middle; when it is imported
    raw = bytearray(gzip.compress(os.urandom(100_000)))
    raw[50_000:50_100] = bytes(100)
    feed = tmp_path / "feed.gz"
    feed.write_bytes(raw)
    # then it is said that it is damaged
    assert "damaged" in summarised(intake, clock, feed).failures[0]


def test_a_file_that_is_no_text_is_quarantined_line_by_line(
    tmp_path: Path, log: Log, intake: Intake, clock: SteppedClock
) -> None:
    # given a file of any bytes
    raw = bytes(range(256)) * 20
    feed = tmp_path / "picture.png"
    feed.write_bytes(raw)
    # when it is imported
    summary = summarised(intake, clock, feed)
    # then every line of it is in the quarantine
    assert set(summary.counts) == {"quarantined"}
    assert summary.failures == []
    kept = [b"".join(aside.raw_pieces(log, r["entry"])) for r in aside.quarantined(log)]
    times = sum(row["times"] for row in aside.quarantined(log))
    assert times == summary.received == raw.count(b"\n") + 1
    assert all(piece in raw for piece in kept)


@pytest.mark.parametrize("name", ["nothing-here", ".", "no/such/folder/feed"])
def test_what_cannot_be_opened_is_said_and_the_others_are_read(
    tmp_path: Path, intake: Intake, clock: SteppedClock, name: str
) -> None:
    # given a name of no file, between two files
    (tmp_path / "one").write_bytes(THREE[0])
    (tmp_path / "two").write_bytes(THREE[1])
    # when they are imported
    summary = summarised(
        intake, clock, tmp_path / "one", tmp_path / name, tmp_path / "two"
    )
    # then the others are recorded, and the one is named
    assert summary.counts == {"recorded": 2}
    assert [str(tmp_path / name) in failure for failure in summary.failures] == [True]


def test_a_dash_is_standard_input(
    monkeypatch: pytest.MonkeyPatch, intake: Intake, clock: SteppedClock
) -> None:
    # given events on standard input
    stream = io.TextIOWrapper(io.BytesIO(SHAPES["CRLF"]))
    monkeypatch.setattr(sys, "stdin", stream)
    # when - is imported, then they are recorded
    assert summarised(intake, clock, "-").counts == {"recorded": 3}


def test_progress_tells_of_every_byte_of_the_file(tmp_path: Path) -> None:
    # given a packed file; when it is read, then its own bytes are counted
    raw = gzip.compress(SHAPES["plain"])
    (tmp_path / "feed.gz").write_bytes(raw)
    moved: list[int] = []
    list(feed_lines(str(tmp_path / "feed.gz"), moved.append))
    assert sum(moved) == len(raw)


def test_a_file_is_recorded_batch_by_batch_and_its_reasons_are_counted(
    tmp_path: Path, log: Log, intake: Intake, clock: SteppedClock
) -> None:
    # given a file of more than two batches, some of it unreadable
    good = told(heartbeat(str(n)) for n in range(2 * BATCH))
    feed = tmp_path / "feed"
    feed.write_bytes(b"\n".join([*good, b"{", b"{", *good[:5]]))
    # when it is imported
    summary = summarised(intake, clock, feed)
    # then every event has its receipt
    assert summary.counts == {"recorded": 2 * BATCH, "quarantined": 2, "duplicate": 5}
    assert summary.received == 2 * BATCH + 7
    assert [reason[:22] for reason in summary.reasons] == ["quarantined: not JSON:"]
    assert log.head() == 2 * BATCH


def test_a_store_that_goes_away_leaves_whole_batches_and_a_true_summary(
    tmp_path: Path,
    log: Log,
    intake: Intake,
    clock: SteppedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # given a file of three batches, and a store that is away for the third
    feed = tmp_path / "feed"
    feed.write_bytes(b"\n".join(told(heartbeat(str(n)) for n in range(3 * BATCH))))
    receive, calls = log.receive, iter(range(9))

    def sometimes(*arguments: Any) -> Any:
        if next(calls) == 2:
            raise StoreOutOfReach("gone")
        return receive(*arguments)

    monkeypatch.setattr(log, "receive", sometimes)
    summary = Summary()
    # when it is imported
    with pytest.raises(StoreOutOfReach):
        import_files(intake, [str(feed)], clock, summary)
    # then what is counted is what is recorded
    assert summary.counts == {"recorded": 2 * BATCH}
    assert log.head() == 2 * BATCH


LARGE = """
import resource, sys, tracemalloc
from consumers.files import Summary, import_files
from consumers.intake import Intake
from record.clock import SystemClock
from record.log import Log
url, feed = sys.argv[1:]
with Log(url) as log:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    summary = Summary()
    import_files(Intake(log), [feed], SystemClock(), summary)
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(dict(summary.counts), after - before)
"""


def imported_apart(url: str, feed: Path) -> tuple[dict[str, int], int]:
    """Import in a process of its own: the counts, and by how many MiB it grew."""
    done = subprocess.run(
        [sys.executable, "-c", LARGE, url, str(feed)],
        cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    counts, grown = done.stdout.rsplit(" ", 1)
    return eval(counts), int(grown) // 1024


def test_a_line_of_100_mb_is_quarantined_whole_with_little_memory(
    url: str, tmp_path: Path
) -> None:
    # given a line of 100 MB between two events
    feed, size = tmp_path / "feed", 100_000_000
    with feed.open("wb") as file:
        file.write(THREE[0] + b'\n{"x": "')
        for _ in range(100):
            file.write(b"y" * (size // 100))
        file.write(b"\n" + THREE[1])
    # when it is imported
    counts, grown = imported_apart(url, feed)
    # then it is kept whole, the events are recorded, and memory stayed flat
    assert counts == {"recorded": 2, "quarantined": 1}
    assert grown < 80, f"grew by {grown} MiB"
    with Log(url) as log:
        (kept,) = aside.quarantined(log)
        assert kept["size"] == size + len(b'{"x": "')
        pieces = [len(piece) for piece in aside.raw_pieces(log, kept["entry"])]
        assert sum(pieces) == kept["size"]
        assert max(pieces) < LARGEST + (1 << 21)


def test_memory_stays_flat_over_a_long_file(url: str, tmp_path: Path) -> None:
    # given a packed file of 60 MB, large events among small ones
    feed = tmp_path / "feed.gz"
    with gzip.open(feed, "wb", compresslevel=1) as file:
        for number in range(300):
            said = heartbeat(str(number), note="n" * 200_000)
            file.write(line(said) + b"\n")
    # when it is imported
    counts, grown = imported_apart(url, feed)
    # then memory holds some of it at once, never all
    assert counts == {"recorded": 300}
    assert grown < 60, f"grew by {grown} MiB"


def test_a_line_just_too_large_is_quarantined_and_the_next_is_read(
    tmp_path: Path, log: Log, intake: Intake, clock: SteppedClock
) -> None:
    # given a line of one byte more than the largest, and one that is just as large
    largest = line(heartbeat("a")).ljust(LARGEST)
    feed = tmp_path / "feed"
    feed.write_bytes(largest + b"\n" + largest + b" \n" + THREE[1])
    # when they are imported
    summary = summarised(intake, clock, feed)
    # then the larger one is kept aside with its reason
    assert summary.counts == {"recorded": 2, "quarantined": 1}
    (kept,) = aside.quarantined(log)
    assert kept["size"] == LARGEST + 1
    assert kept["reason"] == f"larger than {LARGEST} bytes"


def test_a_file_that_is_never_there_is_a_failure_of_the_feed() -> None:
    # given no file; when its lines are wanted, then the failure names it
    with pytest.raises(FeedFailure, match=r"^nowhere\.ndjson: cannot be read"):
        list(feed_lines("nowhere.ndjson", lambda _: None))
