"""The edges of every rule: feeds of a few events on either side of each clause.

`telling` says how they are told; the other modules list them. Each is run by
`tests.projections.test_edges`, and `make mutants` shows that a clause that is changed is seen.
"""

from tests.edges import contracts, evidence, packages, patterns, record, visits

EDGES = (
    *visits.EDGES,
    *record.EDGES,
    *evidence.EDGES,
    *patterns.EDGES,
    *contracts.EDGES,
    *packages.EDGES,
)
