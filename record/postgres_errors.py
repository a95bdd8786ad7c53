"""What PostgreSQL could not do, in clear words: without secrets, and without contents."""

from __future__ import annotations

import psycopg
from psycopg import errors

from record.errors import StoreError, StoreFull, StoreNotUsable, StoreOutOfReach

OF_THE_STATEMENT = (
    psycopg.DataError,
    psycopg.IntegrityError,
    errors.ProgramLimitExceeded,
    errors.StatementTooComplex,
    errors.RaiseException,
)
"""What is wrong with one event and not with the store: the log looks for which."""


def is_gone(error: psycopg.Error) -> bool:
    """Whether the connection is no more, as after a restart of the server."""
    return error.sqlstate is None or error.sqlstate.startswith(("57P", "08"))


def first_words(error: psycopg.Error) -> str:
    """The message without its details, which repeat values."""
    return error.diag.message_primary or " ".join(str(error).split())[:300]


def as_told(error: psycopg.Error, where: str) -> StoreError | None:
    """What a person is told; None where the statement is at fault."""
    if isinstance(error, OF_THE_STATEMENT):
        return None
    if isinstance(error, errors.DiskFull):
        return StoreFull(
            f"no room is left on the disk of {where}; nothing of this batch was recorded"
        )
    if isinstance(error, errors.InsufficientPrivilege):
        return StoreNotUsable(
            f"this role may not do that in {where}: {first_words(error)}"
        )
    if isinstance(error, psycopg.ProgrammingError | psycopg.NotSupportedError):
        return StoreNotUsable(f"{where} is not a Counterfoil store: {first_words(error)}")
    if isinstance(error, errors.LockNotAvailable):
        return StoreOutOfReach(
            f"another process has been writing to {where} for too long"
        )
    return StoreOutOfReach(f"{where} cannot be used: {first_words(error)}")
