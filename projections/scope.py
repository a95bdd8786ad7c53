"""Scopes: the part of the log that a question about one thing closes over."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from projections.questions import text


@dataclass(frozen=True)
class Scope:
    """Whose findings are asked for; None: everybody's. Several narrow each other down."""

    contract: str | None = None
    person: str | None = None
    provider: str | None = None
    visit: str | None = None

    @property
    def narrow(self) -> bool:
        """Whether anything can be left out.

        Nothing can for a provider, which is compared with all the others.
        """
        return bool(self.contract or self.person or self.visit)

    def conditions(self) -> dict[str, str]:
        """What a finding must name to be within."""
        named = {
            "contract": self.contract,
            "person": self.person,
            "visit": self.visit,
            "provider": self.provider,
        }
        return {name: value for name, value in named.items() if value}


SEEDS = {
    "contract": "SELECT provider, visit FROM log.visit_scheduled WHERE contract = $ref",
    "person": "SELECT provider, visit FROM log.visit_scheduled WHERE person = $ref",
    "visit": " UNION ".join(
        f"SELECT provider, visit FROM log.visit_{what} WHERE visit = $ref"
        for what in (
            *("scheduled", "rescheduled", "checked_in", "checked_out", "cancelled"),
            *("missed", "frustrated", "reported"),
        )
    ),
}
"""The visits that a question about one thing begins with."""

NAMED = {
    "contract": "SELECT $ref AS contract",
    "person": "SELECT contract FROM log.contract_commissioned WHERE person = $ref",
    "visit": "SELECT NULL::VARCHAR AS contract WHERE false",
}
"""The contracts that it begins with."""


def narrow(con: duckdb.DuckDBPyConnection, scope: Scope) -> None:
    """Make the schema `scope`: the visits, contracts, people and providers concerned."""
    name, ref = next(iter(scope.conditions().items()))
    con.execute("CREATE SCHEMA IF NOT EXISTS scope")
    for table, begin in (("visits", SEEDS), ("named", NAMED)):
        con.execute(
            f"CREATE OR REPLACE TABLE scope.{table} AS {begin[name]}",
            {"ref": ref} if "$ref" in begin[name] else None,
        )
    con.execute(text("scope.sql"))
