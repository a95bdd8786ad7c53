"""Where a broker is, as whom it is entered, and what it means that it cannot be used."""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

NATS_SCHEMES, RABBIT_SCHEMES = ("nats", "tls"), ("amqp", "amqps")
TLS_SCHEMES = ("tls", "amqps")
SCHEMES = (*NATS_SCHEMES, *RABBIT_SCHEMES)


class BrokerTrouble(Exception):
    """A broker cannot be reached or used now; the message says why, for a person to read."""


@dataclass(frozen=True)
class Access:
    """A broker's URL, and who enters.

    `ca_file` holds the certificates that are trusted in place of the system's;
    `stream_bytes` is how large a stream is made that is missing.
    """

    url: str
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    ca_file: Path | None = None
    stream_bytes: int = 8 << 30

    @property
    def scheme(self) -> str:
        """The kind of the broker, and whether it is spoken to by TLS."""
        return urlsplit(self.url).scheme

    def tls(self) -> ssl.SSLContext | None:
        """How the broker's certificate is checked; None where the URL asks for no TLS."""
        if self.scheme not in TLS_SCHEMES:
            return None
        return ssl.create_default_context(cafile=self.ca_file)


async def pause(stop: asyncio.Event, seconds: float) -> bool:
    """Wait so long, or until *stop* is set; whether it was."""
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return False
    return True


async def unless(stop: asyncio.Event, task: asyncio.Task[None]) -> bool:
    """Wait for a task to end, or give it up when *stop* is set; whether it ended."""
    stopped = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait((task, stopped), return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopped.cancel()
        ended = task.done()
        if not ended:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
    if ended:
        task.result()
    return ended
