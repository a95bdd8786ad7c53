"""Which facts of visits are kept, and by which questions."""

from __future__ import annotations

from functools import cache
from hashlib import sha256

import duckdb

from projections.columns import fingerprint, tables
from projections.questions import Question, in_order, text
from projections.records import Records
from projections.renewing import BY_VISIT
from projections.segments import RECORDS, Segments
from projections.statements import ALL, scripts
from projections.touched import FAR_REACHING
from record.log import Log

KEPT = ("attendances", "taps", "visit_records")
"""The facts that are kept."""


def records_of(log: Log, segments: Segments) -> Records:
    """What is kept of a log, beside its segments."""
    return Records(segments.folder / RECORDS, log, shape())


@cache
def asked() -> tuple[Question, ...]:
    """The questions that answer them, each after those that it reads."""
    return tuple(in_order(KEPT))


@cache
def by_visit() -> frozenset[str]:
    """Which of these are asked visit by visit."""
    return frozenset(q.name for q in asked() if q.kept == BY_VISIT)


@cache
def read() -> frozenset[str]:
    """The tables whose statements may change what is kept."""
    named = {name for question in asked() for _, name in question.statements()}
    return frozenset(named | FAR_REACHING | {"statement_retracted"})


@cache
def shape() -> str:
    """Names the questions, by all their words and all that they read, and the engine."""
    told = [fingerprint(), duckdb.__version__, *KEPT]
    told += [table.decode("rows") for table in tables().values()]
    told += [text("vocabulary.sql"), text("replaced.sql")]
    told += [sql for _, sql in scripts(asked(), ALL)]
    told += [question.text for question in asked()]
    return sha256("\n".join(told).encode()).hexdigest()[:16]
