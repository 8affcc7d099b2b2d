#!/usr/bin/env bash
# A real PgBouncer in transaction mode between Campanile and PostgreSQL: every run is another client of the same few
# sessions, and what one leaves there the next one finds. `tests/sources/pooler.sh CAMPANILE`, within postgres.sh; needs
# Debian's pgbouncer.
set -euo pipefail
campanile=$(realpath "$1")
here=$(cd "$(dirname "$0")" && pwd)
if [ -z "${WAREHOUSE_URL:-}" ]; then
  exec "$here/postgres.sh" "$0" "$campanile"
fi
if ! command -v pgbouncer >/dev/null; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends pgbouncer >/dev/null
fi
work=$(mktemp -d /tmp/campanile-pool.XXXXXX)
chmod 755 "$work"
trap 'kill "$(cat "$work/pid")" 2>/dev/null || true; rm -rf "$work"' EXIT
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cat >"$work/pgbouncer.ini" <<INI
[databases]
postgres = host=$PGHOST port=$PGPORT dbname=postgres user=reader
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = $port
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 1
logfile = $work/log
pidfile = $work/pid
INI
as=()
if [ "$(id -u)" = 0 ]; then
  chown -R nobody "$work"
  as=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
fi
"${as[@]}" pgbouncer -q -d "$work/pgbouncer.ini"
psql -qv ON_ERROR_STOP=1 <<'SQL'
CREATE TABLE marts.pooled AS SELECT 46701740600 + n AS msisdn, timestamptz '2030-01-06 00:00Z' AS seen FROM generate_series(1, 40) n;
SQL
mkdir -p "$work/project/campaigns"
cd "$work/project"
cat >campanile.yaml <<'YAML'
namespace: acme
timezone: Europe/Stockholm
providers: { sandbox: { kind: sandbox } }
sources: { pool: { kind: postgres, url_env: POOL_URL } }
YAML
cat >members.sql <<'SQL'
SELECT msisdn FROM marts.pooled
WHERE seen >= current_setting('campanile.since')::date AND seen < current_setting('campanile.as_of')::timestamptz;
SQL
cat >campaigns/spring.yaml <<'YAML'
sender: ACME
body: "Hi. STOP: www.acme.example/stop"
recipients: [{ source: pool, sql: ../members.sql, params: { since: 2030-01-01 } }]
delivery: { windows: [{ opens: 2030-01-08T10:00, closes: 2030-01-08T12:00 }] }
YAML
export POOL_URL="postgresql://reader@127.0.0.1:$port/postgres"
people() {
  "$campanile" --at 2030-01-07T08:00:00Z plan -o json 2>"$work/told" | python3 -c 'import json, sys; print(json.load(sys.stdin)["summary"]["people"])'
}
expect() {
  local got; got=$(people)
  [ "$got" = 40 ] || { echo "pooler, $1: $got people instead of 40"; cat "$work/told"; exit 1; }
}
for run in first second third; do expect "$run run"; done
# Side by side.
waits=()
for run in 1 2 3 4; do expect "beside others" & waits+=($!); done
for run in "${waits[@]}"; do wait "$run"; done
# Another program has left statements of the names that this one would take.
for name in s0 s1 s2 s3 s4; do echo "PREPARE $name AS SELECT 1;"; done | psql -q "$POOL_URL"
expect "names that are taken"
# What one run set, the next one must not read: no value, no rows.
sed -i 's/, params: { since: 2030-01-01 }//' campaigns/spring.yaml
[ "$(people)" = 0 ] || { echo "pooler: a setting of an earlier run was read"; exit 1; }
echo "pooler: every run reads its own"
