"""An invoice: what a provider claims for a period, and what the council decides of it.

Claimed minutes are carer-minutes; money is whole pence.
"""

from __future__ import annotations

from typing import Literal

from domain import base
from domain.values import Data, Day, Pence, Reference, Whole, Words


class Invoice(base.Aggregate):
    """A claim for payment, named by the provider's source and its reference."""


class Event(base.Event):
    """Something said of an invoice."""

    AGGREGATE = Invoice
    NAMED_BY_SOURCE = True


class InvoiceLine(Data):
    """One claim: for a visit, or for all of a contract that no line names."""

    line: Reference
    contract: Reference
    visit: Reference | None = None
    minutes: Whole
    pence: Pence


class Claim(Data):
    """The claims for a period, first and last day included."""

    period_start_on: Day
    period_end_on: Day
    lines: list[InvoiceLine]


class Decision(Data):
    """What the council decides of one line of a provider's invoice."""

    provider: Reference
    line: Reference
    decision: Literal["approved", "disputed", "credited"]
    pence: Pence
    reason: Words | None = None


class Submitted(Event, topic="invoice.submitted", said_by=("providers",)):
    """The provider asks to be paid."""

    SLOT = ()
    data: Claim


class Decided(Event, topic="invoice.decided", said_by=("council",)):
    """The council answered a line."""

    SLOT = ("line",)
    data: Decision

    @classmethod
    def speaker(cls, said: base.Envelope, data: Data) -> str:
        """The invoice is the named provider's, although the council speaks."""
        if isinstance(data, Decision):
            return f"/providers/{data.provider}"
        return said.source
