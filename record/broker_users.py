"""Broker users: a hash of each one's password, from which a broker's configuration is written.

They are kept with what the store says of itself. The password is shown once, never kept.
"""

from __future__ import annotations

from record.ledger import Ledger

_PREFIX = "broker password: "


def keep_broker_password(ledger: Ledger, user: str, hashed: str) -> None:
    """Keep the hash of a user's new password, in place of the old one's."""
    ledger.set_meta(_PREFIX + user, hashed)


def broker_passwords(ledger: Ledger) -> dict[str, str]:
    """The hash of every user's password, by the user's name."""
    rows = ledger.ask("SELECT name, value FROM store WHERE name LIKE ?", _PREFIX + "%")
    return {str(row[0]).removeprefix(_PREFIX): str(row[1]) for row in rows}
