"""What can go wrong with a store.

StoreError
├── StoreOutOfReach      it cannot be opened, read or written now (exit 3)
│   └── StoreFull        there is no room left on its disk
├── StoreNotUsable       it is not ours, or a newer version's
├── UnsafeSetting        a setting that would break a guarantee
├── SimulatedClock       a stepped clock in a store that is not marked as simulated
├── NotFound             no such conflict or quarantined message
├── SealBroken           sealed words, or a kept key, are not what was sealed
│   └── NoSuchKey        the key that is named was never kept here, or is gone
├── NotOurs              words that this store was not opened to read
└── Erased               words whose key was destroyed
"""

from __future__ import annotations


class StoreError(Exception):
    """Something is wrong with the store; the message says what, for a person to read."""


class StoreOutOfReach(StoreError):
    """The store cannot be opened, read or written now. Trying again later may help."""


class StoreFull(StoreOutOfReach):
    """There is no room left. What was acknowledged is kept; nothing else was recorded."""


class StoreNotUsable(StoreError):
    """The file is no store of ours, or was written by a newer version."""


class UnsafeSetting(StoreError):
    """A setting that would break a guarantee of the log."""


class SimulatedClock(StoreError):
    """A clock that is not the system's may only be used in a store marked as simulated."""


class NotFound(StoreError):
    """There is no such conflict or quarantined message."""


class SealBroken(StoreError):
    """What is sealed was altered or put in another's place. The message names no contents."""


class NoSuchKey(SealBroken):
    """There is no key of that name."""


class NotOurs(StoreError):
    """The words are sealed, and the store was opened without the key that opens them."""


class Erased(StoreError):
    """The words are not there any more: the key under which they were sealed was destroyed."""
