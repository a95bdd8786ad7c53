"""A NATS connection that neither a sender nor a server can bring down or lead astray."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from faststream.nats import NatsBroker
from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.js import JetStreamContext

from consumers.pulling import Pull

if TYPE_CHECKING:
    from nats.js.api import ConsumerConfig


class SafeClient(Client):
    """nats-py's client, but for four things, each of which is tested.

    A header that cannot be read ends its reading task, and with it the intake of everybody:
    here it is no header. TLS that was asked for is left out where the server, or whoever
    is in between, offers none: here that is an error. Closing fails where the connection
    was lost with something unsaid: here it is left unsaid. And pulls are ours (`Pull`).
    """

    def __init__(self, *, tls_only: bool) -> None:
        super().__init__()
        self._tls_only = tls_only

    async def _process_headers(self, headers: Any) -> dict[str, str] | None:
        try:
            return await super()._process_headers(headers)
        except Exception:
            return None

    async def _process_info(
        self, info: dict[str, Any], initial_connection: bool = False
    ) -> None:
        if self._tls_only and not info.get("tls_required"):
            raise NatsError("nats: the broker offers no TLS")
        await super()._process_info(info, initial_connection)

    async def close(self) -> None:
        """Leave. What should be said before is said by `drain`."""
        self._pending.clear()
        self._pending_data_size = 0
        await super().close()

    def jetstream(self, **options: Any) -> JetStreamContext:
        """JetStream, with pulls of our own."""
        return _Context(self, **options)


class _Context(JetStreamContext):
    async def pull_subscribe(  # type: ignore[override]  # a Pull takes its place
        self,
        subject: str,
        durable: str | None = None,
        stream: str | None = None,
        config: ConsumerConfig | None = None,
        **limits: Any,
    ) -> Pull:
        """A pull from a consumer that is there: `streams.prepare` has made it."""
        del subject, config, limits
        assert stream
        assert durable
        return await Pull(self._nc, stream, durable).open()


class SafeBroker(NatsBroker):
    """FastStream's broker on such a connection."""

    def __init__(self, url: str, *, tls_only: bool, **settings: Any) -> None:
        super().__init__(url, **settings)
        self.client = SafeClient(tls_only=tls_only)

    async def _connect(self) -> Client:
        try:
            await self.client.connect(**self._connection_kwargs)
        except BaseException:
            await self.client.close()
            raise
        self.config.connect(self.client)
        return self.client
