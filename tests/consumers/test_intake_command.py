"""`counterfoil intake` as a process: with its settings, by TLS, until it is told to stop."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import ssl
import subprocess
import sys
from pathlib import Path
from typing import Any

import nats
import pytest

from consumers.broker_config import INTAKE, inbox
from record.log import Log
from tests.brokers import know, subject, until
from tests.consumers.test_broker_config import Guarded
from tests.feeds import ASH, heartbeat, line

COUNTERFOIL = Path(sys.executable).with_name("counterfoil")


class Encrypted(Guarded):
    """A server that speaks TLS alone, by a certificate of its own."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.certificate, self.key = folder / "server.pem", folder / "server.key"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
             "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
             "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(self.key),
             "-out", str(self.certificate)],
            check=True, capture_output=True,
        )  # fmt: skip

    def write(self) -> None:
        """Write the configuration."""
        self.run(
            "broker-config", "--out", str(self.config), "--folder", f"{self.folder}/js",
            "--listen", f"127.0.0.1:{self.port}", "--cert", str(self.certificate),
            "--key", str(self.key),
        )  # fmt: skip


@pytest.fixture
def server(tmp_path: Path) -> Any:
    """An encrypted server with a sender and the intake, whose password is in a file."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    made = Encrypted(tmp_path)
    with Log(made.store) as log:
        know(log, "ash", ASH)
    made.give("ash")
    made.run("broker-password", "--out", str(tmp_path / "password"))
    made.write()
    made.start()
    yield made
    made.stop()


def begin(server: Encrypted, **more: str) -> subprocess.Popen[str]:
    """The command, set up by its environment alone."""
    settings = {
        "COUNTERFOIL_STORE": server.store,
        "COUNTERFOIL_BROKER": f"tls://127.0.0.1:{server.port}",
        "COUNTERFOIL_BROKER_USER": INTAKE,
        "COUNTERFOIL_BROKER_PASSWORD_FILE": str(server.folder / "password"),
        "COUNTERFOIL_BROKER_CA_FILE": str(server.certificate),
        "COUNTERFOIL_BROKER_STREAM_BYTES": str(64 << 20),
        **more,
    }
    kept = {name: value for name, value in settings.items() if value}
    return subprocess.Popen(
        [COUNTERFOIL, "intake"], env={**os.environ, **kept}, stderr=subprocess.PIPE,
        text=True, cwd=server.folder,
    )  # fmt: skip


async def test_the_command_carries_by_tls_until_it_is_told_to_stop(
    server: Encrypted,
) -> None:
    # given the command at work
    process = begin(server)
    try:
        with Log(server.store) as log:
            sender = await nats.connect(
                f"tls://127.0.0.1:{server.port}", user="ash",
                password=server.passwords["ash"], inbox_prefix=inbox("ash"),
                tls=ssl.create_default_context(cafile=server.certificate),
            )  # fmt: skip

            # when a sender publishes, as soon as there is a stream
            while log.head() == 0:
                try:
                    await sender.jetstream().publish(
                        subject("ash"), line(heartbeat("a")), timeout=1
                    )
                except nats.js.errors.NoStreamResponseError:
                    await asyncio.sleep(0.1)
                await asyncio.sleep(0.1)
            await sender.close()

        # and it is told to stop
        process.send_signal(signal.SIGTERM)
        _, said = await asyncio.to_thread(process.communicate, timeout=20)
    finally:
        process.kill()
        process.wait()

    # then it has recorded, and left without a complaint
    assert process.returncode == 0, said
    assert "Traceback" not in said
    assert "batch recorded" in said
    # and no password was logged
    assert (server.folder / "password").read_text().strip() not in said


async def test_a_certificate_that_is_not_trusted_is_named(server: Encrypted) -> None:
    # given a command that trusts the system's certificates alone
    process = begin(server, COUNTERFOIL_BROKER_CA_FILE="")
    try:
        # when it begins, then it says so, and waits
        assert process.stderr is not None
        said = ""
        while "certificate" not in said:
            said = await asyncio.wait_for(
                asyncio.to_thread(process.stderr.readline), timeout=20
            )
        assert process.poll() is None
    finally:
        process.terminate()
        process.communicate()
    await until(lambda: process.poll() is not None)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--broker", "http://127.0.0.1"], "name a broker"),
        (["--broker", "kafka://127.0.0.1"], "name a broker"),
        ([], "name a broker"),
    ],
)
def test_a_broker_of_no_known_kind_is_a_usage_error(
    tmp_path: Path, words: list[str], said: str
) -> None:
    # given a URL that names no broker; when the command is run, then it says so at once
    store = ("--store", f"sqlite:///{tmp_path}/c.db")
    done = subprocess.run(
        [COUNTERFOIL, "intake", *words, *store], capture_output=True, text=True,
        check=False, cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 2
    assert said in done.stderr


def test_a_password_file_that_cannot_be_read_is_a_wrong_setting(tmp_path: Path) -> None:
    # given a password file that is not there
    environment = {**os.environ, "COUNTERFOIL_BROKER_PASSWORD_FILE": str(tmp_path / "no")}

    # when the command is run, then the setting is named
    done = subprocess.run(
        [COUNTERFOIL, "intake", "--broker", "nats://127.0.0.1:1"], env=environment,
        capture_output=True, text=True, check=False, cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 2
    assert "broker_password_file" in done.stderr
