"""A way to PostgreSQL on which every so many replies to a commit are lost.

What it lets through it leaves as it is. Of every N-th commit of a transaction that wrote
something the reply is read, and instead of being passed on, the connection is cut: the
batch is recorded, and its sender does not know it.
"""

from __future__ import annotations

import selectors
import socket
import threading
from contextlib import suppress

COMMIT = b"COMMIT\x00"
WRITES = b"COPY "


class Proxy:
    """Listens on a port of its own, and passes everything on to *port*."""

    def __init__(self, port: int, every: int) -> None:
        self.target, self.every = port, every
        self.commits = self.dropped = 0
        self._counting = threading.Lock()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def close(self) -> None:
        """Let nobody in any more, and wait until everybody has left."""
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for thread in list(self._threads):
            thread.join(30)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(client,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, client: socket.socket) -> None:
        with client:
            try:
                server = socket.create_connection(("127.0.0.1", self.target), 5)
            except OSError:
                return
            with server, suppress(OSError), selectors.DefaultSelector() as ready:
                for side in (client, server):
                    ready.register(side, selectors.EVENT_READ)
                self._pass_on(client, server, ready)

    def _pass_on(
        self, client: socket.socket, server: socket.socket, ready: selectors.BaseSelector
    ) -> None:
        wrote = losing = False
        while True:
            for key, _ in ready.select():
                side = key.fileobj
                assert isinstance(side, socket.socket)
                data = side.recv(1 << 16)
                if not data or (side is server and losing):
                    return
                if side is client:
                    wrote |= WRITES in data
                    if COMMIT in data:
                        losing, wrote = wrote and self._is_to_be_lost(), False
                (server if side is client else client).sendall(data)

    def _is_to_be_lost(self) -> bool:
        with self._counting:
            self.commits += 1
            lost = self.commits % self.every == 0
            self.dropped += lost
        return lost
