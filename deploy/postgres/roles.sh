#!/bin/bash
# Makes the roles of the store, and gives each the password in its secret. It may run again at any
# time: that is how a password is changed. PGHOST and the others say where; the secrets are in
# SECRETS (/run/secrets), and roles.sql, beside this file, is what `counterfoil roles` prints.
set -euo pipefail
export SECRETS=${SECRETS:-/run/secrets} ROLE
PGPASSWORD=$(cat "$SECRETS/postgres-password")
export PGPASSWORD

say() { psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 "$@"; }

say --file "$(dirname "$0")/roles.sql"
for ROLE in counterfoil_owner counterfoil_intake counterfoil_node; do
  # The last field of HOST:PORT:DATABASE:USER:PASSWORD. The server must not write it into its log.
  say --set role="$ROLE" <<'SQL'
\set password `cut -d : -f 5 "$SECRETS/$ROLE.pgpass"`
SET log_statement = 'none';
SET log_min_duration_statement = -1;
SET log_min_error_statement = 'panic';
ALTER ROLE :"role" PASSWORD :'password';
SQL
done
