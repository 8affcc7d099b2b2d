#!/usr/bin/env bash
# PostgreSQL: COPY as CSV and as text, psql's own formats. Starts a server of its own in a temporary folder.
#
# Expected: CSV with doubled quotes, nothing for NULL and `""` for the empty text; text with tabs, `\N`, `\n`, `\t` and doubled
#   backslashes; `psql -A` with `|`, raw line ends and a last line `(6 rows)`.
set -euo pipefail
make=$(cd "$(dirname "$0")" && pwd); out=$(realpath "${1:-$make/..}")
data=$(mktemp -d); user=${PGUSER_SYSTEM:-nobody}; cp "$make/people.json" "$data/people.json"; chown -R "$user" "$data"; chmod 755 "$data"
bin=$(dirname "$(readlink -f "$(command -v postgres)")")
as() { setpriv --reuid "$user" --clear-groups "$@"; }
cd "$data"
as "$bin/initdb" -D "$data/db" -E UTF8 --no-locale >/dev/null
as "$bin/pg_ctl" -D "$data/db" -o "-k $data -c listen_addresses=''" -w start >/dev/null
trap 'as "$bin/pg_ctl" -D "$data/db" -m immediate stop >/dev/null' EXIT
sql() { psql -X -q -h "$data" -U "$user" postgres "$@"; }
sql -c "create table people as select * from json_to_recordset(pg_read_file('$data/people.json')::json) as p(msisdn text, first_name text, note text)"
sql -c "\\copy people to stdout (format csv, header)" > "$out/postgresql-copy.csv"
sql -c "\\copy people to stdout (format csv, header, force_quote *)" > "$out/postgresql-copy-force-quote.csv"
sql -c "\\copy people to stdout (format text, header)" > "$out/postgresql-copy.tsv"
sql --csv -c "table people" > "$out/psql.csv"
sql -A -c "table people" > "$out/psql-unaligned.txt"
