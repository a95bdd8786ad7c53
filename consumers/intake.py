"""Intake: a batch of raw events in, one receipt each out. Serves every carrier."""

from __future__ import annotations

from collections.abc import Sequence

from consumers.messages import read_event
from record.arrivals import Arrival, Receipt
from record.clock import Clock
from record.log import Log
from record.senders import Sender


class Intake:
    """The door of one log."""

    def __init__(self, log: Log) -> None:
        self.log = log

    def receive(
        self,
        batch: Sequence[bytes | Arrival],
        clock: Clock,
        sender: Sender | None = None,
    ) -> list[Receipt]:
        """Read each event and record the batch in one transaction.

        Whatever an event is, it ends in exactly one receipt, in the batch's order; none
        takes another down. *sender* is who was let in with the bytes; what was read
        before (`read_event`) has a sender of its own.

        Raises:
            StoreOutOfReach: nothing of the batch was recorded; it may be sent again.
        """
        arrivals = [
            read_event(item, sender) if isinstance(item, bytes) else item
            for item in batch
        ]
        return self.log.receive(arrivals, clock)
