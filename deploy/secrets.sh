#!/bin/sh
# Makes the secrets that compose.yaml names, in the folder `private` or another: secrets.sh [FOLDER].
# What is there already is left as it is. Run as root: the files must belong to the user of the
# container (10001), and to nobody else, or PostgreSQL's library and the intake refuse to read them.
set -eu
umask 077
mkdir -p "${1:-private}"
cd "${1:-private}"

random() { od -An -N 32 -tx1 /dev/urandom | tr -d ' \n'; }

keep() {
  [ -e "$1" ] && return
  printf '%s\n' "$2" > "$1.part"
  mv "$1.part" "$1"
}

mkdir -p nats broker
keep postgres-password "$(random)"
for role in counterfoil_owner counterfoil_intake counterfoil_node; do
  keep "$role.pgpass" "*:*:*:$role:$(random)"
done
keep token-key "$(random)"
keep wrapping-key "$(random)"
keep safeguarding-key "$(random)"
if [ "$(id -u)" = 0 ]; then
  chown -R 10001:10001 .
else
  echo "secrets.sh: now, as root: chown -R 10001:10001 $PWD" >&2
fi
