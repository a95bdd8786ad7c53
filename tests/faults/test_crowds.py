"""F8: more readers than there are connections, again and again: writers go on at once after."""

from __future__ import annotations

import random
import threading
import time
from contextlib import suppress

from consumers.intake import Intake
from record.clock import SystemClock
from record.errors import StoreOutOfReach
from record.log import Log
from tests.conftest import LONG
from tests.faults.model import Senders, Sent

READERS, WRITERS = 40, 10
HELD, BURSTS = (7.0, 5) if LONG else (0.5, 2)
RESUMED = 2.0
"""Seconds within which a batch is recorded once the readers are gone."""
BEGIN = random.randrange(2**32) if LONG else 20260618


def hold(log: Log, waited: list[float]) -> None:
    """Read for long, or be told that there is no connection; how long it took to know."""
    began = time.monotonic()
    with suppress(StoreOutOfReach), log.recorder.reading() as ledger:
        ledger.head()
        waited.append(time.monotonic() - began)
        time.sleep(HELD)
        return
    waited.append(time.monotonic() - began)


def test_writers_go_on_as_soon_as_a_crowd_of_readers_is_gone(url: str) -> None:
    # given a feed that ten writers send to one process
    sent = Sent(BEGIN, 100 * WRITERS)
    with Log(url, timeout=1) as log:
        batches = sent.batches(4)
        share = len(batches) // BURSTS + 1
        for burst in range(BURSTS):
            # when more readers come than there are connections, and hold what they have
            waited: list[float] = []
            crowd = [
                threading.Thread(target=hold, args=(log, waited)) for _ in range(READERS)
            ]
            for reader in crowd:
                reader.start()
            time.sleep(0.1)
            senders = Senders([log], batches[burst * share :][:share], WRITERS)
            for reader in crowd:
                reader.join()
            assert max(waited) > min(HELD, 1) / 2
            # then, once they are gone, whoever comes is recorded at once
            left = time.monotonic()
            (receipt,) = Intake(log).receive([sent.deliveries[0]], SystemClock())
            assert time.monotonic() - left < RESUMED
            assert receipt.status
            senders.join()
        # and everything that was sent is there once
        assert sent.differences(log) == []
