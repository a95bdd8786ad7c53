"""Who may speak by which name, as the store's credentials say; looked up again all the time."""

from __future__ import annotations

import re
import time

from record.clock import Clock
from record.log import Log
from record.senders import Sender, credentials

SECONDS = 1.5
"""How long a look is good for: so long may a revoked credential still be heard."""

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
"""A credential's name: also a broker's user, and one token of its subjects."""


class KnownSenders:
    """The credentials in force, at most `SECONDS` old."""

    def __init__(self, log: Log, clock: Clock) -> None:
        self._log, self._clock = log, clock
        self._known: dict[str, Sender] = {}
        self._until = 0.0

    def of(self, name: str) -> Sender | None:
        """The sender of that name; None where no credential of that name is in force.

        Raises:
            StoreOutOfReach: the credentials cannot be read now.
        """
        if time.monotonic() >= self._until:
            with self._log.recorder.reading() as ledger:
                found = credentials(ledger)
            now = self._clock.now()
            self._known = {c.sender.name: c.sender for c in found if c.in_force(now)}
            self._until = time.monotonic() + SECONDS
        return self._known.get(name)
