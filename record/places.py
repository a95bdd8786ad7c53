"""Where a log is kept: what the URL of a store says, and how it may be shown.

`sqlite:///PATH` (`sqlite:////ABSOLUTE/PATH`), or `postgresql://…` as libpq reads it. A
password in a URL is never repeated: not in a message, and not in the name of a folder.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from record.errors import StoreNotUsable, StoreOutOfReach, UnsafeSetting

SQLITE = "sqlite:///"
POSTGRES = ("postgresql://", "postgres://")
UNSAFE = "POSTGRES_ENABLE_DB_FUNCTIONS"
"""Would let readers miss events, and accept them twice: see docs/decisions."""


def is_postgres(url: str) -> bool:
    """Whether the store at *url* is a PostgreSQL database."""
    return url.startswith(POSTGRES)


def environment(url: str, create: bool) -> dict[str, str]:
    """What the library needs to know to open *url*, or with *create* to make a store there.

    Raises:
        UnsafeSetting: it is no URL of a store, or what is set would break a guarantee.
        StoreNotUsable, StoreOutOfReach: a file cannot be there.
    """
    common = {"MAPPER_TOPIC": "record.mapper:StatementMapper"}
    if url.startswith(SQLITE):
        _must_have_room(sqlite_file(url), create)
        return common | {
            "PERSISTENCE_MODULE": "record.sqlite:Factory",
            "SQLITE_DBNAME": str(sqlite_file(url)),
        }
    if is_postgres(url):
        unsafe = [name for name in os.environ if name.upper().endswith(UNSAFE)]
        if unsafe:
            raise UnsafeSetting(f"{', '.join(unsafe)} must not be set")
        libpq(url)
        return common | {"PERSISTENCE_MODULE": "record.postgres:Factory", "URL": url}
    raise UnsafeSetting(
        "the store should be sqlite:///PATH (or sqlite:////ABSOLUTE/PATH)"
        " or postgresql://USER@HOST/DATABASE"
    )


def sqlite_file(url: str) -> Path:
    """The file of a store on SQLite."""
    return Path(url.removeprefix(SQLITE))


def _must_have_room(file: Path, create: bool) -> None:
    if not file.parent.is_dir():
        raise StoreOutOfReach(f"there is no folder {file.parent} to keep the store in")
    if file.is_dir():
        raise StoreNotUsable(f"{file} is a folder, not a store")
    if not create and not file.exists():
        raise StoreOutOfReach(f"there is no store at {file} yet; import something first")


def libpq(url: str) -> Mapping[str, str]:
    """The parameters of a PostgreSQL URL. Raises `UnsafeSetting`, without repeating it."""
    import psycopg
    from psycopg.conninfo import conninfo_to_dict

    try:
        found = conninfo_to_dict(url)
    except psycopg.Error:
        found = None
    if found is None:
        raise UnsafeSetting(
            "the store's URL cannot be read: it should be postgresql://USER@HOST/DATABASE;"
            " what is not a letter, a digit or one of -._~ is written as % and two digits"
        )
    return {name: str(value) for name, value in found.items() if value is not None}


def shown(url: str) -> str:
    """The URL as it may be shown: without password, options and other parameters."""
    if not is_postgres(url):
        return url
    found = libpq(url)
    user = f"{found['user']}@" if "user" in found else ""
    port = f":{found['port']}" if "port" in found else ""
    place = found.get("host", found.get("hostaddr", ""))
    return f"postgresql://{user}{place}{port}/{found.get('dbname', '')}"


def columns_beside(url: str) -> Path:
    """Where the columns of the store at *url* are kept, unless a setting says.

    Beside the file of SQLite; of PostgreSQL in the folder in which the program was started,
    named after the database.
    """
    if is_postgres(url):
        name = libpq(url).get("dbname") or "counterfoil"
        return Path(f"{re.sub(r'[^A-Za-z0-9_-]', '_', name)}.columns")
    file = sqlite_file(url)
    return file.with_name(f"{file.name}.columns")
