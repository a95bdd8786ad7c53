"""Where the keys of sealed words are, and what wraps them: as the settings say, or by default.

Beside a SQLite store lie three files: its keys, the key that wraps them, and the safeguarding
key. Moved elsewhere, each opens only what it is there for. Of a PostgreSQL store only the
operator can say where the last two are.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from record.errors import NotOurs
from record.key_files import KEY_BYTES, make_key, read_key
from record.places import is_postgres, sqlite_file
from record.settings import BadSetting, Settings

WRAPPING_KEY = "wrapping key"
SAFEGUARDING_KEY = "safeguarding key"


@dataclass(frozen=True)
class KeyPlaces:
    """`ring` is a URL like a store's; `wrapping` a key, or the file that holds it."""

    ring: str
    wrapping: bytes | Path | None
    safeguarding: Path | None
    quarantine_days: int

    def wrapping_key(self, *, create: bool) -> bytes:
        """The wrapping key; with *create* its file is made where there is none.

        Raises:
            BadSetting: nothing says where it is.
            UnsafeSetting: its file cannot be used, or others may read it.
            NotOurs: the file is not here.
        """
        if isinstance(self.wrapping, bytes):
            return self.wrapping
        if self.wrapping is None:
            raise BadSetting(
                "wrapping_key_file: say where the key is that wraps the keys of sealed"
                " words; it belongs beside no database that it protects"
            )
        if create:
            return make_key(self.wrapping, WRAPPING_KEY)
        found = read_key(self.wrapping, WRAPPING_KEY)
        if found is None:
            raise NotOurs(f"the wrapping key {self.wrapping} is missing: bring it back")
        return found

    def safeguarding_file(self) -> Path:
        """Where the safeguarding key is. Raises `BadSetting` where nothing says so."""
        if self.safeguarding is None:
            raise BadSetting(
                "safeguarding_key_file: say where the key is to be kept that opens the words"
                " of concerns"
            )
        return self.safeguarding


def key_places(settings: Settings) -> KeyPlaces:
    """Where the keys of the store of these settings are.

    Raises:
        BadSetting: the wrapping key that is told is none.
    """
    beside = None if is_postgres(settings.store) else sqlite_file(settings.store)

    def next_to(name: str) -> Path | None:
        return beside.with_name(f"{beside.name}.{name}") if beside else None

    wrapping: bytes | Path | None = settings.wrapping_key_file or next_to("wrapping-key")
    if settings.wrapping_key is not None:
        wrapping = _told(settings.wrapping_key.get_secret_value())
    return KeyPlaces(
        ring=settings.keys or (f"{settings.store}.keys" if beside else settings.store),
        wrapping=wrapping,
        safeguarding=settings.safeguarding_key_file or next_to("safeguarding-key"),
        quarantine_days=settings.quarantine_days,
    )


def _told(written: str) -> bytes:
    try:
        key = bytes.fromhex(written)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise BadSetting(
            f"wrapping_key: should be {2 * KEY_BYTES} hexadecimal digits, as"
            " openssl rand -hex 32 gives"
        )
    return key
