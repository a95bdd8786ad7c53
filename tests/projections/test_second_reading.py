"""The SQL and the second reading, in plain loops, draw the same findings."""

from __future__ import annotations

import os
from datetime import datetime
from typing import Any

from hypothesis import given, settings

from projections.questions import kinds
from tests.councils import cases
from tests.projections.engine import LONG_AGO, answer, new_engine
from tests.reading import as_log
from tests.reading import findings as second_reading

CASES = 1000 if os.environ.get("COUNTERFOIL_LONG") == "1" else 200
FIELDS = (
    "key", "kind", "severity", "stage", "provider", "contract", "person", "visit",
    "carer", "since", "until", "minutes", "pence", "policy", "exit_on",
)  # fmt: skip

ENGINE = new_engine()


def compared(findings: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Each finding by its key, with the fields that both readings give."""
    by_key = {f["key"]: {name: f.get(name) for name in FIELDS} for f in findings}
    assert len(by_key) == len(findings), "two findings have one key"
    return by_key


@settings(max_examples=CASES)
@given(cases())
def test_both_readings_of_the_rules_draw_the_same_findings(
    case: tuple[list[dict[str, Any]], datetime],
) -> None:
    feed, at = case
    expected = compared(second_reading(as_log(feed, LONG_AGO), at, kinds=kinds()))

    found = compared(answer(ENGINE, feed, at))

    assert found == expected


def a_variation_without_a_commission() -> list[dict[str, Any]]:
    """A visit under a contract of which only a variation of the rate stands."""
    return [
        {
            "specversion": "1.0", "id": "1", "source": "/providers/birch",
            "type": "visit.scheduled", "subject": "V1", "time": "2026-06-10T00:00:00Z",
            "data": {
                "contract": "C1", "person": "P2",
                "planned_start": "2026-06-17T00:00:00Z",
                "planned_end": "2026-06-17T01:00:00Z",
            },
        },
        {
            "specversion": "1.0", "id": "2", "source": "/council/adults",
            "type": "contract.varied", "subject": "C1", "time": "2026-06-16T08:00:00Z",
            "data": {
                "effective_on": "2026-06-16", "reason": "r", "rate_pence_per_hour": 1801,
            },
        },
    ]  # fmt: skip


def test_a_contract_that_was_never_commissioned_has_no_rate() -> None:
    at = datetime.fromisoformat("2026-06-17T04:00:00+00:00")

    found = answer(ENGINE, a_variation_without_a_commission(), at)

    assert [f["pence"] for f in found] == [None, None]
    assert {f["kind"] for f in found} == {"missed_call", "unmatched_visit"}
