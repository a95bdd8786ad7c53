"""Columns may be kept in a folder of any name."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from projections.asking import Moment
from projections.council import Council
from projections.engine import connect
from projections.mirror import write_segments
from projections.segments import Segments
from record.log import Log
from tests.edges.telling import alive, at, contract, stay, visit
from tests.projections.test_keeping import NOON
from tests.projections.test_laws import LIMITS, receive


@pytest.mark.parametrize("name", ["the council's [new] columns *"])
def test_columns_are_read_in_a_folder_of_any_name(name: str, tmp_path: Path) -> None:
    # given a log whose columns are in a folder of that name, one segment merged into another
    with (
        Log(f"sqlite:///{tmp_path}/council.db", simulated=True) as log,
        closing(connect(LIMITS)) as con,
    ):
        segments = Segments(tmp_path / name, log.id)
        for batch in ([contract()], [visit(), *stay(at(40), at(60)), alive(at(70))]):
            receive(log, batch)
            write_segments(con, log, segments, from_events=1)
        # when it is asked, first with nothing kept, and then with what was kept of visits
        for _ in range(2):
            with closing(Council(log, segments, LIMITS)) as council:
                found = council.findings(Moment(NOON), ["late_call"])
            # then it answers
            assert [one["visit"] for one in found] == ["V1"]
        assert list((tmp_path / name / "records").glob("visit_records-*"))
