#!/usr/bin/env bash
# Runs a command with a real PostgreSQL: `tests/sources/postgres.sh COMMAND...`. Debian's package, started as an
# unprivileged user because initdb refuses root, on a socket in a temporary folder; no port. The command sees PGHOST and
# PGUSER of the owner, WAREHOUSE_URL of a role that may only read, and WRITER_URL of one that may write.
set -euo pipefail
bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)
folder=$(mktemp -d /tmp/campanile-pg.XXXXXX)
if [ "$(id -u)" = 0 ]; then
  chown nobody "$folder"; chmod 755 "$folder"
  as() { setpriv --reuid=nobody --regid=nogroup --clear-groups env HOME="$folder" "$@"; }
else
  as() { "$@"; }
fi
stop() { as "$bin/pg_ctl" -D "$folder/data" -m immediate stop >/dev/null 2>&1 || true; rm -rf "$folder"; }
trap stop EXIT
cd "$folder"
as "$bin/initdb" -D "$folder/data" -U owner -A trust -E UTF8 --locale=C >"$folder.log" 2>&1 || { cat "$folder.log"; exit 1; }
rm -f "$folder.log"
as "$bin/pg_ctl" -D "$folder/data" -w -o "-k $folder -c listen_addresses='' -c fsync=off" -l "$folder/log" start >/dev/null
export PGHOST=$folder PGUSER=owner PGDATABASE=postgres
psql -qv ON_ERROR_STOP=1 <<'SQL'
CREATE ROLE reader LOGIN;
CREATE SCHEMA marts;
GRANT USAGE ON SCHEMA marts TO reader;
ALTER DEFAULT PRIVILEGES IN SCHEMA marts GRANT SELECT ON TABLES TO reader;
SQL
export WAREHOUSE_URL="postgresql:///postgres?host=$folder&user=reader"
export WRITER_URL="postgresql:///postgres?host=$folder&user=owner"
cd "$OLDPWD"
"$@"
