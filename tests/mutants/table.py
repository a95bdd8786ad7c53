"""The mutations: in which query, which words, and what they are changed to.

Not in it is what changes nothing that is compared: which events are cited, the wording of a
reason, and what another clause already says (a statement heard after the clock is not known).
"""

from __future__ import annotations

from tests.mutants import concerns, contracts, evidence, facts, visits, words
from tests.mutants.telling import Changes

MUTANTS: dict[str, Changes] = {
    **visits.MUTANTS,
    **evidence.MUTANTS,
    **contracts.MUTANTS,
    **concerns.MUTANTS,
    **facts.MUTANTS,
    **words.MUTANTS,
}
