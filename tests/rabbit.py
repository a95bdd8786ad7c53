"""A RabbitMQ server of the tests' own, where Debian's package is installed."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any

from tests.brokers import free_port, listening

PROGRAM = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
"""Not the wrapper, which would start the system's own as another user."""

MISSING = (
    ""
    if PROGRAM.exists() and shutil.which("epmd")
    else "rabbitmq-server is not installed"
)


PASSWORD = "secret"
"""Of everybody but the guest."""

RIGHTS = {
    "intake": ("^counterfoil", "^counterfoil", "^counterfoil", None),
    "ash": ("^$", "^counterfoil$", r"^receipts\.ash$", r"^events\.ash$"),
    "birch": ("^$", "^counterfoil$", r"^receipts\.birch$", r"^events\.birch$"),
}
"""What each may configure, write and read, and under which key it may publish: as the guide
for operators says."""


def definitions() -> dict[str, Any]:
    """Users and their rights, as RabbitMQ imports them."""

    def user(name: str, password: str, *tags: str) -> dict[str, Any]:
        hashed = b"salt" + sha256(b"salt" + password.encode()).digest()
        return {
            "name": name, "password_hash": b64encode(hashed).decode(), "tags": ",".join(tags),
            "hashing_algorithm": "rabbit_password_hashing_sha256",
        }  # fmt: skip

    rights = {"guest": (".*", ".*", ".*", None), **RIGHTS}
    return {
        "users": [user("guest", "guest", "administrator")]
        + [user(name, PASSWORD) for name in RIGHTS],
        "vhosts": [{"name": "/"}],
        "permissions": [
            {"user": name, "vhost": "/", "configure": one, "write": two, "read": three}
            for name, (one, two, three, _) in rights.items()
        ],
        "topic_permissions": [
            {
                "user": name,
                "vhost": "/",
                "exchange": "counterfoil",
                "write": key,
                "read": "^$",
            }
            for name, (_, _, _, key) in rights.items()
            if key
        ],
    }


class RabbitServer:
    """A server with a folder, a name and ports of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port, self._epmd_port, self._dist_port = (free_port() for _ in range(3))
        self._epmd: subprocess.Popen[bytes] | None = None
        self._server: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it listens, and its guest."""
        return f"amqp://guest:guest@127.0.0.1:{self.port}/"

    def url_of(self, name: str) -> str:
        """Where it listens, and somebody with fewer rights."""
        return f"amqp://{name}:{PASSWORD}@127.0.0.1:{self.port}/"

    def start(self) -> None:
        """Start it, and wait until it listens."""
        (self.folder / "rabbitmq.conf").write_text(
            f"listeners.tcp.1 = 127.0.0.1:{self.port}\nvm_memory_high_watermark.absolute = 1GB\n"
            "disk_free_limit.absolute = 10MB\nlog.console = false\n"
            f"load_definitions = {self.folder}/definitions.json\n"
        )
        (self.folder / "definitions.json").write_text(json.dumps(definitions()))
        (self.folder / "plugins").write_text("[].\n")
        home = str(self.folder)
        environment = {
            "PATH": os.environ["PATH"], "HOME": home, "LANG": "C.UTF-8",
            "ERL_EPMD_PORT": str(self._epmd_port), "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": f"test{self.port}@localhost",
            "RABBITMQ_DIST_PORT": str(self._dist_port),
            "RABBITMQ_MNESIA_BASE": f"{home}/mnesia", "RABBITMQ_LOG_BASE": f"{home}/log",
            "RABBITMQ_CONFIG_FILE": f"{home}/rabbitmq.conf",
            "RABBITMQ_ENABLED_PLUGINS_FILE": f"{home}/plugins",
            "RABBITMQ_CONF_ENV_FILE": f"{home}/none", "RABBITMQ_PID_FILE": f"{home}/pid",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS":
                "-start_epmd false -kernel inet_dist_use_interface {127,0,0,1}",
        }  # fmt: skip
        if self._epmd is None:
            self._epmd = subprocess.Popen(
                ["epmd", "-port", str(self._epmd_port), "-address", "127.0.0.1"],
                env=environment,
            )
        with (self.folder / "out").open("ab") as out:
            self._server = subprocess.Popen(
                [str(PROGRAM)], env=environment, stdout=out, stderr=out, cwd=home,
                start_new_session=True,
            )  # fmt: skip
        for _ in range(600):
            if listening(self.port):
                return
            assert self._server.poll() is None, (self.folder / "out").read_text()
            time.sleep(0.1)
        raise AssertionError((self.folder / "out").read_text())

    def end(self) -> None:
        """End the server, but not its name server; what its script began is a group."""
        if self._server is not None:
            os.killpg(self._server.pid, signal.SIGTERM)
            self._server.wait(60)
        self._server = None

    def stop(self) -> None:
        """End all that was started."""
        self.end()
        if self._epmd is not None:
            self._epmd.terminate()
            self._epmd.wait(20)
        self._epmd = None
