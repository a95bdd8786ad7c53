"""What SQLite could not do with a file, in clear words."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from eventsourcing.persistence import InterfaceError, OperationalError

from record.errors import StoreFull, StoreNotUsable, StoreOutOfReach


def must_be_ours(path: str) -> None:
    """Refuse another program's database, before anything is written to it.

    Raises:
        StoreNotUsable: there is something else at *path*.
    """
    with (
        typed_errors(path),
        closing(
            sqlite3.connect(f"{Path(path).resolve().as_uri()}?mode=ro", uri=True)
        ) as con,
    ):
        found = con.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        tables = {name for (name,) in found}
    if tables - {"sqlite_sequence"} and not tables >= {"store", "stored_events"}:
        raise StoreNotUsable(f"{path} is another program's database")


@contextmanager
def typed_errors(where: str) -> Iterator[None]:
    """Say in clear words what SQLite could not do with the store at *where*."""
    try:
        yield
    except Exception as error:
        said = str(error).lower()
        cause = error if isinstance(error, sqlite3.Error) else error.__cause__
        if "disk is full" in said:
            raise StoreFull(
                f"no room is left on the disk of {where}; nothing of this batch was recorded"
            ) from error
        if "not a database" in said or "malformed" in said:
            raise StoreNotUsable(f"{where} is not a Counterfoil store") from error
        if "readonly database" in said:
            raise StoreNotUsable(f"{where} may only be read here") from error
        away = sqlite3.OperationalError | sqlite3.InterfaceError
        if isinstance(cause, away) or isinstance(
            error, OperationalError | InterfaceError
        ):
            raise StoreOutOfReach(f"{where} cannot be used: {error}") from error
        raise
