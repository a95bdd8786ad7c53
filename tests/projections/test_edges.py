"""Either side of every clause: a finding holds here and not there, and says what it must."""

from __future__ import annotations

import json

import pytest

from projections.questions import kinds
from tests import reading
from tests.edges import EDGES
from tests.edges.telling import Edge
from tests.projections import memory
from tests.projections.comparing import differences


def name(edge: Edge) -> str:
    """An edge as a sentence."""
    return f"{edge.kind}: {edge.says}"


@pytest.mark.parametrize("edge", EDGES, ids=name)
def test_on_this_side_of_the_clause(edge: Edge) -> None:
    # given a few events, a clock, and what was known
    clock, received, known = edge.instants()
    # when the kind is asked for
    found = memory.findings(edge.feed(), clock, received, {edge.kind}, known)
    # then it holds or not, and says what the clause decides
    assert bool(found) is edge.holds
    for finding in found:
        for field, value in (edge.fields or {}).items():
            assert finding[field] == value
    # and the second reading says the same
    told = reading.as_log(json.loads(json.dumps(edge.feed())), received)
    theirs = reading.findings(told, clock, known, kinds={edge.kind})
    assert differences(found, theirs, without={"evidence", "reason"}) == []


def test_every_kind_has_both_sides() -> None:
    for holds in (True, False):
        assert {edge.kind for edge in EDGES if edge.holds is holds} == set(kinds())


def test_no_edge_is_named_twice() -> None:
    assert len({name(edge) for edge in EDGES}) == len(EDGES)
