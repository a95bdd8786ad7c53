"""Visits: a record that has a plan, read against its contract and the clock."""

from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from .attendance import delivered
from .contracts import Contract, Occurrence, occurrences
from .ground import Ground
from .moments import DAY, MINUTE, local_date, whole_minutes
from .records import Record
from .statements import Statement

SCHEDULED = "visit.scheduled"


class Visit:
    """One visit with a plan, as it stands."""

    def __init__(self, record: Record, ground: Ground) -> None:
        """Settle plan, line and what is due; the rest is read from them."""
        self.record = record
        self.ground = ground
        self.provider = record.provider
        self.first = record.plans[0]
        self.effective = plans_in_effect(record.plans)
        self.plan = self.effective[-1]
        self.planned_start = self.plan.moment("planned_start")
        scheduled = [plan for plan in self.effective if plan.type == SCHEDULED]
        named = scheduled[-1].data if scheduled else {}
        self.contract_named: str | None = named.get("contract")
        self.person: str | None = named.get("person")
        self.contract: Contract | None = None
        if self.contract_named is not None:
            self.contract = ground.contracts.get(self.contract_named)
        self.line = self._line(named.get("line"))
        planned = self.plan.moment("planned_end") - self.planned_start
        if self.line:
            self.due_minutes, self.carers = self.line.minutes, self.line.carers
        else:
            carers = named.get("carers")
            self.due_minutes = max(0, whole_minutes(planned))
            self.carers = 1 if carers is None else int(carers)

    def _line(self, named: str | None) -> Occurrence | None:
        """The occurrence of a line that the first plan was made for."""
        start = self.first.moment("planned_start")
        day = local_date(start)
        said = self.contract.lines_said(start, day) if self.contract else None
        if said is None:
            return None
        near = [o for d in (day - DAY, day, day + DAY) for o in occurrences(said, d)]
        reach = self.ground.threshold("line_reach", day, self.contract, self.provider)
        candidates = [o for o in near if o.line == named] or [
            o for o in near if abs(o.start - start) <= int(reach) * MINUTE
        ]
        return min(
            candidates,
            key=lambda o: (abs(o.start - start), o.start, o.line),
            default=None,
        )

    @property
    def asked_for(self) -> bool:
        """Whether the plan in force was asked for by the person or the council."""
        return self.plan.data.get("asked_by") in ("person", "council") and (
            self.plan.type != SCHEDULED
        )

    @cached_property
    def due_start(self) -> datetime:
        """When the visit is due: at its line, unless moved at the council's side."""
        if self.line is None or self.asked_for:
            return self.planned_start
        return self.line.start

    @cached_property
    def due_end(self) -> datetime:
        """When the visit is due to be over."""
        return self.due_start + self.due_minutes * MINUTE

    @cached_property
    def due_on(self) -> date:
        """The due date."""
        return local_date(self.due_start)

    @property
    def due_carer_minutes(self) -> int:
        """What is due, of all carers together."""
        return self.due_minutes * self.carers

    def threshold(self, name: str) -> Any:
        """Return a threshold as in force for this visit, on its due date."""
        return self.ground.threshold(name, self.due_on, self.contract, self.provider)

    def minutes(self, name: str) -> timedelta:
        """Return a threshold that counts minutes, as elapsed time."""
        return int(self.threshold(name)) * MINUTE

    def hours(self, name: str) -> timedelta:
        """Return a threshold that counts hours, as elapsed time."""
        return int(self.threshold(name)) * 60 * MINUTE

    def line_says(self, name: str) -> Any:
        """Return a field of the visit's line, None without line or field."""
        return self.line.terms.get(name) if self.line else None

    @property
    def time_critical(self) -> bool:
        """Whether the line says that the time matters."""
        return self.line_says("time_critical") is True

    @property
    def delivered(self) -> int:
        """Delivered carer-minutes."""
        due = self.due_minutes * MINUTE
        return whole_minutes(delivered(self.record.attendances, self.carers, due))

    @property
    def declared(self) -> bool:
        """Whether the provider declared the miss, or somebody reported it."""
        return self.record.miss is not None or self.record.nobody_came

    @cached_property
    def state(self) -> str:
        """Attended, frustrated, cancelled, missed or open."""
        cancellation = self.record.cancellation
        if self.record.taps:
            return "attended"
        if self.record.frustration:
            return "frustrated"
        if cancellation and cancellation.time < self.due_start:
            return "cancelled"
        missed_from = self.due_start + self.minutes("missed_after")
        if self.declared or self.ground.at >= missed_from:
            return "missed"
        return "open"

    @property
    def unknown(self) -> bool:
        """Whether it was attended, but a tap stands alone."""
        return bool(self.record.lone)

    @cached_property
    def mismatch(self) -> str | None:
        """Why the visit does not match its contract, None when it does."""
        contract = self.contract
        if self.ground.person(self.person).died_before(self.due_on):
            return "after_death"
        if contract is None:
            return "contract_unknown"
        if contract.provider != self.provider:
            return "other_provider"
        if contract.kind != "block" and contract.person != self.person:
            return "other_person"
        if not contract.in_force(self.due_on):
            return "out_of_contract"
        return "suspended" if contract.suspended_since(self.due_on) else None

    @property
    def judged(self) -> bool:
        """Whether the visit is held against what was promised."""
        return self.mismatch in (None, "contract_unknown")

    @property
    def away(self) -> bool:
        """Whether the person is in hospital or respite on the due date."""
        return self.ground.person(self.person).is_away(self.due_on)


def plans_in_effect(plans: list[Statement]) -> list[Statement]:
    """Return the first plan, and each that was said before the start in force so far."""
    effective = plans[:1]
    for plan in plans[1:]:
        if plan.time < effective[-1].moment("planned_start"):
            effective.append(plan)
    return effective
