"""The edges of every rule: feeds of a few events on either side of each clause.

`telling` says how they are told; the other modules list them. Each is run by
`tests.projections.test_edges`, and `make mutants` shows that a clause that is changed is seen.
"""

from tests.edges import (
    agreed,
    claims,
    concerns,
    contracts,
    due,
    evidence,
    lines,
    lives,
    packages,
    patterns,
    people,
    record,
    statements,
    taps,
    visits,
    weeks,
)

EDGES = (
    *visits.EDGES,
    *record.EDGES,
    *due.EDGES,
    *lines.EDGES,
    *taps.EDGES,
    *evidence.EDGES,
    *patterns.EDGES,
    *contracts.EDGES,
    *packages.EDGES,
    *people.EDGES,
    *claims.EDGES,
    *weeks.EDGES,
    *agreed.EDGES,
    *lives.EDGES,
    *concerns.EDGES,
    *statements.EDGES,
)
