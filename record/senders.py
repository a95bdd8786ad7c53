"""Senders: who may say what. A credential names its sources, and may name its types."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from record.ledger import Ledger

NAMES = (
    "name", "sources", "types", "digest", "created_at", "expires_at", "revoked_at"
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sender:
    """Somebody who was let in, by the *name* of the credential; `types` None: all types.

    An ECM hub may speak for several sources.
    """

    name: str
    sources: frozenset[str]
    types: frozenset[str] | None = None

    def refusal(self, source: str, kind: str | None) -> str | None:
        """Why this sender may not say an event of this source and type; None: it may."""
        if source not in self.sources:
            return f"this sender may not speak for {source}"
        if self.types is not None and kind not in self.types:
            return "this sender may not say events of this type"
        return None


@dataclass(frozen=True, slots=True)
class Credential:
    """What is kept of a credential: an HMAC of its token, never the token.

    `digest` is None where the sender is known by other means (a broker's user, a JWT).
    """

    sender: Sender
    created_at: datetime
    digest: bytes | None = None
    expires_at: datetime | None = None
    revoked_at: datetime | None = None

    def in_force(self, now: datetime) -> bool:
        """Whether the credential lets somebody in at *now*."""
        expired = self.expires_at is not None and now >= self.expires_at
        return self.revoked_at is None and not expired


def keep_credential(ledger: Ledger, credential: Credential) -> bool:
    """Keep a new credential; False where its name is taken, also by a revoked one."""
    sender = credential.sender
    rows = ledger.ask(
        f"INSERT INTO credentials ({', '.join(NAMES)}) VALUES (?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (name) DO NOTHING RETURNING name",
        sender.name,
        _listed(sender.sources),
        None if sender.types is None else _listed(sender.types),
        credential.digest,
        credential.created_at.isoformat(),
        credential.expires_at.isoformat() if credential.expires_at else None,
        credential.revoked_at.isoformat() if credential.revoked_at else None,
    )
    return bool(rows)


def credentials(ledger: Ledger, name: str | None = None) -> list[Credential]:
    """All credentials by name, or the one of that *name*; also those not in force."""
    where, values = ("", []) if name is None else (" WHERE name = ?", [name])
    rows = ledger.ask(
        f"SELECT {', '.join(NAMES)} FROM credentials{where} ORDER BY name", *values
    )
    return [_credential(row) for row in rows]


def renew_credential(
    ledger: Ledger, name: str, digest: bytes, expires_at: datetime | None
) -> bool:
    """Put a new token in the old one's place; False where there was none, or it is revoked."""
    rows = ledger.ask(
        "UPDATE credentials SET digest = ?, expires_at = ?"
        " WHERE name = ? AND revoked_at IS NULL AND digest IS NOT NULL RETURNING name",
        digest,
        expires_at.isoformat() if expires_at else None,
        name,
    )
    return bool(rows)


def revoke_credential(ledger: Ledger, name: str, now: datetime) -> bool:
    """Let nobody in by this credential from now on; False where there is nothing to do."""
    rows = ledger.ask(
        "UPDATE credentials SET revoked_at = ?"
        " WHERE name = ? AND revoked_at IS NULL RETURNING name",
        now.isoformat(),
        name,
    )
    return bool(rows)


def _listed(names: Iterable[str]) -> str:
    return json.dumps(sorted(names))


def _credential(row: Any) -> Credential:
    name, sources, types, digest, created_at, expires_at, revoked_at = tuple(row)
    sender = Sender(
        name,
        frozenset(json.loads(sources)),
        None if types is None else frozenset(json.loads(types)),
    )
    return Credential(
        sender,
        datetime.fromisoformat(created_at),
        None if digest is None else bytes(digest),
        datetime.fromisoformat(expires_at) if expires_at else None,
        datetime.fromisoformat(revoked_at) if revoked_at else None,
    )
