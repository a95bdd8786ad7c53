"""The shape of a finding."""

from datetime import date, datetime
from fractions import Fraction
from typing import Any

from .contracts import Contract
from .moments import half_up, text_of
from .policy import shown
from .visits import Visit

Finding = dict[str, Any]


def finding(
    kind: str,
    parts: tuple[str, ...],
    severity: str,
    since: datetime | date,
    **fields: Any,
) -> Finding:
    """Write a finding; fields that are not given do not apply."""
    empty = dict.fromkeys(
        ("stage", "provider", "contract", "person", "visit", "carer", "until", "minutes")
    )
    return {
        "kind": kind,
        "key": f"{kind}:{'/'.join(parts)}",
        "severity": severity,
        "since": text_of(since),
        "pence": None,
        **empty,
        **fields,
        "policy": shown(fields.get("policy", {})),
    }


def price(minutes: int | None, rate: int | None) -> int | None:
    """Return minutes × rate ÷ 60 rounded half up once, None where either is not known."""
    if minutes is None or rate is None:
        return None
    return half_up(Fraction(minutes * int(rate), 60))


def of_contract(
    kind: str,
    contract: Contract,
    severity: str,
    since: datetime | date,
    *more: str,
    **fields: Any,
) -> Finding:
    """Write a finding about a contract; *more* are the parts of its key after it."""
    return finding(
        kind,
        (contract.reference, *more),
        severity,
        since,
        provider=contract.provider,
        contract=contract.reference,
        person=contract.person,
        **fields,
    )


def about(
    kind: str,
    visit: Visit,
    severity: str,
    since: datetime,
    minutes: int | None = None,
    **fields: Any,
) -> Finding:
    """Write a finding about a visit, priced at its rate."""
    rate = visit.contract.rate(visit.due_start) if visit.contract else None
    return finding(
        kind,
        (visit.record.source, visit.record.reference),
        severity,
        since,
        provider=visit.provider,
        contract=visit.contract_named,
        person=visit.person,
        visit=visit.record.reference,
        minutes=minutes,
        pence=price(minutes, rate),
        **fields,
    )


def used(visit: Visit, *names: str) -> dict[str, Any]:
    """Return thresholds by name, as in force for the visit."""
    return {name: visit.threshold(name) for name in names}
