"""A second reading of the rules, in plain loops, that the product's SQL is held against.

It was written from feed.md and findings.md alone and shares no code with the product.
Each module reads one part of the text, in the text's own words and order:

- `moments` local time and the calendar, `statements` what exists and what holds;
- `policy` the thresholds, `people` lives and needs, `contracts` what was bought;
- `records` and `attendance` what a provider said of a visit, `visits` how it reads;
- `ground` what a visit is judged against, `council` all of it together;
- `visit_findings`, `record_findings`, `evidence_findings`, `contract_findings`,
  `package_findings`, `invoice_findings`, `person_findings`, `provider_findings`,
  `concern_findings` one function a kind, with `weeks` behind the weekly ones and `rows`
  for their shape.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from .concern_findings import CONCERN_KINDS
from .contract_findings import CONTRACT_KINDS
from .council import Council
from .evidence_findings import EVIDENCE_KINDS
from .invoice_findings import invoice_over_claim
from .package_findings import PACKAGE_KINDS
from .person_findings import PERSON_KINDS
from .provider_findings import PROVIDER_KINDS
from .record_findings import PLANNED_KINDS, RECORD_KINDS
from .rows import Finding
from .statements import known
from .visit_findings import JUDGED_KINDS

__all__ = ["KINDS", "as_log", "findings"]

VISIT_KINDS = JUDGED_KINDS | PLANNED_KINDS
COUNCIL_KINDS = {
    **CONTRACT_KINDS,
    **PACKAGE_KINDS,
    **EVIDENCE_KINDS,
    **PERSON_KINDS,
    **PROVIDER_KINDS,
    **CONCERN_KINDS,
    "invoice_over_claim": invoice_over_claim,
}
KINDS = frozenset({*VISIT_KINDS, *RECORD_KINDS, *COUNCIL_KINDS})


def findings(
    log: Sequence[Mapping[str, Any]],
    at: datetime,
    known_at: datetime | None = None,
    kinds: Collection[str] | None = None,
) -> list[Finding]:
    """Conclude every finding that holds at the clock *at*, known what was by *known_at*.

    *log* is what was recorded, in order; *known_at* None means everything received;
    *kinds* None means every kind this reading has, others are left out.
    """
    # In UTC, or adding days to the clock would follow a local calendar.
    clock = at.astimezone(UTC)
    council = Council(known(log, clock, known_at), clock)
    asked = KINDS if kinds is None else KINDS.intersection(kinds)
    rows: list[Finding] = []
    for kind in asked:
        if kind in VISIT_KINDS:
            concluded = [VISIT_KINDS[kind](visit) for visit in council.visits]
        elif kind in RECORD_KINDS:
            concluded = [RECORD_KINDS[kind](record) for record in council.records]
        else:
            concluded = list(COUNCIL_KINDS[kind](council))
        rows.extend(row for row in concluded if row is not None)
    return sorted(rows, key=lambda row: (row["kind"], row["key"]))


def as_log(
    events: Iterable[Mapping[str, Any]], received_at: datetime
) -> list[dict[str, Any]]:
    """Number raw events as a log received at once, the first of each (source, id).

    An event may say for itself when it was `received_at`; one that is `instead` of the
    first of its name takes its place from then on, by a person's decision.
    """
    log: list[dict[str, Any]] = []
    first: dict[tuple[str, str], dict[str, Any]] = {}
    for event in events:
        name = (event["source"], event["id"])
        own = event.get("received_at")
        received = datetime.fromisoformat(own) if own else received_at
        if event.get("instead"):
            first[name]["replaced_at"] = received
        elif name in first:
            continue
        first[name] = {**event, "position": len(log) + 1, "received_at": received}
        log.append(first[name])
    return log
