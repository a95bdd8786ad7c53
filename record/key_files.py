"""Files that hold one key and nothing else, and that nobody but their owner may read."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from record.errors import NotOurs, UnsafeSetting

KEY_BYTES = 32


def read_key(path: Path, what: str) -> bytes | None:
    """The key in *path*, which is the *what* in words; None where there is no such file.

    Raises:
        NotOurs: this user may not read the file.
        UnsafeSetting: others may read or change the file, or it holds no whole key.
    """
    try:
        with path.open(encoding="ascii") as file:
            mode = os.fstat(file.fileno()).st_mode
            written = file.read(4 * KEY_BYTES).strip()
    except FileNotFoundError:
        return None
    except PermissionError as error:
        raise NotOurs(f"the {what} {path} is not yours to read") from error
    except (OSError, ValueError) as error:
        raise UnsafeSetting(f"the {what} {path} cannot be read: {error}") from None
    if mode & 0o077:
        raise UnsafeSetting(
            f"others may read the {what} {path}; make it yours alone: chmod 600 {path}"
        )
    try:
        key = bytes.fromhex(written)
    except ValueError:
        key = b""
    if len(key) < KEY_BYTES:
        raise UnsafeSetting(
            f"{path} holds no {what}: it should be {2 * KEY_BYTES} hexadecimal digits"
        )
    return key


def make_key(path: Path, what: str) -> bytes:
    """The key in *path*, made now if there is none: whole or not at all, and only ours.

    Raises as `read_key` does, and where it cannot be made.
    """
    known = read_key(path, what)
    if known is not None:
        return known
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(
            os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w"
        ) as f:
            f.write(secrets.token_bytes(KEY_BYTES).hex() + "\n")
            f.flush()
            os.fsync(f.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass  # another process was quicker: its key counts
        finally:
            draft.unlink()
    except OSError as error:
        raise UnsafeSetting(f"the {what} {path} cannot be made: {error}") from None
    made = read_key(path, what)
    assert made is not None
    return made
