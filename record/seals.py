"""The seals of one log: what its writers seal, and what its readers may open."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime
from typing import Any

from record.arrivals import Statement
from record.errors import NotOurs, StoreNotUsable
from record.key_places import KeyPlaces
from record.keyring import Key, Keyring, Subject, seal, unseal
from record.ledger import Ledger
from record.settings import BadSetting
from record.subjects import subject_at, subjects

SEALED_BYTES = b"\0counterfoil-sealed-1\0"
"""How bytes begin that are sealed: no message in JSON does."""
ID_BYTES = 16


class Seals:
    """Seals and opens for the log whose *recorder* it is, and whose name is *log_id*."""

    def __init__(self, recorder: Any, places: KeyPlaces, log_id: str) -> None:
        self.ring = Keyring(places, log_id)
        self._recorder = recorder
        self._heeded = False
        self._closed: str | None = None
        self._expired_on: date | None = None

    def keys_for(
        self, ledger: Ledger, batch: Sequence[Statement], now: datetime
    ) -> dict[int, Key]:
        """The keys for the words of *batch*, by place in it: only where there are words.

        Whoever calls this holds the pen. Raises as `Keyring.keys_for` does.
        """
        whose = subjects(ledger, batch)
        if not whose:
            return {}
        self.heed(ledger)
        alone = {
            place: self.ring.keys_for([one], now)[one]
            for place, one in whose.items()
            if one.realm == "safeguarding"
        }
        rest = {one for one in whose.values() if one.realm != "safeguarding"}
        keys = self.ring.keys_for(rest, now) if rest else {}
        return alone | {place: keys[one] for place, one in whose.items() if one in keys}

    def seal_pieces(
        self, ledger: Ledger, digest: bytes, pieces: Iterable[bytes], now: datetime
    ) -> Iterator[bytes]:
        """Bytes that nobody could read, under the key of this month."""
        self.heed(ledger)
        self.let_expire(now)
        month = Subject(f"quarantine/{now:%Y-%m}", "quarantine")
        key = self.ring.keys_for([month], now)[month]
        return (
            wrapped(key, piece, piece_bound(digest, number))
            for number, piece in enumerate(pieces)
        )

    def key_at(self, ledger: Ledger, position: int, now: datetime) -> Key:
        """The key for words about what the event at *position* speaks of."""
        self.heed(ledger)
        subject = subject_at(ledger, position)
        return self.ring.keys_for([subject], now)[subject]

    def opened_text(self, written: str, bound: str) -> str:
        """Words of a column of text, sealed or (by earlier releases) not. Raises as `opened`."""
        with suppress(ValueError):
            kept = b64decode(written, validate=True)
            if kept.startswith(SEALED_BYTES):
                return self.opened(kept, bound).decode()
        return written

    def let_expire(self, now: datetime) -> None:
        """Destroy the keys whose time is over: once a day is enough."""
        if self._expired_on != now.date():
            self.ring.expire(now)
            self._expired_on = now.date()

    def opened(self, kept: bytes, bound: str) -> bytes:
        """Bytes that were kept, sealed or (by earlier releases) not.

        Raises as `key` does, and `SealBroken` where they were altered.
        """
        if not kept.startswith(SEALED_BYTES):
            return kept
        start = len(SEALED_BYTES)
        id_ = kept[start : start + ID_BYTES].hex()
        return unseal(self.key(id_), kept[start + ID_BYTES :], bound)

    def key(self, id_: str) -> Key:
        """The key of that name, to read with. Raises as `Keyring.key` does."""
        if self._closed is not None:
            raise NotOurs(self._closed)
        if not self._heeded:
            with self._recorder.reading() as ledger:
                self.heed(ledger)
        try:
            self.ring.ways.all()
        except (BadSetting, NotOurs) as error:
            self._closed = str(error)
            raise NotOurs(self._closed) from error
        return self.ring.key(id_)

    def heed(self, ledger: Ledger) -> None:
        """Destroy again what was destroyed before, should a backup have brought it back."""
        self._heeded = True
        count = ledger.ask("SELECT count(*) FROM erasures")[0][0]
        if count == len(self.ring.destroyed):
            return
        self.ring.destroyed = {key for (key,) in ledger.ask("SELECT key FROM erasures")}
        with suppress(NotOurs, StoreNotUsable):
            self.ring.destroy(self.ring.destroyed)

    def close(self) -> None:
        """Let go of the keys."""
        self.ring.close()


def piece_bound(digest: bytes, number: int) -> str:
    """What a piece of quarantined bytes is bound to."""
    return f"{digest.hex()}\x1f{number}"


def wrapped(key: Key, plain: bytes, bound: str) -> bytes:
    """*plain* as it is kept: with the name of its key before it."""
    return SEALED_BYTES + bytes.fromhex(key.id) + seal(key, plain, bound)
