"""Tokens: random, shown once, kept as a digest under a key that is ours alone."""

from __future__ import annotations

import os
import threading
from hashlib import sha256
from pathlib import Path

import pytest

from consumers import tokens
from record.errors import UnsafeSetting
from record.settings import BadSetting, Settings

KEY = bytes(range(32))


def test_a_token_names_its_credential_and_is_long_and_random() -> None:
    # given two tokens of one name
    first, second = tokens.new_token("ash-1"), tokens.new_token("ash-1")

    # when they are looked at, then they name it, differ, and hold 256 bits
    assert tokens.named_in(first) == tokens.named_in(second) == "ash-1"
    assert first.rpartition("ash-1_")[2] != second.rpartition("ash-1_")[2]
    assert len(first.removeprefix("cct_ash-1_")) == 43


@pytest.mark.parametrize(
    "shown",
    ["", "cct", "cct_", "cct_ash", "cct_ash_", "cct__x", "abc_ash_x", "cct_Ash_x", "cct_-a_x",
     f"cct_{'a' * 64}_x", "cct_a\n_x"],
)  # fmt: skip
def test_what_is_no_token_names_nobody(shown: str) -> None:
    # given what has no token's form; when it is read, then it is of nobody
    assert tokens.named_in(shown) is None


def test_a_secret_may_hold_the_sign_that_parts_a_token() -> None:
    # given a token whose secret has underscores; when it is read, then its name is whole
    assert tokens.named_in("cct_ash_a_b-c_d") == "ash"


def test_what_is_kept_is_a_digest_that_needs_the_key() -> None:
    # given a token and what is kept of it
    token = tokens.new_token("ash")
    kept = tokens.digest(KEY, token)

    # when it is held against others, then it is that token's under that key alone
    assert tokens.is_token(KEY, token, kept)
    assert not tokens.is_token(KEY, tokens.new_token("ash"), kept)
    assert not tokens.is_token(KEY[::-1], token, kept)
    assert not tokens.is_token(KEY, token, None)
    assert not tokens.is_token(KEY, token, b"")
    assert token.encode() not in kept
    assert kept != sha256(token.encode()).digest()


def test_the_key_is_kept_beside_a_file_and_elsewhere_only_where_it_is_told() -> None:
    # given settings with and without a place for the key
    beside = Settings(store="sqlite:////srv/council.db")
    told = Settings(store="postgresql://x/y", token_key_file=Path("/etc/key"))
    untold = Settings(store="postgresql://x/y")

    # when it is asked where the key is, then a database server's is never guessed
    assert tokens.key_file(beside) == Path("/srv/council.db.token-key")
    assert tokens.key_file(told) == Path("/etc/key")
    with pytest.raises(BadSetting, match="token_key_file"):
        tokens.key_file(untold)


def test_a_key_is_made_once_and_is_ours_alone(tmp_path: Path) -> None:
    # given a place without a key, at a time when new files may be read by all
    place, before = tmp_path / "key", os.umask(0)
    assert tokens.read_key(place) is None

    # when many make it at the same time
    made: list[bytes] = []
    threads = [
        threading.Thread(target=lambda: made.append(tokens.make_key(place)))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    os.umask(before)

    # then there is one, and nobody else may read it, and no draft is left
    assert len(made) == 8
    assert set(made) == {tokens.read_key(place)}
    assert len(made[0]) == 32
    assert place.stat().st_mode & 0o777 == 0o600
    assert [p.name for p in tmp_path.iterdir()] == ["key"]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o666])
def test_a_key_that_others_can_read_or_change_is_refused(
    tmp_path: Path, mode: int
) -> None:
    # given a key that is not ours alone
    place = tmp_path / "key"
    tokens.make_key(place)
    place.chmod(mode)

    # when it is read, then it is refused, with what to do
    with pytest.raises(UnsafeSetting, match="chmod 600"):
        tokens.read_key(place)


@pytest.mark.parametrize(
    "content", [b"", b"secret", b"00" * 31, b"zz" * 32, b"\xff" * 64]
)
def test_what_is_no_key_is_refused_and_not_repeated(
    tmp_path: Path, content: bytes
) -> None:
    # given a file that holds no key
    place = tmp_path / "key"
    place.write_bytes(content)
    place.chmod(0o600)

    # when it is read, then it is refused, and its content is not told
    with pytest.raises(UnsafeSetting) as refused:
        tokens.make_key(place)
    assert "secret" not in str(refused.value)
    assert place.read_bytes() == content


def test_a_key_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    # given a folder that is not there; when a key is to be made there, then it is told
    with pytest.raises(UnsafeSetting, match="cannot be made"):
        tokens.make_key(tmp_path / "none" / "key")
