"""Columns that ran ahead of a log which was restored from a backup are not believed."""

from __future__ import annotations

import shutil
from pathlib import Path

from consumers.intake import Intake
from projections.asking import Moment
from projections.council import Council
from projections.engine import Limits, connect
from projections.mirror import write_segments
from projections.segments import Segments
from record.clock import SystemClock
from record.log import Log
from tests.feeds import NOON, check_in, lines
from tests.projections.test_laws import asked

LIMITS = Limits(threads=1)


def visits(*numbers: int) -> list[bytes]:
    """Check-ins at visits of which there is no plan."""
    return lines(check_in(f"i{n}", f"V{n}") for n in numbers)


def mirrored(log: Log, folder: Path) -> Segments:
    """The log's columns, up to its newest event."""
    segments = Segments(folder, log.id)
    con = connect(LIMITS)
    write_segments(con, log, segments, from_events=1)
    con.close()
    return segments


def test_columns_that_ran_ahead_of_a_restored_log_are_not_believed_and_made_anew(
    tmp_path: Path,
) -> None:
    # given a log with a backup, and columns of what was recorded before it and after it
    url, clock = f"sqlite:///{tmp_path}/council.db", SystemClock()
    with Log(url) as log:
        Intake(log).receive(visits(1, 2, 3, 4, 5), clock)
        mirrored(log, tmp_path / "columns")
    shutil.copy(tmp_path / "council.db", tmp_path / "backup.db")
    with Log(url) as log:
        Intake(log).receive(visits(6, 7), clock)
        before = mirrored(log, tmp_path / "columns").manifest()

    # when it is restored, and other events come to stand at the same positions
    for lost in tmp_path.glob("council.db*"):
        if lost.is_file():
            lost.unlink()
    shutil.copy(tmp_path / "backup.db", tmp_path / "council.db")
    with Log(url) as log:
        assert log.id == before.log_id
        Intake(log).receive(visits(8, 9, 10), clock)

        # then whoever asks is told of these, whether the columns are as they were or anew
        there = Segments(tmp_path / "columns", log.id)
        told = Council(log, there, LIMITS).findings(Moment(NOON))
        again = Council(log, mirrored(log, there.folder), LIMITS).findings(Moment(NOON))
        assert told == again == asked(log, Moment(NOON))
        found = {finding["visit"] for finding in told}
        assert found == {f"V{n}" for n in (1, 2, 3, 4, 5, 8, 9, 10)}

        # and the part of the columns that was of this log is kept
        kept = there.manifest().segments
        assert kept[0].first == 1
        assert kept[-1].last == 8
