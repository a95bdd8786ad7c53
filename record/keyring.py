"""The keys under which words are sealed: made when first needed, found by name, destroyed.

A person's words are sealed under one key of that person's; the words of a concern under a key
of the statement's own, which is kept for the safeguarding key alone; bytes in the quarantine
under a key of their month, which is destroyed when its time is over.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from record.errors import Erased, NoSuchKey, NotOurs, SealBroken
from record.key_files import KEY_BYTES
from record.key_places import KeyPlaces
from record.key_tables import tables_at
from record.key_ways import Realm, Ways
from record.ledger import portions
from record.wrapping import decrypt, encrypt

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
        self.places = places
        self.tables = tables_at(places.ring)
        self.ways = Ways(self.tables, places, log_id)
        self._found: dict[str, Key] = {}
        self.destroyed: set[str] = set()

    @property
    def reads_concerns(self) -> bool:
        """Whether this store was opened with the key that opens the words of concerns."""
        return self.ways.all()["safeguarding"].opens

    def keys_for(
        self, subjects: Collection[Subject], now: datetime
    ) -> dict[Subject, Key]:
        """A key for each of *subjects*, made now where there is none.

        Keys are on the disk before this returns: whoever calls it holds the log's pen, and
        records only then what they seal.
        """
        ways = self.ways.all()
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
                secret = self.ways.all()[one.realm].unwrap(kept, _bound(one, id_))
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
            raise NoSuchKey(f"there is no key {id_}")
        one, _, kept = rows[0]
        way = self.ways.all()[one.realm]
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
