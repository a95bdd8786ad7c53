"""Carrying: whatever brokers do, what they hold is brought to the intake until it is stopped."""

from __future__ import annotations

import asyncio
import time
from typing import Protocol

import structlog

from consumers.access import (
    NATS_SCHEMES,
    RABBIT_SCHEMES,
    SCHEMES,
    Access,
    BrokerTrouble,
    pause,
)
from consumers.courier import Courier

FIRST_WAIT, LONGEST_WAIT = 1.0, 30.0
"""Seconds between attempts while a broker is away or not as it should be."""

log = structlog.get_logger()


class Transport(Protocol):
    """A way to a broker of one kind. `ready` says whether messages are being taken now."""

    ready: bool

    async def carry(self, courier: Courier, stop: asyncio.Event) -> None:
        """Carry until *stop* is set; what was begun is finished first.

        Raises:
            BrokerTrouble: it cannot go on, and should be tried again.
        """
        ...


def transport(access: Access) -> Transport:
    """The way to the broker at a URL. Raises `ValueError` for a URL of no known kind."""
    if access.scheme in NATS_SCHEMES:
        from consumers.nats import Nats

        return Nats(access)
    if access.scheme in RABBIT_SCHEMES:
        from consumers.rabbit import Rabbit

        return Rabbit(access)
    raise ValueError(f"a broker's URL begins with {', '.join(SCHEMES)}")


async def carry(way: Transport, courier: Courier, stop: asyncio.Event) -> None:
    """Carry until *stop* is set, and begin again, ever more slowly, after any trouble."""
    wait, told = FIRST_WAIT, ""
    while not stop.is_set():
        begun = time.monotonic()
        try:
            await way.carry(courier, stop)
        except BrokerTrouble as trouble:
            if str(trouble) != told:
                log.error("broker cannot be used; trying again", reason=str(trouble))
                told = str(trouble)
        if time.monotonic() - begun > LONGEST_WAIT:
            wait, told = FIRST_WAIT, ""
        await pause(stop, wait)
        wait = min(LONGEST_WAIT, 2 * wait)
