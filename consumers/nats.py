"""The way to NATS JetStream: pulls batches in order, and acknowledges after the commit."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import Any

import structlog
from faststream import AckPolicy
from faststream.nats import JStream, PullSub
from faststream.nats.message import NatsBatchMessage
from faststream.nats.security import NatsSecurity, NatsUserPassword
from faststream.nats.subscriber.usecases import LogicSubscriber
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.protocol.parser import PERMISSIONS_ERR

from consumers.access import Access, BrokerTrouble, pause, unless
from consumers.courier import Courier
from consumers.nats_client import SafeBroker
from consumers.nats_delivery import NatsDelivery
from consumers.pulling import Pull
from consumers.streams import DURABLE, EVENTS, STREAM, fullness, prepare

BATCH = 256
WAIT_SECONDS = 0.1
"""How long a batch may gather: what comes seldom waits so long at most."""

WATCH_SECONDS = 1.0
AWAY_SECONDS = 15.0
"""How long the client may look for its broker before we begin anew."""

MOST_REFUSALS = 5
"""How often a refused pull is looked after before we begin anew."""

LEAVE_SECONDS = 5.0
"""How long a broker may take to hear the last receipts before we leave."""

LOOK_SECONDS = 60.0
"""How often it is looked how full the stream is."""

log = structlog.get_logger()


async def _as_it_came(batch: NatsBatchMessage) -> list[Msg]:
    """Leave the bytes alone: what cannot be read must reach our quarantine."""
    return batch.raw_message


class Nats:
    """Carries from a NATS server."""

    def __init__(self, access: Access) -> None:
        self.access = access
        self.ready = False
        self._told = False
        self._away_since: float | None = None

    async def carry(self, courier: Courier, stop: asyncio.Event) -> None:
        """Carry until *stop* is set. Raises `BrokerTrouble` where it cannot go on."""
        broker = self._broker()
        subscriber = broker.subscriber(
            f"{EVENTS}*",
            stream=JStream(STREAM, declare=False),
            durable=DURABLE,
            pull_sub=PullSub(batch_size=BATCH, timeout=WAIT_SECONDS, batch=True),
            ack_policy=AckPolicy.MANUAL,
            no_reply=True,
            decoder=_as_it_came,
        )

        @subscriber
        async def on_batch(messages: list[Msg]) -> None:
            await courier.take([NatsDelivery(one, broker.client) for one in messages])

        try:
            if not await unless(stop, asyncio.create_task(self._begin(broker))):
                return
            pull = subscriber.subscription
            assert isinstance(pull, Pull)
            self.ready, self._told, self._away_since = True, False, None
            log.info("broker ready", stream=STREAM, consumer=DURABLE)
            await self._watch(broker.client, pull, stop)
        except (NatsError, OSError) as error:
            raise BrokerTrouble(_plain(error)) from None
        finally:
            await self._end(broker, subscriber, courier)

    def _broker(self) -> SafeBroker:
        tls = self.access.tls()
        security = (
            NatsUserPassword(
                self.access.user, self.access.password or "", ssl_context=tls
            )
            if self.access.user
            else NatsSecurity(ssl_context=tls)
        )
        return SafeBroker(
            self.access.url,
            tls_only=tls is not None,
            security=security,
            inbox_prefix=f"_INBOX_{self.access.user or '_intake'}",
            apply_types=False,
            logger=None,
            connect_timeout=5,
            reconnect_time_wait=1,
            max_reconnect_attempts=-1,
            ping_interval=5,
            max_outstanding_pings=2,
            error_cb=self._on_error,
            disconnected_cb=self._on_away,
            reconnected_cb=self._on_back,
        )

    async def _begin(self, broker: SafeBroker) -> None:
        await broker.connect()
        await prepare(broker.client.jetstream(), self.access.stream_bytes)
        await broker.start()

    async def _end(
        self, broker: SafeBroker, subscriber: LogicSubscriber[Any], courier: Courier
    ) -> None:
        """Take nothing more, finish what was begun, give back the rest, and leave."""
        self.ready, self._told = False, True
        pull = subscriber.subscription
        await subscriber.stop()
        await courier.settle()
        if isinstance(pull, Pull):
            await pull.give_back()
        with suppress(NatsError, OSError, TimeoutError):
            await asyncio.wait_for(broker.stop(), LEAVE_SECONDS)
        await broker.client.close()

    async def _watch(self, client: Client, pull: Pull, stop: asyncio.Event) -> None:
        """Return when it is to stop; raise when it cannot go on."""
        look, refusals = time.monotonic() + LOOK_SECONDS, 0
        while not await pause(stop, WATCH_SECONDS):
            if client.is_closed:
                raise BrokerTrouble(
                    _plain(client.last_error or "it closed the connection")
                )
            if self._away_since is not None:
                if time.monotonic() - self._away_since > AWAY_SECONDS:
                    raise BrokerTrouble("the broker does not answer")
                continue
            refusals = await self._mended(client, pull, refusals)
            if time.monotonic() > look:
                look = time.monotonic() + LOOK_SECONDS
                await fullness(client.jetstream())

    async def _mended(self, client: Client, pull: Pull, refusals: int) -> int:
        """Make what is missing where pulls are refused; how often in a row they were."""
        trouble = pull.trouble
        self.ready = trouble is None
        if trouble is None:
            return 0
        if refusals == 0:
            log.error("broker refuses pulls", consumer=DURABLE, reason=trouble)
        if refusals == MOST_REFUSALS:
            raise BrokerTrouble(f"a pull from {DURABLE} was refused: {trouble}")
        await prepare(client.jetstream(), self.access.stream_bytes)
        return refusals + 1

    async def _on_error(self, error: Exception) -> None:
        """Say what the broker refuses, and once that it is away."""
        if PERMISSIONS_ERR in str(error).lower():
            log.error("broker refuses", reason=_plain(error))
        else:
            self._say_away(_plain(error))

    async def _on_away(self) -> None:
        self._say_away("it closed the connection")
        self.ready = False
        self._away_since = self._away_since or time.monotonic()

    def _say_away(self, reason: str) -> None:
        if not self._told:
            log.warning("waiting for the broker", reason=reason)
        self._told = True

    async def _on_back(self) -> None:
        log.info("broker is back")
        self.ready, self._told, self._away_since = True, False, None


def _plain(error: Exception | str) -> str:
    """What a broker said, or that it said nothing."""
    return str(error).removeprefix("nats: ").strip("' ") or "it does not answer"
