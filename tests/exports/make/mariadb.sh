#!/usr/bin/env bash
# MariaDB: INTO OUTFILE with and without quotes, `mariadb --batch`, `--batch --raw`. Starts a server of its own in a temporary folder.
#
# Expected: OUTFILE escapes with backslashes, also quotes and line ends inside quoted cells, and writes `\N`; `--batch` writes
#   tabs, `NULL`, `\n` and `\t`; `--raw` leaves line ends as they are, so that rows break.
set -euo pipefail
make=$(cd "$(dirname "$0")" && pwd); out=$(realpath "${1:-$make/..}")
data=$(mktemp -d); cp "$make/people.json" "$data/"; chown -R mysql "$data"; chmod 755 "$data"
mariadb-install-db --user=mysql --datadir="$data/db" >/dev/null 2>&1
mariadbd --no-defaults --user=mysql --datadir="$data/db" --socket="$data/s" --skip-networking --secure-file-priv= --pid-file="$data/pid" >/dev/null 2>&1 &
trap 'kill $(cat "$data/pid")' EXIT
for _ in $(seq 100); do [ -S "$data/s" ] && break; sleep 0.2; done
sql() { mariadb --no-defaults --socket="$data/s" --default-character-set=utf8mb4 "$@"; }
sql -e "create database d character set utf8mb4; create table d.people as select * from json_table(convert(load_file('$data/people.json') using utf8mb4), '\$[*]' columns (msisdn text path '\$.msisdn', first_name text path '\$.first_name', note text path '\$.note')) p"
head="select 'msisdn', 'first_name', 'note' union all select msisdn, first_name, note from d.people"
sql -e "$head into outfile '$data/quoted' character set utf8mb4 fields terminated by ',' optionally enclosed by '\"' lines terminated by '\n'"
sql -e "$head into outfile '$data/plain' character set utf8mb4"
sql -e "$head into outfile '$data/doubled' character set utf8mb4 fields terminated by ',' enclosed by '\"' escaped by '' lines terminated by '\n'"
cp "$data/quoted" "$out/mariadb-outfile.csv"; cp "$data/plain" "$out/mariadb-outfile.tsv"; cp "$data/doubled" "$out/mariadb-outfile-escaped-by-nothing.csv"
sql --batch -e "select * from d.people" > "$out/mariadb-batch.tsv"
sql --batch --raw -e "select * from d.people" > "$out/mariadb-batch-raw.tsv"
