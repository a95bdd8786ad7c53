"""Pulls from a JetStream consumer, in the place of nats-py's own pull subscription.

FastStream's loop around that one loses what it has in its hands (each is tested): a
`TimeoutError` that it does not expect ends its task, a broker that is away for a moment empties
its batch, and once the connection is closed it runs round without letting anything else
run. A message whose headers call it a status is never shown to anyone. What is lost in such
ways comes back only after the consumer's `ack_wait`. Nothing bounds the bytes either.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from nats.errors import Error as NatsError
from nats.errors import TimeoutError as NothingCame

if TYPE_CHECKING:
    from nats.aio.client import Client
    from nats.aio.msg import Msg
    from nats.aio.subscription import Subscription

MOST_BYTES = 4 << 20
"""Bytes that are pulled at once, at most; one message that is larger comes by itself."""

MOST_OPEN = 1024
"""How many messages without an acknowledgement are remembered, to be given back at the end."""

GRACE_SECONDS = 2.0
"""How long the broker may take to say that a pull has ended."""

PAUSE_SECONDS = 0.2
"""How long nothing is asked of a broker that cannot answer."""

SILENCE = "the broker does not answer"
MOST_SILENCES = 3
"""Pulls without any answer, one after another, after which another connection is tried."""

TOO_LARGE = "Message Size Exceeds MaxBytes"
TIME_IS_UP, CONFLICT = "408", "409"


class Pull:
    """A pull subscription that gives every message that it was given.

    `trouble` is what the broker said when it refused a pull, until it answers one.
    """

    def __init__(self, client: Client, stream: str, consumer: str) -> None:
        self._client = client
        self._next = f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{consumer}"
        self._inbox = client.new_inbox()
        self._number = self._silences = 0
        self._got: list[Msg] = []
        self._given: list[Msg] = []
        self._wanted = 0
        self._over = asyncio.Event()
        self._said = ""
        self._enough = self._alone = False
        self._subscription: Subscription | None = None
        self.trouble: str | None = None

    async def open(self) -> Pull:
        """Begin to listen for what will be pulled."""
        self._subscription = await self._client.subscribe(
            f"{self._inbox}.*", cb=self._on_message, pending_bytes_limit=0
        )
        return self

    async def unsubscribe(self) -> None:
        """Listen no more, once what is on its way has come."""
        subscription, self._subscription = self._subscription, None
        if subscription is not None and self._client.is_connected:
            with suppress(NatsError, OSError, TimeoutError):
                await asyncio.wait_for(
                    subscription.drain(),  # type: ignore[no-untyped-call]
                    GRACE_SECONDS,
                )

    async def give_back(self) -> None:
        """Let another have at once what nobody here has begun, or ended."""
        left, self._got, self._given = [*self._given, *self._got], [], []
        for message in left:
            if not message.is_acked and self._client.is_connected:
                with suppress(NatsError):
                    await message.nak()

    async def fetch(
        self, batch: int = 1, timeout: float | None = None, heartbeat: Any = None
    ) -> list[Msg]:
        """At most so many messages that come within so many seconds.

        Raises:
            nats.errors.TimeoutError: none came; nothing else is ever raised.
        """
        del heartbeat
        if self._enough:
            self._enough = False
            raise NothingCame
        if not self._got:
            await self._pull(1 if self._alone else batch, timeout or PAUSE_SECONDS)
        got, self._got = self._got[:batch], self._got[batch:]
        if not got:
            raise NothingCame
        open_ = [one for one in self._given if not one.is_acked]
        self._given = [*open_[-MOST_OPEN:], *got]
        return got

    async def _pull(self, wanted: int, seconds: float) -> None:
        if not self._client.is_connected:
            await asyncio.sleep(PAUSE_SECONDS)
            return
        self._number += 1
        self._wanted, self._said = wanted, ""
        self._over.clear()
        asked: dict[str, int] = {"batch": wanted, "expires": int(seconds * 1e9)}
        if not self._alone:
            asked["max_bytes"] = MOST_BYTES
        try:
            await self._client.publish(
                self._next, json.dumps(asked).encode(), self._reply
            )
            await asyncio.wait_for(self._over.wait(), seconds + GRACE_SECONDS)
        except (NatsError, TimeoutError, OSError):
            self._said = SILENCE
        self._silences = self._silences + 1 if self._said == SILENCE else 0
        await self._judge()

    @property
    def _reply(self) -> str:
        return f"{self._inbox}.{self._number}"

    async def _judge(self) -> None:
        """What the end of a pull means for the next."""
        too_large = TOO_LARGE in self._said
        self._alone = too_large and not self._got
        self._enough = too_large and bool(self._got)
        if not self._said or too_large or self._said.startswith(TIME_IS_UP):
            self.trouble = None
            return
        if not self._got:
            if self._is_trouble():
                self.trouble = self._said
            await asyncio.sleep(PAUSE_SECONDS)

    def _is_trouble(self) -> bool:
        """Whether a pull ended so that the next will hardly end better."""
        if self._said == SILENCE:
            return self._silences >= MOST_SILENCES
        return not self._said.startswith(CONFLICT) or "Deleted" in self._said

    async def _on_message(self, message: Msg) -> None:
        """Keep a message, whatever its headers say; a status has no acknowledgement's address."""
        if message.reply:
            self._got.append(message)
            if len(self._got) >= self._wanted:
                self._over.set()
        elif message.subject == self._reply:
            headers = message.headers or {}
            self._said = f"{headers.get('Status', '')} {headers.get('Description', '')}"
            self._over.set()
