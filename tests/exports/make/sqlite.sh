#!/usr/bin/env bash
# SQLite's shell: .mode csv, tabs, list, quote.
#
# Expected: csv is RFC 4180 with CRLF, nothing for NULL; tabs and list write cells as they are, so that rows break.
set -euo pipefail
make=$(cd "$(dirname "$0")" && pwd); out=$(realpath "${1:-$make/..}")
query="select value->>'msisdn' as msisdn, value->>'first_name' as first_name, value->>'note' as note from json_each(readfile('$make/people.json'))"
sqlite3 -header -csv :memory: "$query" > "$out/sqlite.csv"
sqlite3 -header -tabs :memory: "$query" > "$out/sqlite-tabs.tsv"
sqlite3 -header -list :memory: "$query" > "$out/sqlite-list.txt"
sqlite3 -header -quote :memory: "$query" > "$out/sqlite-quote.csv"
