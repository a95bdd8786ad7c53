"""Scopes: the part of the log that a question about one thing closes over."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb


@dataclass(frozen=True)
class Scope:
    """Whose findings are asked for; None: everybody's. Several narrow each other down."""

    contract: str | None = None
    person: str | None = None
    provider: str | None = None
    visit: str | None = None

    @property
    def narrow(self) -> bool:
        """Whether anything is left out."""
        return bool(self.contract or self.person or self.provider or self.visit)

    def conditions(self) -> dict[str, str]:
        """What a finding must name to be within."""
        named = {
            "contract": self.contract,
            "person": self.person,
            "provider": self.provider,
            "visit": self.visit,
        }
        return {name: value for name, value in named.items() if value}


SEEDS = {
    "contract": """
        SELECT provider, visit FROM log.visit_scheduled WHERE contract = $ref""",
    "person": """
        SELECT provider, visit FROM log.visit_scheduled WHERE person = $ref
        UNION
        SELECT provider, visit FROM log.visit_scheduled SEMI JOIN (
            SELECT contract FROM log.contract_commissioned WHERE person = $ref
        ) USING (contract)""",
    "provider": """
        SELECT provider, visit FROM log.visit_scheduled WHERE provider = $ref
        UNION SELECT provider, visit FROM log.visit_checked_in WHERE provider = $ref
        UNION SELECT provider, visit FROM log.visit_checked_out WHERE provider = $ref
        UNION SELECT provider, visit FROM log.visit_missed WHERE provider = $ref
        UNION SELECT provider, visit FROM log.visit_frustrated WHERE provider = $ref""",
    "visit": """
        SELECT provider, visit FROM log.visit_scheduled WHERE visit = $ref
        UNION SELECT provider, visit FROM log.visit_checked_in WHERE visit = $ref
        UNION SELECT provider, visit FROM log.visit_checked_out WHERE visit = $ref
        UNION SELECT provider, visit FROM log.visit_missed WHERE visit = $ref
        UNION SELECT provider, visit FROM log.visit_cancelled WHERE visit = $ref
        UNION SELECT provider, visit FROM log.visit_rescheduled WHERE visit = $ref
        UNION SELECT provider, visit FROM log.visit_reported WHERE visit = $ref
        UNION SELECT provider, visit FROM log.visit_frustrated WHERE visit = $ref""",
}
"""The visits that a question about one thing begins with."""

NAMED = {
    "contract": "SELECT $ref AS contract",
    "person": "SELECT contract FROM log.contract_commissioned WHERE person = $ref",
    "provider": "SELECT contract FROM log.contract_commissioned WHERE provider = $ref",
    "visit": "SELECT NULL::VARCHAR AS contract WHERE false",
}
"""The contracts that it begins with."""

REST = """
    CREATE OR REPLACE TABLE scope.contracts AS
        SELECT contract FROM scope.named
        UNION SELECT contract FROM log.visit_scheduled SEMI JOIN scope.visits USING (provider, visit);
    CREATE OR REPLACE TABLE scope.people AS
        SELECT person FROM log.visit_scheduled SEMI JOIN scope.visits USING (provider, visit)
        UNION SELECT person FROM log.contract_commissioned SEMI JOIN scope.contracts USING (contract);
    CREATE OR REPLACE TABLE scope.providers AS
        SELECT provider FROM scope.visits
        UNION SELECT provider FROM log.contract_commissioned SEMI JOIN scope.contracts USING (contract);
"""


def narrow(con: duckdb.DuckDBPyConnection, scope: Scope) -> None:
    """Make the schema `scope`: the visits, contracts, people and providers concerned."""
    name, ref = next(iter(scope.conditions().items()))
    con.execute("CREATE SCHEMA IF NOT EXISTS scope")
    values = {"ref": ref}
    con.execute(f"CREATE OR REPLACE TABLE scope.visits AS {SEEDS[name]}", values)
    con.execute(f"CREATE OR REPLACE TABLE scope.named AS {NAMED[name]}", values)
    con.execute(REST)
