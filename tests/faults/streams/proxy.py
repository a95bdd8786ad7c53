"""A network that fails: a proxy between a worker and its broker."""

from __future__ import annotations

import asyncio
import socket
import struct
from contextlib import suppress
from types import TracebackType
from typing import Self

AT_ONCE = struct.pack("ii", 1, 0)
"""Of a socket's lingering: it is closed by a reset."""


class Proxy:
    """Carries bytes to a port and back, until it is told to fail.

    `open_` false: nothing gets through, and nobody is told (a black hole). `delay`: seconds
    that all take longer.
    """

    def __init__(self, port: int) -> None:
        self._to = port
        self._through = asyncio.Event()
        self._through.set()
        self.delay = 0.0
        self._writers: set[asyncio.StreamWriter] = set()
        self.connections = 0

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connect, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.heal()
        self._server.close()
        self.reset()
        await self._server.wait_closed()
        await asyncio.sleep(0.1)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"nats://127.0.0.1:{self.port}"

    def black_hole(self) -> None:
        """Let nothing through, and tell nobody."""
        self._through.clear()

    def heal(self) -> None:
        """Let everything through at once."""
        self._through.set()
        self.delay = 0.0

    def reset(self) -> None:
        """Break all connections."""
        for writer in [*self._writers]:
            raw = writer.get_extra_info("socket")
            if raw is not None and not writer.is_closing():
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
            writer.transport.abort()

    async def _connect(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.connections += 1
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._to)
        except OSError:
            writer.close()
            return
        both = {writer, far_writer}
        self._writers |= both
        try:
            await asyncio.gather(
                self._carry(reader, far_writer), self._carry(far_reader, writer)
            )
        finally:
            self._writers -= both

    async def _carry(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        with suppress(OSError):
            while some := await reader.read(1 << 16):
                await self._through.wait()
                if self.delay:
                    await asyncio.sleep(self.delay)
                writer.write(some)
                await writer.drain()
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()
