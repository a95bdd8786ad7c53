"""The plain way to take a stream: one message, one load, one save, one acknowledgement.

The library's own PostgreSQL recorder, fed by a JetStream consumer; prints events a second.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import NAMESPACE_URL, UUID, uuid5

import nats
from eventsourcing.application import AggregateNotFoundError, Application
from eventsourcing.domain import Aggregate, event

from tests.brokers import NatsServer


class Thing(Aggregate):
    """Something that is spoken of."""

    @event("Said")
    def __init__(self, subject: str, data: str) -> None:  # noqa: ARG002  # recorded
        """Begin with the first statement."""
        self.subject = subject

    @staticmethod
    def create_id(subject: str) -> UUID:
        """Named by what is spoken of."""
        return uuid5(NAMESPACE_URL, subject)

    @event("SaidMore")
    def say(self, data: str) -> None:  # recorded
        """Hear another."""


def save(app: Application[UUID], raw: bytes) -> None:
    """Load what is spoken of, tell it, and save it."""
    told = json.loads(raw)
    subject, data = told["subject"], json.dumps(told["data"])
    try:
        thing: Any = app.repository.get(uuid5(NAMESPACE_URL, subject))
        thing.say(data)
    except AggregateNotFoundError:
        thing = Thing(subject, data)
    app.save(thing)


async def handle(url: str, events: int, server: NatsServer) -> float:
    """Events a second, each acknowledged once it is saved."""
    from benchmarks.streams import publish, said

    place = urlsplit(url)
    app: Application[UUID] = Application(
        {
            "PERSISTENCE_MODULE": "eventsourcing.postgres",
            "POSTGRES_DBNAME": place.path[1:],
            "POSTGRES_HOST": str(place.hostname),
            "POSTGRES_PORT": str(place.port),
            "POSTGRES_USER": str(place.username),
            "POSTGRES_PASSWORD": "",
        }
    )
    client = await nats.connect(server.url)
    stream = client.jetstream()
    await stream.add_stream(name="PLAIN", subjects=["counterfoil.events.>"])
    await publish(server.url, (said(number) for number in range(events)))
    pulled = await stream.pull_subscribe("counterfoil.events.>", "plain")
    begun, done = time.perf_counter(), 0
    while done < events:
        for message in await pulled.fetch(256, timeout=5):
            await asyncio.to_thread(save, app, message.data)
            await message.ack()
            done += 1
    took = time.perf_counter() - begun
    await client.close()
    app.close()
    return events / took


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        broker = NatsServer(Path(name))
        broker.start()
        print(asyncio.run(handle(sys.argv[1], int(sys.argv[2]), broker)))
        broker.stop()
