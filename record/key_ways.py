"""How the keys of each realm are kept: what wraps them, and which of it this process has."""

from __future__ import annotations

import threading
from typing import Literal

from record.errors import SealBroken, StoreNotUsable
from record.key_files import make_key, read_key
from record.key_places import SAFEGUARDING_KEY, KeyPlaces
from record.key_tables import Tables, must_be_there
from record.wrapping import ByKey, ForReader, Wrapping, public_half

Realm = Literal["personal", "safeguarding", "quarantine"]


class Ways:
    """The ways of the log named *log_id*; nothing is opened before it is needed."""

    def __init__(self, tables: Tables, places: KeyPlaces, log_id: str) -> None:
        self.tables, self.places, self._log_id = tables, places, log_id
        self._lock = threading.Lock()
        self._ways: dict[Realm, Wrapping] = {}

    def make(self) -> None:
        """Make what keeps the keys of a new log, unless it is there, with its own keys.

        Raises:
            BadSetting: nothing says where one of them is.
            UnsafeSetting: the wrapping key, or the safeguarding key, cannot be used.
        """
        if not self.tables.missing():
            return
        wrapping = ByKey(self.places.wrapping_key(create=True))
        at = self.tables.at
        told = {"log": wrapping.wrap(self._log_id.encode(), "log")}
        private = make_key(self.places.safeguarding_file(), SAFEGUARDING_KEY)
        told["safeguarding"] = public_half(private)
        self.tables.make()
        with self.tables.changing() as ask:
            for name, value in told.items():
                ask(f"INSERT INTO {at}ring (name, value) VALUES (?, ?)", name, value)

    def all(self) -> dict[Realm, Wrapping]:
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
            raise StoreNotUsable(
                f"the wrapping key is not the one by which {self.tables.where} were wrapped"
            ) from error
        if whose != self._log_id:
            raise StoreNotUsable(f"{self.tables.where} are those of another log")
        public = told["safeguarding"]
        reader = ForReader(public, self._private(public))
        return {"personal": wrapping, "quarantine": wrapping, "safeguarding": reader}

    def _private(self, public: bytes) -> bytes | None:
        """The private half, where this store was opened with it."""
        if self.places.safeguarding is None:
            return None
        found = read_key(self.places.safeguarding, SAFEGUARDING_KEY)
        if found is not None and public_half(found) != public:
            raise StoreNotUsable(
                f"{self.places.safeguarding} is not the safeguarding key of this store"
            )
        return found
