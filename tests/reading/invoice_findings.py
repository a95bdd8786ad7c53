"""Kinds about invoices: what is claimed, held against what is payable."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from .council import Council
from .moments import half_up
from .rows import Finding, finding
from .statements import PROVIDERS, Statement, held
from .visits import Visit

Money = tuple[int, Fraction]
NOTHING: Money = (0, Fraction(0))


@dataclass(frozen=True, eq=False)
class Line:
    """One line of an invoice that stands, and whether its visit was named before."""

    invoice: Statement
    data: Mapping[str, Any]
    again: bool

    @property
    def visit(self) -> tuple[str, str] | None:
        """The visit it names, by source and reference."""
        visit = self.data.get("visit")
        return None if visit is None else (self.invoice.source, visit)


def read_lines(council: Council) -> list[Line]:
    """Return every line, in the order in which visits are used up."""
    invoices = held(council.said.of("invoice.submitted"), lambda s: (s.source, s.subject))
    lines: list[Line] = []
    named: set[tuple[str, str]] = set()
    for invoice in sorted(invoices, key=lambda s: (s.time, s.source, s.subject)):
        for data in invoice.data["lines"]:
            line = Line(invoice, data, (invoice.source, data.get("visit")) in named)
            lines.append(line)
            if line.visit is not None:
                named.add(line.visit)
    return lines


def invoice_over_claim(council: Council) -> Iterator[Finding]:
    """More is claimed than is payable."""
    lines = read_lines(council)
    visits = {(v.record.source, v.record.reference): v for v in council.visits}
    together: dict[tuple[int, str], list[Line]] = defaultdict(list)
    for line in lines:
        if line.visit is None:
            together[(id(line.invoice), line.data["contract"])].append(line)
            continue
        visit = visits.get(line.visit)
        if line.again or visit is None or is_nothing(visit, line.data["contract"]):
            yield from held_against(council, [line], [NOTHING])
        elif not (visit.unknown or visit.state == "open"):
            yield from held_against(council, [line], [payable(visit)])
    named = {line.visit for line in lines}
    for alike in together.values():
        yield from held_against(council, alike, list(rest(council, alike[0], named)))


def is_nothing(visit: Visit, contract: str) -> bool:
    """Say whether a visit is payable 0 under a contract, whatever became of it."""
    return visit.contract_named != contract or visit.mismatch is not None


def rest(
    council: Council, line: Line, named: set[tuple[str, str] | None]
) -> Iterator[Money]:
    """Yield what is payable for the visits of a period that no line names."""
    first, last = (line.invoice.day(f"period_{end}_on") for end in ("start", "end"))
    for visit in council.visits:
        reference = (visit.record.source, visit.record.reference)
        if visit.record.source != line.invoice.source or reference in named:
            continue
        if is_nothing(visit, line.data["contract"]) or not first <= visit.due_on <= last:
            continue
        if visit.unknown or visit.state == "open":
            yield priced(visit, visit.due_carer_minutes)
        else:
            yield payable(visit)


def payable(visit: Visit) -> Money:
    """Return what is payable for a visit that is over."""
    due, delivered = visit.due_carer_minutes, visit.delivered
    if visit.state == "frustrated":
        return priced(visit, due)
    if visit.state == "cancelled":
        cancellation = visit.record.cancellation
        assert cancellation is not None
        late = visit.due_start - cancellation.time < visit.hours("short_notice_hours")
        by_person = cancellation.data["by"] == "person"
        return priced(visit, due if by_person and late else 0)
    if visit.state != "attended":
        return NOTHING
    assert visit.contract is not None
    payment = visit.contract.term("payment", visit.due_on)
    tolerated = visit.contract.term("tolerance_minutes", visit.due_on) or 0
    if payment == "tolerance":
        payment = "planned" if abs(due - delivered) <= tolerated else "actual"
    return priced(visit, due if payment == "planned" else delivered)


def priced(visit: Visit, minutes: int) -> Money:
    """Return minutes with their price, not rounded yet."""
    assert visit.contract is not None
    return minutes, Fraction(minutes * visit.contract.rate(visit.due_start), 60)


def held_against(
    council: Council, lines: Sequence[Line], owed: Sequence[Money]
) -> Iterator[Finding]:
    """Yield the finding about lines that claim more than is owed, on the first."""
    tolerance = int(council.ground.today_on("invoice_tolerance_pence"))
    minutes = sum(int(line.data["minutes"]) for line in lines)
    pence = sum(int(line.data["pence"]) for line in lines)
    payable_minutes = sum(m for m, _ in owed)
    payable_pence = half_up(sum((p for _, p in owed), Fraction(0)))
    if pence - payable_pence <= tolerance:
        return
    invoice, first = lines[0].invoice, lines[0].data
    contract = council.ground.contracts.get(first["contract"])
    since: date = invoice.day("period_start_on")
    yield finding(
        "invoice_over_claim", (invoice.source, invoice.subject, first["line"]), "high",
        since, provider=invoice.source.removeprefix(PROVIDERS),
        contract=first["contract"], person=contract.person if contract else None,
        visit=first.get("visit"), minutes=minutes - payable_minutes,
        pence=pence - payable_pence, policy={"invoice_tolerance_pence": tolerance},
    )  # fmt: skip
