"""The keys under which words are sealed: made when first needed, found by name, destroyed.

A person's words are sealed under one key of that person's; the words of a concern under a key
of the statement's own, which is kept for the safeguarding key alone; bytes in the quarantine
under a key of their month, which is destroyed when its time is over.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import uuid4

from record.errors import Erased, NotOurs, SealBroken, StoreNotUsable
from record.key_files import KEY_BYTES, make_key, read_key
from record.key_places import SAFEGUARDING_KEY, KeyPlaces
from record.key_tables import must_be_there, tables_at
from record.ledger import portions
from record.wrapping import ByKey, ForReader, Wrapping, decrypt, encrypt, public_half

Realm = Literal["personal", "safeguarding", "quarantine"]

REMEMBERED = 10_000
"""Keys that a process that reads keeps in mind."""
LONGEST_MONTH = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Key:
    """One key: its name, and 32 secret bytes."""

    id: str
    secret: bytes


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose words a key is for: a person, or a thing of which nobody knows whose it is."""

    name: str
    realm: Realm = "personal"


class Keyring:
    """The keys of the log named *log_id*. Nothing is opened before a key is needed."""

    def __init__(self, places: KeyPlaces, log_id: str) -> None:
        self.places, self._log_id = places, log_id
        self.tables = tables_at(places.ring)
        self._lock = threading.Lock()
        self._ways: dict[Realm, Wrapping] = {}
        self._found: dict[str, Key] = {}
        self.destroyed: set[str] = set()

    def make(self) -> None:
        """Make what keeps the keys of a new log, unless it is there, with its own keys.

        Raises:
            UnsafeSetting: the wrapping key, or the safeguarding key, cannot be used.
        """
        if not self.tables.missing():
            return
        wrapping = ByKey(self.places.wrapping_key(create=True))
        at = self.tables.at
        told = {"log": wrapping.wrap(self._log_id.encode(), "log")}
        if self.places.safeguarding is not None:
            private = make_key(self.places.safeguarding, SAFEGUARDING_KEY)
            told["safeguarding"] = public_half(private)
        self.tables.make()
        with self.tables.changing() as ask:
            for name, value in told.items():
                ask(f"INSERT INTO {at}ring (name, value) VALUES (?, ?)", name, value)

    def ways(self) -> dict[Realm, Wrapping]:
        """How the keys of each realm are kept; empty where this process may open none.

        Raises:
            StoreNotUsable: the keys are gone, or another log's.
            SealBroken: the wrapping key is not the one they were wrapped by.
        """
        with self._lock:
            if not self._ways:
                self._ways = self._open()
            return self._ways

    def _open(self) -> dict[Realm, Wrapping]:
        must_be_there(self.tables)
        wrapping = ByKey(self.places.wrapping_key(create=False))
        rows = self.tables.ask(f"SELECT name, value FROM {self.tables.at}ring")
        told = {name: bytes(value) for name, value in rows}
        try:
            whose = wrapping.unwrap(told["log"], "log").decode()
        except (KeyError, SealBroken) as error:
            raise SealBroken(
                f"the wrapping key is not the one by which {self.tables.where} were wrapped"
            ) from error
        if whose != self._log_id:
            raise StoreNotUsable(f"{self.tables.where} are those of another log")
        reader: Wrapping = wrapping
        if "safeguarding" in told:
            reader = ForReader(told["safeguarding"], self._private(told["safeguarding"]))
        return {"personal": wrapping, "quarantine": wrapping, "safeguarding": reader}

    def _private(self, public: bytes) -> bytes | None:
        """The private half, where this store was opened with it."""
        if self.places.safeguarding is None:
            return None
        found = read_key(self.places.safeguarding, SAFEGUARDING_KEY)
        if found is not None and public_half(found) != public:
            raise SealBroken(
                f"{self.places.safeguarding} is not the safeguarding key of this store"
            )
        return found

    @property
    def reads_concerns(self) -> bool:
        """Whether this store was opened with the key that opens the words of concerns."""
        return self.ways()["safeguarding"].opens

    def keys_for(
        self, subjects: Collection[Subject], now: datetime
    ) -> dict[Subject, Key]:
        """A key for each of *subjects*, made now where there is none.

        Keys are on the disk before this returns: whoever calls it holds the log's pen, and
        records only then what they seal.
        """
        ways = self.ways()
        found = self._living({one for one in subjects if one.realm != "safeguarding"})
        missing = [one for one in dict.fromkeys(subjects) if one not in found]
        made = {one: Key(uuid4().hex, os.urandom(KEY_BYTES)) for one in missing}
        if made:
            with self.tables.changing() as ask:
                for one, key in made.items():
                    ask(
                        f"INSERT INTO {self.tables.at}keys"
                        " (id, realm, subject, made_at, expires_at, kept)"
                        " VALUES (?, ?, ?, ?, ?, ?)",
                        key.id, one.realm, one.name, now.isoformat(),
                        self._expiry(one, now),
                        ways[one.realm].wrap(key.secret, _bound(one, key.id)),
                    )  # fmt: skip
        return found | made

    def _expiry(self, one: Subject, now: datetime) -> str | None:
        if one.realm != "quarantine":
            return None
        last = now + LONGEST_MONTH + timedelta(days=self.places.quarantine_days)
        return last.astimezone(UTC).isoformat()

    def _living(self, subjects: set[Subject]) -> dict[Subject, Key]:
        """The keys that there are, of *subjects*; what was destroyed before is none."""
        found = {}
        for one, id_, kept in self._rows("subject", {one.name for one in subjects}):
            if one in subjects and id_ not in self.destroyed:
                secret = self.ways()[one.realm].unwrap(kept, _bound(one, id_))
                found[one] = Key(id_, secret)
        return found

    def _rows(
        self, by: str, values: Collection[str]
    ) -> Iterable[tuple[Subject, str, bytes]]:
        for some in portions(sorted(values)):
            marks = ",".join("?" * len(some))
            rows = self.tables.ask(
                f"SELECT realm, subject, id, kept FROM {self.tables.at}keys"
                f" WHERE {by} IN ({marks})",
                *some,
            )
            for realm, subject, id_, kept in rows:
                yield Subject(subject, realm), id_, bytes(kept)

    def key(self, id_: str) -> Key:
        """The key of that name.

        Raises:
            Erased: it was destroyed.
            NotOurs: this store was opened without what unwraps it.
            SealBroken: what is kept under that name was altered, or nothing is.
        """
        if id_ in self._found:
            return self._found[id_]
        if id_ in self.destroyed:
            raise Erased("the key was destroyed")
        rows = list(self._rows("id", [id_]))
        if not rows:
            raise SealBroken(f"there is no key {id_}")
        one, _, kept = rows[0]
        way = self.ways()[one.realm]
        if not way.opens:
            raise NotOurs("the words of concerns are read with the safeguarding key")
        try:
            found = Key(id_, way.unwrap(kept, _bound(one, id_)))
        except SealBroken as error:
            raise SealBroken(f"the key {id_} was altered") from error
        if len(self._found) >= REMEMBERED:
            self._found.clear()
        self._found[id_] = found
        return found

    def named(self, names: Collection[str]) -> list[str]:
        """The ids of all keys for subjects of these names."""
        return sorted(id_ for _, id_, _ in self._rows("subject", names))

    def destroy(self, ids: Collection[str]) -> None:
        """Destroy these keys, wherever they are kept here; what they sealed is gone."""
        self.destroyed |= set(ids)
        for id_ in ids:
            self._found.pop(id_, None)
        for some in portions(sorted(ids)):
            marks = ",".join("?" * len(some))
            with self.tables.changing() as ask:
                ask(f"DELETE FROM {self.tables.at}keys WHERE id IN ({marks})", *some)

    def expire(self, now: datetime) -> None:
        """Destroy the keys whose time is over."""
        at, instant = self.tables.at, now.astimezone(UTC).isoformat()
        with self.tables.changing() as ask:
            ask(f"DELETE FROM {at}keys WHERE expires_at < ?", instant)

    def close(self) -> None:
        """Let go of what keeps them."""
        self.tables.close()


def _bound(one: Subject, id_: str) -> str:
    """What a kept key is bound to."""
    return f"{one.realm}\x1f{one.name}\x1f{id_}"


def seal(key: Key, plain: bytes, bound: str) -> bytes:
    """*plain* sealed under *key*; to open it, *bound* must be told again."""
    return encrypt(key.secret, plain, bound.encode())


def unseal(key: Key, sealed: bytes, bound: str) -> bytes:
    """What was sealed. Raises `SealBroken` where it was altered, or is another's."""
    return decrypt(key.secret, sealed, bound.encode())
