"""Bearer tokens: random, shown once, and kept only as an HMAC under a key of ours.

`cct_<name>_<256 random bits>`: the name says whose it is, so that one row is looked up and
one comparison made. Without the key, the store's copy of a token proves nothing and opens
nothing; without the store, neither does the key.
"""

from __future__ import annotations

import hmac
import re
import secrets
from pathlib import Path

from record import key_files
from record.settings import BadSetting, Settings

PREFIX = "cct"
WHAT = "token key"
TOKEN_BYTES = 32
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
"""What a credential may be called: also a broker's user, and the last part of a subject."""

SQLITE = "sqlite:///"


def new_token(name: str) -> str:
    """A new token for the credential *name*."""
    return f"{PREFIX}_{name}_{secrets.token_urlsafe(TOKEN_BYTES)}"


def named_in(token: str) -> str | None:
    """The name of the credential that *token* claims to be of; None: it is no token."""
    prefix, _, rest = token.partition("_")
    name, _, secret = rest.partition("_")
    if prefix != PREFIX or not secret or not NAME.fullmatch(name):
        return None
    return name


def digest(key: bytes, token: str) -> bytes:
    """What is kept of *token*: its HMAC-SHA256 under *key*."""
    return hmac.digest(key, token.encode(), "sha256")


def is_token(key: bytes, token: str, kept: bytes | None) -> bool:
    """Whether *kept* is of this token. It takes as long where nothing is kept."""
    found = digest(key, token)
    return hmac.compare_digest(found, kept or bytes(len(found))) and kept is not None


def key_file(settings: Settings) -> Path:
    """Where the key is kept. Raises `BadSetting` where only the operator can say."""
    if settings.token_key_file is not None:
        return settings.token_key_file
    if settings.store.startswith(SQLITE):
        return Path(f"{settings.store.removeprefix(SQLITE)}.token-key")
    raise BadSetting(
        "token_key_file: say where the key for tokens is kept; it belongs beside no"
        " database that it protects"
    )


def read_key(path: Path) -> bytes | None:
    """The key in *path*; None where there is none yet. Raises as `key_files.read_key`."""
    return key_files.read_key(path, WHAT)


def make_key(path: Path) -> bytes:
    """The key in *path*, made now if there is none. Raises as `key_files.make_key`."""
    return key_files.make_key(path, WHAT)
