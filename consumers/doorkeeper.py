"""The doorkeeper: who is let in by what was shown, and what they may say.

A token and a JWT both end in a credential of our own store; it alone says which sources
and types are theirs, and it is looked up each time, so that a revocation counts at once.
"""

from __future__ import annotations

from pathlib import Path

from consumers import tokens
from consumers.jwts import Issuer
from record.clock import Clock
from record.log import Log
from record.senders import Credential, Sender, credentials

LONGEST = 16_384
"""Characters of what is shown at the door, at most."""


class NotLetIn(Exception):
    """Nothing that was shown lets anybody in. *why* is for our log alone, never for them."""

    def __init__(self, why: str, name: str | None = None) -> None:
        super().__init__(why)
        self.why, self.name = why, name


class Doorkeeper:
    """Knows the credentials of one log.

    Raises:
        UnsafeSetting: the key of the tokens is not ours alone.
    """

    def __init__(self, log: Log, clock: Clock, key: Path, issuer: Issuer | None) -> None:
        self._log, self._clock, self._issuer = log, clock, issuer
        self._key_file, self._key = key, tokens.read_key(key)

    def let_in(self, authorization: str | None) -> Sender:
        """Whose *authorization* (the HTTP header) it is.

        Raises:
            NotLetIn: it is nobody's, or no longer.
            StoreOutOfReach: nobody can be asked now.
        """
        scheme, _, shown = (authorization or "").partition(" ")
        shown = shown.strip()
        if scheme.lower() != "bearer" or not shown:
            raise NotLetIn("nothing was shown")
        if len(shown) > LONGEST or not shown.isascii():
            raise NotLetIn("it is no token and no JWT")
        credential = self._by_token(shown) if _is_ours(shown) else self._by_jwt(shown)
        if not credential.in_force(self._clock.now()):
            why = "it was revoked" if credential.revoked_at else "it has expired"
            raise NotLetIn(why, credential.sender.name)
        return credential.sender

    def _by_token(self, shown: str) -> Credential:
        name = tokens.named_in(shown)
        if self._key is None:
            self._key = tokens.read_key(self._key_file)
        if name is None or self._key is None:
            raise NotLetIn("it is no token and no JWT")
        known = self._known(name)
        if not tokens.is_token(self._key, shown, known.digest if known else None):
            raise NotLetIn("the token is not one of ours")
        assert known is not None
        return known

    def _by_jwt(self, shown: str) -> Credential:
        if self._issuer is None:
            raise NotLetIn("it is no token, and no issuer of JWTs is set")
        name = self._issuer.named_in(shown)
        if name is None:
            raise NotLetIn("the JWT is not valid")
        known = self._known(name)
        if known is None:
            raise NotLetIn("the JWT is valid, but names no credential")
        return known

    def _known(self, name: str) -> Credential | None:
        with self._log.recorder.reading() as ledger:
            found = credentials(ledger, name)
        return found[0] if found else None


def _is_ours(shown: str) -> bool:
    return shown.startswith(f"{tokens.PREFIX}_")
