#!/usr/bin/env bash
# What is left of a custom setting that was set for one transaction (`set_config(name, value, true)`), in the same session. Whoever
# hands values to queries in this way, behind a pool of sessions, should know.
#
# Expected, after the manual of `set_config` ("the new value will only apply during the current transaction") and of
# `current_setting` ("if there is no setting named so, an error, unless missing_ok"): once the transaction is rolled back there is
# no such setting, `current_setting('campanile.since')` is an error again and NULL with missing_ok; at the latest after DISCARD ALL,
# which poolers run between two clients.
# Seen with PostgreSQL 15.18: from then on the setting exists and is the empty string, also after ROLLBACK, RESET ALL and DISCARD
# ALL, until the session ends. A query that forgets to be given the value is not refused: it compares with ''.
#
# Exits 0 while that is so, 1 when it has changed. Needs Debian's postgresql (any version of 15 or later).
set -euo pipefail
bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)
folder=$(mktemp -d /tmp/pg.XXXXXX)
if [ "$(id -u)" = 0 ]; then
  chown nobody "$folder"
  as() { setpriv --reuid=nobody --regid=nogroup --clear-groups env HOME="$folder" "$@"; }
else
  as() { "$@"; }
fi
chmod 755 "$folder"
trap 'as "$bin/pg_ctl" -D "$folder/data" -m immediate stop >/dev/null 2>&1 || true; rm -rf "$folder"' EXIT
cd "$folder"
as "$bin/initdb" -D "$folder/data" -U owner -A trust -E UTF8 --locale=C >/dev/null
as "$bin/pg_ctl" -D "$folder/data" -w -o "-k $folder -c listen_addresses=''" -l "$folder/log" start >/dev/null
seen=$("$bin/psql" -h "$folder" -U owner -d postgres -qAt <<'SQL'
select 'before: ' || coalesce(quote_literal(current_setting('campanile.since', true)), 'NULL');
begin;
select 'within: ' || quote_literal(set_config('campanile.since', '2026-01-01', true));
rollback;
select 'rolled back: ' || coalesce(quote_literal(current_setting('campanile.since', true)), 'NULL');
select 'without missing_ok: ' || quote_literal(current_setting('campanile.since'));
reset all;
select 'reset: ' || coalesce(quote_literal(current_setting('campanile.since', true)), 'NULL');
discard all;
select 'discarded: ' || coalesce(quote_literal(current_setting('campanile.since', true)), 'NULL');
SQL
)
echo "$seen"
[ "$seen" = "before: NULL
within: '2026-01-01'
rolled back: ''
without missing_ok: ''
reset: ''
discarded: ''" ]
