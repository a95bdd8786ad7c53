"""What compose.yaml starts, started here without containers: the same words, the same settings.

Only the places are others: each part listens on a free port of this machine, and reads its
secrets where the script has put them. PostgreSQL and NATS are real servers, from wheels.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import nats
import psycopg
import pytest

from tests.brokers import NatsServer, free_port
from tests.deploy.reading import SERVICES
from tests.documents import COUNTERFOIL, ROOT, clean_environment
from tests.feeds import check_in, heartbeat, line
from tests.postgres import Cluster
from tests.test_serving import until

pytestmark = pytest.mark.skipif(
    not COUNTERFOIL.exists(), reason="the command is not installed beside this Python"
)


class Council:
    """compose.yaml on this machine: where its parts are, and its secrets."""

    def __init__(self, folder: Path, cluster: Cluster, database: str) -> None:
        self.folder, self.cluster = folder, cluster
        self.private = folder / "private"
        self.courier = NatsServer(folder)
        self.courier.config = self.private / "nats/counterfoil.conf"
        self.places = {
            "@postgres/council": f"@127.0.0.1:{cluster.port}/{database}",
            "nats://nats:4222": self.courier.url,
            "/run/secrets/broker-password": f"{self.private}/broker/password",
            "/run/secrets": str(self.private),
            "/var/lib/counterfoil": str(folder),
            "0.0.0.0:4222": f"127.0.0.1:{self.courier.port}",
            "/private": str(self.private),
        }

    def here(self, word: str) -> str:
        """A word of compose.yaml, with the places that are this machine's."""
        for there, here in self.places.items():
            if there in word:
                return word.replace(there, here)
        return word

    def environment(self, service: str) -> dict[str, str]:
        """What compose.yaml gives to a service."""
        given = SERVICES[service].get("environment", {})
        return clean_environment() | {name: self.here(v) for name, v in given.items()}

    def run(self, service: str, *words: str) -> str:
        """What a service answers that ends by itself."""
        told = [self.here(word) for word in words or SERVICES[service]["command"]]
        done = subprocess.run(
            [COUNTERFOIL, *told], env=self.environment(service), cwd=self.folder,
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def make_roles(self, database: str) -> None:
        """What the service `roles` does, by its own script."""
        (entry, _) = SERVICES["roles"]["entrypoint"]
        told = self.environment("roles") | {
            "PGHOST": "127.0.0.1", "PGPORT": str(self.cluster.port),
            "PGDATABASE": database, "SECRETS": str(self.private),
        }  # fmt: skip
        told["PATH"] = f"{self.cluster.programs}{os.pathsep}{told['PATH']}"
        script = str(ROOT / "deploy/postgres/roles.sh")
        done = subprocess.run(
            [entry, script], env=told, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr

    @contextmanager
    def started(self, service: str, log: Path) -> Iterator[tuple[str, str]]:
        """A service at work: where it takes events, and where it tells how it goes."""
        ports = {port: f"127.0.0.1:{free_port()}" for port in ("8080", "9464")}
        words = [self.here(word) for word in SERVICES[service]["command"]]
        words = [ports.get(word.removeprefix("0.0.0.0:"), word) for word in words]
        with log.open("wb") as said:
            process = subprocess.Popen(
                [COUNTERFOIL, *words], env=self.environment(service), cwd=self.folder,
                stderr=said,
            )  # fmt: skip
            try:
                until(lambda: ready(process, f"http://{ports['9464']}", log))
                yield f"http://{ports['8080']}", f"http://{ports['9464']}"
                process.send_signal(signal.SIGTERM)
                assert process.wait(30) == 0
            finally:
                if process.poll() is None:
                    process.kill()
                process.wait(20)


def ready(process: subprocess.Popen[bytes], ops: str, log: Path) -> bool:
    """Whether a process says that it takes work."""
    assert process.poll() is None, log.read_text(encoding="utf-8")
    try:
        return httpx.get(f"{ops}/readyz").status_code == 200
    except httpx.TransportError:
        return False


def number(ops: str, name: str) -> float | None:
    """One of the numbers that a process tells."""
    for told in httpx.get(f"{ops}/metrics").text.splitlines():
        if told.startswith(f"{name} "):
            return float(told.rpartition(" ")[2])
    return None


def asking_for_passwords(cluster: Cluster) -> None:
    """Let our three roles in by their passwords alone, as the image of compose.yaml does."""
    roles = "counterfoil_owner,counterfoil_intake,counterfoil_node"
    hba = cluster.data / "pg_hba.conf"
    hba.write_text(f"host all {roles} all scram-sha-256\n{hba.read_text()}")
    cluster.tell("SELECT pg_reload_conf()")


@pytest.fixture
def council(tmp_path: Path) -> Iterator[Council]:
    """The first day of the guide, up to where everything is started."""
    cluster = Cluster()
    asking_for_passwords(cluster)
    database = cluster.new()
    made = Council(tmp_path, cluster, database)
    script = ROOT / "deploy/secrets.sh"
    subprocess.run([script, made.private], check=True, capture_output=True)
    try:
        made.make_roles(database)
        yield made
    finally:
        made.courier.stop()
        cluster.remove()


async def test_what_compose_starts_takes_events_by_both_ways_and_finds(
    council: Council, tmp_path: Path
) -> None:
    # given the first day of the guide: tables, a sender, the broker's users
    council.run("migrate")
    told = council.run(
        "operator", "credential", "add", "ash", "--source", "/providers/ash",
        "--format", "json",
    )  # fmt: skip
    token = json.loads(told)["token"]
    council.run("operator", "broker-password", "--out", "/private/broker/password")
    entry = json.loads(council.run("operator", "broker-password", "ash"))["password"]
    config = "/private/nats/counterfoil.conf"
    listen, folder = ("--listen", "0.0.0.0:4222"), ("--folder", str(tmp_path / "js"))
    council.run("operator", "broker-config", *listen, *folder, "--out", config)
    council.courier.start()
    # when both parts are started, and one event comes by HTTP and one by the broker
    with (
        council.started("intake", tmp_path / "intake.log") as (http, _),
        council.started("node", tmp_path / "node.log") as (_, ops),
        council.started("watch", tmp_path / "watch.log") as _,
    ):
        head = {
            "Authorization": f"Bearer {token}",
            "Content-Type": "application/cloudevents+json",
        }
        answer = httpx.post(f"{http}/events", content=line(check_in("i1")), headers=head)
        client = await nats.connect(
            council.courier.url, user="ash", password=entry, inbox_prefix="_INBOX_ash"
        )
        await client.jetstream().publish("counterfoil.events.ash", line(heartbeat("h1")))
        await client.close()
        # then both are recorded, and the node has drawn what follows
        assert answer.json()["receipts"][0]["status"] == "recorded"
        until(lambda: number(ops, "counterfoil_follower_position") == 3)
        found = 'counterfoil_findings{kind="unplanned_visit",severity="low"}'
        assert number(ops, found) == 1

        # and the watcher puts that on record, as who may append
        def on_record() -> list[str]:
            told = council.run("operator", "log", "--format", "json")
            return sorted(row["type"] for row in json.loads(told))

        assert on_record() == ["finding.opened", "provider.heartbeat", "visit.checked_in"]


def test_a_password_is_changed_by_another_line_in_its_file(council: Council) -> None:
    # given roles with their passwords, and another in the file of one
    council.run("migrate")
    file = council.private / "counterfoil_node.pgpass"
    before = file.read_text()
    file.write_text(before.rpartition(":")[0] + ":another\n")
    url = council.here("postgresql://counterfoil_node@postgres/council")
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(url, passfile=str(file))
    # when the roles are made again
    council.make_roles(url.rpartition("/")[2])
    # then it is the new one that lets the node in
    psycopg.connect(url, passfile=str(file)).close()
    file.write_text(before)
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(url, passfile=str(file))


def test_the_script_makes_each_secret_once_and_for_its_owner_alone(
    tmp_path: Path,
) -> None:
    # given secrets that were made, one of which was lost
    script = [ROOT / "deploy/secrets.sh", tmp_path / "private"]
    subprocess.run(script, check=True, capture_output=True)
    made = {
        p.name: p.read_text() for p in (tmp_path / "private").iterdir() if p.is_file()
    }
    (tmp_path / "private/token-key").unlink()
    # when they are made again
    subprocess.run(script, check=True, capture_output=True)
    # then the lost one is new, and the others are what they were
    again = {
        p.name: p.read_text() for p in (tmp_path / "private").iterdir() if p.is_file()
    }
    changed = {name for name in again if again[name] != made[name]}
    assert changed == {"token-key"}
    assert set(again) == {
        "postgres-password", "counterfoil_owner.pgpass", "counterfoil_intake.pgpass",
        "counterfoil_node.pgpass", "token-key", "wrapping-key", "safeguarding-key",
    }  # fmt: skip
    assert len(set(again.values())) == 7
    for path in (tmp_path / "private").iterdir():
        assert path.stat().st_mode & 0o077 == 0
    shutil.rmtree(tmp_path / "private")
