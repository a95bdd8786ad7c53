"""Migrations: what a store of an earlier version needs to become one of this version.

A new store is made as `record.tables` says. A step changes tables of our own and never the
events: what is stored keeps its bytes. All steps that a store needs are one transaction.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol
from uuid import uuid4

from record import roles
from record.errors import StoreNotUsable, StoreOutOfReach
from record.keyring import Keyring
from record.ledger import Ledger
from record.tables import SCHEMA_VERSION, statements

STEPS: dict[int, dict[str, tuple[str, ...]]] = {
    # What is sent carries its sender's name. PostgreSQL begins with this version.
    2: {
        "sqlite": (
            "DROP INDEX quarantine_named",
            "ALTER TABLE quarantine RENAME TO quarantine_1",
            "CREATE TABLE quarantine (entry INTEGER PRIMARY KEY AUTOINCREMENT,"
            " received_at TEXT NOT NULL, sender TEXT NOT NULL DEFAULT '',"
            " digest BLOB NOT NULL, source TEXT, id TEXT, reason TEXT NOT NULL,"
            " size INTEGER NOT NULL, times INTEGER NOT NULL DEFAULT 1, released_at TEXT,"
            " UNIQUE (sender, digest))",
            "INSERT INTO quarantine (entry, received_at, digest, source, id, reason, size,"
            " times, released_at) SELECT entry, received_at, digest, source, id, reason,"
            " size, times, released_at FROM quarantine_1",
            "DROP TABLE quarantine_1",
            "CREATE INDEX quarantine_named ON quarantine (source, id)"
            " WHERE released_at IS NULL AND id IS NOT NULL",
            "ALTER TABLE refusals RENAME TO refusals_1",
            "CREATE TABLE refusals (entry INTEGER PRIMARY KEY AUTOINCREMENT,"
            " received_at TEXT NOT NULL, sender TEXT NOT NULL DEFAULT '',"
            " source TEXT NOT NULL, type TEXT NOT NULL, reason TEXT NOT NULL)",
            "INSERT INTO refusals (entry, received_at, source, type, reason)"
            " SELECT entry, received_at, source, type, reason FROM refusals_1",
            "DROP TABLE refusals_1",
            "CREATE TABLE answers (entry INTEGER PRIMARY KEY AUTOINCREMENT,"
            " sender TEXT NOT NULL, received_at TEXT NOT NULL, receipts TEXT NOT NULL)",
            "CREATE INDEX answers_by_sender ON answers (sender, entry)",
            "CREATE TABLE credentials (name TEXT PRIMARY KEY, sources TEXT NOT NULL,"
            " types TEXT, digest BLOB, created_at TEXT NOT NULL, expires_at TEXT,"
            " revoked_at TEXT)",
            "CREATE TABLE attempts (digest BLOB PRIMARY KEY, times INTEGER NOT NULL)",
        ),
    },
    # Words are sealed: which keys were destroyed.
    3: {
        "sqlite": (
            "CREATE TABLE erasures (key TEXT PRIMARY KEY, position INTEGER NOT NULL)",
        ),
        "postgresql": (
            'CREATE TABLE erasures (key TEXT COLLATE "C" PRIMARY KEY, position BIGINT NOT NULL)',
        ),
    },
}
"""By the version that each step leads to. A step is never changed once it is released."""

CORE = {"store", "stored_events"}
KEYRING = "keyring"
"""What the store says of itself once its keys have a place: from then on they must be there."""


class Recorder(Protocol):
    """What is used of a store's recorder."""

    kind: str

    def reading(self) -> AbstractContextManager[Ledger]:
        """A transaction that reads."""
        ...

    def writing(self) -> AbstractContextManager[Ledger]:
        """A transaction that holds the log's only pen."""
        ...

    def altering(self) -> AbstractContextManager[Ledger]:
        """A transaction that may alter tables, while nobody writes."""
        ...

    def present(self, ledger: Ledger) -> set[str]:
        """Which of our tables there are."""
        ...


def make_ready(recorder: Recorder, where: str, *, create: bool) -> int:
    """Make our tables in a new store, or bring those of an older one up to date.

    Returns the version that was found; 0 where there was no store.

    Raises:
        StoreOutOfReach: there is no store, and none is to be made.
        StoreNotUsable: it is another program's or a newer version's, or who asks may not
            do what it needs.
    """
    with recorder.reading() as ledger:
        found = _version(recorder, ledger, where)
    if found == SCHEMA_VERSION:
        return found
    if not found and not create:
        raise StoreOutOfReach(f"there is no store at {where} yet; import something first")
    must_not_be_newer(found, where)
    try:
        migrate(recorder, where)
    except StoreNotUsable as error:
        state = f"is of version {found}" if found else "has no tables yet"
        raise StoreNotUsable(
            f"{where} {state}, this program needs version {SCHEMA_VERSION}, and that"
            f" cannot be done here ({error}); run counterfoil migrate as the owner"
        ) from error
    return found


def identify(recorder: Recorder, simulated: bool) -> tuple[str, bool]:
    """The identity of the log, and whether it is simulated; a new store is given both."""
    with recorder.reading() as ledger:
        told = ledger.metas()
    if "log_id" not in told:
        with recorder.writing() as ledger:
            if ledger.meta("log_id") is None:  # unless another process was quicker
                ledger.set_meta("log_id", str(uuid4()))
                ledger.set_meta("simulated", "yes" if simulated else "no")
            told = ledger.metas()
    return told["log_id"], told["simulated"] == "yes"


def make_keyring(recorder: Recorder, ring: Keyring) -> None:
    """Make what keeps the keys of a store that has none yet, once for ever.

    Raises as `Keyring.make` does.
    """
    with recorder.reading() as ledger:
        made = ledger.meta(KEYRING)
    if made is None:
        with recorder.writing() as ledger:
            if ledger.meta(KEYRING) is None:
                ring.ways.make()
                ledger.set_meta(KEYRING, "made")


def migrate(recorder: Recorder, where: str) -> None:
    """Do what the store needs to be of this version, and give the roles their rights.

    Raises:
        StoreNotUsable: it is another program's or a newer version's, or who asks may not.
    """
    with recorder.altering() as ledger:
        # Another process may have been quicker: the steps begin where it left off.
        version = _version(recorder, ledger, where)
        must_not_be_newer(version, where)
        _bring_up(recorder.kind, ledger, version)
        if recorder.kind == "postgresql":
            roles.give_rights(ledger)


def must_not_be_newer(version: int, where: str) -> None:
    """Refuse what a newer release wrote. Raises `StoreNotUsable`."""
    if version > SCHEMA_VERSION:
        raise StoreNotUsable(
            f"{where} was written by a newer version of Counterfoil"
            f" (store version {version}, this program knows {SCHEMA_VERSION})"
        )


def _version(recorder: Recorder, ledger: Ledger, where: str) -> int:
    """The version of the store; 0 where there is none."""
    tables = recorder.present(ledger)
    if not tables:
        return 0
    if not tables >= CORE:
        raise StoreNotUsable(f"{where} is another program's database")
    # The first version made its tables before it wrote down what it was.
    return int(ledger.meta("schema_version") or 1)


def _bring_up(kind: str, ledger: Ledger, version: int) -> None:
    """Carry out what leads from *version* to this one."""
    needed = (
        [
            one
            for step in range(version + 1, SCHEMA_VERSION + 1)
            for one in STEPS[step][kind]
        ]
        if version
        else statements(kind)
    )
    for statement in needed:
        ledger.tell(statement)
    ledger.set_meta("schema_version", str(SCHEMA_VERSION))
