#!/usr/bin/env bash
# Runs a command with a real PostgreSQL: `tests/sources/postgres.sh COMMAND...`. Debian's package, started as an
# unprivileged user because initdb refuses root, on a socket in a temporary folder, and on loopback in TLS. The command sees
# PGHOST and PGUSER of the owner, WAREHOUSE_URL of a role that may only read, WRITER_URL of one that may write, and TLS_URL
# of the first in TLS, with the certificate TLS_CA.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
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
export TLS_CA="$here/../data/tls/own.pem"
openssl pkey -inform DER -in "$here/../data/tls/own.key.der" -out "$folder/server.key"
cp "$TLS_CA" "$folder/server.pem"
if [ "$(id -u)" = 0 ]; then chown nobody "$folder/server.key" "$folder/server.pem"; fi
chmod 600 "$folder/server.key"
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
secure="-c ssl=on -c ssl_cert_file=$folder/server.pem -c ssl_key_file=$folder/server.key"
as "$bin/pg_ctl" -D "$folder/data" -w -o "-k $folder -p $port -c listen_addresses=127.0.0.1 $secure -c fsync=off" -l "$folder/log" start >/dev/null
export PGHOST=$folder PGPORT=$port PGUSER=owner PGDATABASE=postgres
psql -qv ON_ERROR_STOP=1 <<'SQL'
CREATE ROLE reader LOGIN;
CREATE SCHEMA marts;
GRANT USAGE ON SCHEMA marts TO reader;
ALTER DEFAULT PRIVILEGES IN SCHEMA marts GRANT SELECT ON TABLES TO reader;
SQL
export WAREHOUSE_URL="postgresql:///postgres?host=$folder&port=$port&user=reader"
export WRITER_URL="postgresql:///postgres?host=$folder&port=$port&user=owner"
export TLS_URL="postgresql://reader:s3cretpw@localhost:$port/postgres?sslmode=require"
cd "$OLDPWD"
"$@"
