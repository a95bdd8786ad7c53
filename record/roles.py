"""Roles: what each may do in a PostgreSQL store, and no more.

The owner makes and alters tables, and decides for people: `migrate`, `conflicts decide`,
`credential`. The intake may append to the log and change nothing in it. A node reads.
"""

from __future__ import annotations

from record.ledger import Ledger

KEYS = "counterfoil_keys"
"""The schema in which the keys of sealed words are kept: no node may enter it."""
OWNER, INTAKE, NODE = "counterfoil_owner", "counterfoil_intake", "counterfoil_node"

RIGHTS = {
    INTAKE: {
        "stored_events": "SELECT, INSERT",
        "store": "SELECT, INSERT, UPDATE (value)",
        "receipts": "SELECT, INSERT",
        "conflicts": "SELECT, INSERT",
        "quarantine": "SELECT, INSERT, UPDATE (times, released_at)",
        "quarantined_bytes": "SELECT, INSERT",
        "refusals": "SELECT, INSERT",
        "answers": "SELECT, INSERT, DELETE",
        "credentials": "SELECT",
        "attempts": "SELECT, INSERT, UPDATE (times), DELETE",
        "erasures": "SELECT",
    },
    NODE: {
        "stored_events": "SELECT",
        "store": "SELECT",
        "receipts": "SELECT",
        "conflicts": "SELECT",
        "quarantine": "SELECT",
        "refusals": "SELECT",
        "answers": "SELECT",
        "erasures": "SELECT",
    },
}
"""Of each role, its rights in our tables. A node reads neither credentials nor raw bytes."""

ROWS = (
    # Of what the store says of itself, the intake may move the clock on, and nothing else:
    # neither whose log it is, nor of which version, nor whether it is simulated.
    "ALTER TABLE store ENABLE ROW LEVEL SECURITY",
    "DROP POLICY IF EXISTS all_may_read ON store",
    "CREATE POLICY all_may_read ON store FOR SELECT USING (true)",
    "DROP POLICY IF EXISTS intake_may_begin_the_clock ON store",
    f"CREATE POLICY intake_may_begin_the_clock ON store FOR INSERT TO {INTAKE}"
    " WITH CHECK (name = 'received_at')",
    "DROP POLICY IF EXISTS intake_may_move_the_clock ON store",
    f"CREATE POLICY intake_may_move_the_clock ON store FOR UPDATE TO {INTAKE}"
    " USING (name = 'received_at') WITH CHECK (name = 'received_at')",
)

ROLES = f"""\
-- The roles of a Counterfoil store. Run once, in its database, as a superuser:
--   counterfoil roles | psql --dbname council
-- Then give each role its password (\\password {OWNER}), and make the tables as their owner:
--   counterfoil migrate --store postgresql://{OWNER}@HOST/council
-- which also gives the other two their rights (counterfoil roles --rights shows them).
DO $$
DECLARE role text;
BEGIN
  FOREACH role IN ARRAY ARRAY['{OWNER}', '{INTAKE}', '{NODE}'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN
      EXECUTE format('CREATE ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE', role);
    END IF;
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), role);
    EXECUTE format('GRANT USAGE ON SCHEMA public TO %I', role);
  END LOOP;
  EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
END $$;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT CREATE ON SCHEMA public TO {OWNER};
CREATE SCHEMA IF NOT EXISTS {KEYS} AUTHORIZATION {OWNER};
"""


def rights(roles: set[str]) -> list[str]:
    """What the owner says so that *roles* have their rights, and no others."""
    given = []
    for role in sorted(roles):
        given += [f"REVOKE ALL ON {table} FROM {role}" for table in RIGHTS[INTAKE]]
        given += [f"GRANT {what} ON {on} TO {role}" for on, what in RIGHTS[role].items()]
    return given + (list(ROWS) if INTAKE in roles else [])


def give_rights(ledger: Ledger) -> None:
    """Give the roles that there are their rights."""
    found = ledger.ask(
        "SELECT rolname::text FROM pg_roles WHERE rolname = ANY(?)", list(RIGHTS)
    )
    for statement in rights({name for (name,) in found}):
        ledger.tell(statement)
