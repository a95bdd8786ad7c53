"""Who may read a key that is kept: it is wrapped, and only another key unwraps it.

Keys of a person's words are wrapped by the wrapping key. Those of the words of a concern are
wrapped for the safeguarding key, of which every writer knows the public half: whoever receives
a concern can seal it, and only who holds the private half can read it (HPKE, RFC 9180).
A key's own name is bound to it, so that two kept keys cannot be exchanged.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from record.errors import SealBroken

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.hpke import Suite

NONCE = 12
"""Bytes: of AES-GCM's nonce, drawn anew for each thing that is sealed."""


class Wrapping(Protocol):
    """A way to keep a key."""

    @property
    def opens(self) -> bool:
        """Whether this process can unwrap too."""
        ...

    def wrap(self, secret: bytes, name: str) -> bytes:
        """The key as it is kept, under its *name*."""
        ...

    def unwrap(self, kept: bytes, name: str) -> bytes:
        """The key again. Raises `SealBroken` where it is not the one that was kept so."""
        ...


@dataclass(frozen=True)
class ByKey:
    """Wrapped by one key, which wraps and unwraps (AES-256-GCM)."""

    key: bytes
    opens: bool = True

    def wrap(self, secret: bytes, name: str) -> bytes:
        """As `Wrapping.wrap`."""
        return encrypt(self.key, secret, name.encode())

    def unwrap(self, kept: bytes, name: str) -> bytes:
        """As `Wrapping.unwrap`."""
        return decrypt(self.key, kept, name.encode())


@dataclass(frozen=True)
class ForReader:
    """Wrapped for whoever holds the private half of a key; *private* None: not we."""

    public: bytes
    private: bytes | None = None

    @property
    def opens(self) -> bool:
        """As `Wrapping.opens`."""
        return self.private is not None

    def wrap(self, secret: bytes, name: str) -> bytes:
        """As `Wrapping.wrap`."""
        from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

        to = X25519PublicKey.from_public_bytes(self.public)
        return _suite().encrypt(secret, to, name.encode())

    def unwrap(self, kept: bytes, name: str) -> bytes:
        """As `Wrapping.unwrap`."""
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

        assert self.private is not None
        mine = X25519PrivateKey.from_private_bytes(self.private)
        try:
            return _suite().decrypt(kept, mine, name.encode())
        except (InvalidTag, ValueError) as error:
            raise SealBroken("a kept key was altered, or is not for this key") from error


def _suite() -> Suite:
    from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

    return Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


def public_half(private: bytes) -> bytes:
    """The half of a safeguarding key that every writer may know."""
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def encrypt(key: bytes, plain: bytes, bound: bytes) -> bytes:
    """*plain* under *key* (AES-256-GCM), with its nonce before it; *bound* must be told again."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = os.urandom(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plain, bound)


def decrypt(key: bytes, sealed: bytes, bound: bytes) -> bytes:
    """What `encrypt` was given. Raises `SealBroken` where anything of it is another."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        return AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], bound)
    except (InvalidTag, ValueError) as error:
        raise SealBroken("altered, or put in another's place") from error
