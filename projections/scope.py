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

LINES = "SELECT provider, unnest(lines) AS line FROM log.invoice_submitted"

STEPS = (
    # The other contracts of the same people, and those that a contract names or that draw on it.
    """
    CREATE OR REPLACE TABLE scope.contracts AS
        SELECT contract FROM scope.named
        UNION SELECT other.contract FROM log.contract_commissioned AS mine
            SEMI JOIN scope.named USING (contract)
            JOIN log.contract_commissioned AS other ON other.person = mine.person
        UNION SELECT compensates_for FROM log.contract_commissioned
            SEMI JOIN scope.named USING (contract) WHERE compensates_for IS NOT NULL
        UNION SELECT contract FROM log.contract_commissioned
            WHERE draws_on IN (SELECT contract FROM scope.named)""",
    # The visits under the contracts named, and under those that draw on them; those that invoices claim for them.
    f"""
    INSERT INTO scope.visits
        SELECT provider, visit FROM log.visit_scheduled WHERE contract IN (
            SELECT contract FROM scope.named
            UNION SELECT contract FROM log.contract_commissioned
                WHERE draws_on IN (SELECT contract FROM scope.named))
        UNION SELECT provider, line.visit FROM ({LINES})
            WHERE line.visit IS NOT NULL AND line.contract IN (SELECT contract FROM scope.named)""",
    # The visits at which a carer is said to have been while at one of these.
    """
    CREATE OR REPLACE TEMP TABLE stays AS
        SELECT provider, visit, carer, min(time) AS came, max(time) AS went FROM (
            SELECT provider, visit, carer, time FROM log.visit_checked_in
            UNION ALL SELECT provider, visit, carer, time FROM log.visit_checked_out)
        SEMI JOIN (
            SELECT provider, carer FROM log.visit_checked_in SEMI JOIN scope.visits USING (provider, visit)
        ) USING (provider, carer)
        GROUP BY ALL;
    INSERT INTO scope.visits
        SELECT other.provider, other.visit
        FROM (FROM stays SEMI JOIN scope.visits USING (provider, visit)) AS mine
        JOIN stays AS other USING (provider, carer)
        WHERE other.came <= mine.went AND mine.came <= other.went""",
    f"""
    CREATE OR REPLACE TABLE scope.visits AS SELECT DISTINCT provider, visit FROM scope.visits;
    INSERT INTO scope.contracts
        SELECT contract FROM log.visit_scheduled SEMI JOIN scope.visits USING (provider, visit)
        UNION SELECT line.contract FROM ({LINES}) SEMI JOIN scope.visits
            ON (scope.visits.provider, scope.visits.visit) = (provider, line.visit);
    CREATE OR REPLACE TABLE scope.contracts AS SELECT DISTINCT contract FROM scope.contracts;
    CREATE OR REPLACE TABLE scope.people AS
        SELECT person FROM log.visit_scheduled SEMI JOIN scope.visits USING (provider, visit)
        UNION SELECT person FROM log.contract_commissioned SEMI JOIN scope.contracts USING (contract);
    CREATE OR REPLACE TABLE scope.providers AS
        SELECT provider FROM scope.visits
        UNION SELECT provider FROM log.contract_commissioned SEMI JOIN scope.contracts USING (contract)""",
)
"""What else is needed to judge these, step by step."""


def narrow(con: duckdb.DuckDBPyConnection, scope: Scope) -> None:
    """Make the schema `scope`: the visits, contracts, people and providers concerned."""
    name, ref = next(iter(scope.conditions().items()))
    con.execute("CREATE SCHEMA IF NOT EXISTS scope")
    values = {"ref": ref}
    con.execute(f"CREATE OR REPLACE TABLE scope.visits AS {SEEDS[name]}", values)
    con.execute(f"CREATE OR REPLACE TABLE scope.named AS {NAMED[name]}", values)
    con.execute(text("scope.sql"))
