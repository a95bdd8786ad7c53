"""One message of a NATS stream, as the courier sees it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from consumers.delivery import written
from consumers.senders import NAME
from consumers.streams import EVENTS, RECEIPTS
from record.arrivals import Receipt

if TYPE_CHECKING:
    from nats.aio.client import Client
    from nats.aio.msg import Msg

ACK_SECONDS = 5.0
"""How long the broker may take to take note of an acknowledgement."""


class NatsDelivery:
    """A message of the stream. Its sender is who may publish on its subject."""

    def __init__(self, message: Msg, client: Client) -> None:
        self._message, self._client = message, client
        self.payload = message.data
        self.times = message.metadata.num_delivered
        self.sender = message.subject.removeprefix(EVENTS)

    async def ack(self) -> None:
        """Acknowledge, and wait until the broker has taken note."""
        await self._message.ack_sync(timeout=ACK_SECONDS)

    async def give_back(self, seconds: float) -> None:
        """Have it brought again after so many seconds."""
        await self._message.nak(delay=seconds)

    async def hold(self) -> None:
        """Begin the consumer's `ack_wait` anew."""
        await self._message.in_progress()

    async def answer(self, receipts: Sequence[Receipt]) -> None:
        """Publish the receipts where their sender alone may listen."""
        if not NAME.fullmatch(self.sender):
            return
        for body in written(receipts, self._client.max_payload):
            await self._client.publish(f"{RECEIPTS}{self.sender}", body)
