#!/usr/bin/env bash
# pandas, Polars, DuckDB, ClickHouse (chdb), csvkit, VisiData, petl and Python's own csv. PYTHON names the interpreter that has them.
#
# Expected: all quote where a cell needs it and double quotes inside; nothing is an empty cell, but `\N` from ClickHouse; a
#   pandas column of numbers in which one is missing becomes floats (`46701740605.0`).
# Otherwise: ClickHouse's TSV writes line ends and tabs as `\n` and `\t`; VisiData writes an empty cell for both; csv's
#   `escapechar` without `doublequote` gives backslashes, as asked for.
set -euo pipefail
make=$(cd "$(dirname "$0")" && pwd); out=$(realpath "${1:-$make/..}")
cd "$(mktemp -d)"
"${PYTHON:-python3}" - "$make/people.json" "$out" <<'P'
import csv, json, subprocess, sys, pathlib
people = json.load(open(sys.argv[1])); out = pathlib.Path(sys.argv[2]); heads = list(people[0])
bin = pathlib.Path(sys.executable).parent
with open(out / "python-csv.csv", "w", newline="", encoding="utf-8") as file:
    writer = csv.DictWriter(file, heads); writer.writeheader(); writer.writerows(people)
with open(out / "python-csv-escapechar.csv", "w", newline="", encoding="utf-8") as file:
    writer = csv.DictWriter(file, heads, doublequote=False, escapechar="\\"); writer.writeheader(); writer.writerows(people)
import pandas
frame = pandas.DataFrame(people)
frame.to_csv(out / "pandas.csv", index=False)
frame.to_csv(out / "pandas-index.csv")
frame.to_csv(out / "pandas-na-rep.csv", index=False, na_rep="NULL")
numbers = pandas.DataFrame({"msisdn": [46701740605, None, 46701740607], "first_name": ["Åsa", "Bo", "Ann"]})
numbers.to_csv(out / "pandas-floats.csv", index=False)
import polars
polars.DataFrame(people).write_csv(out / "polars.csv")
import duckdb
duckdb.sql("create table people as select * from read_json('%s', columns={msisdn: 'VARCHAR', first_name: 'VARCHAR', note: 'VARCHAR'})" % sys.argv[1])
duckdb.sql(f"copy people to '{out}/duckdb.csv' (format csv, header)")
duckdb.sql(f"copy people to '{out}/duckdb.tsv' (format csv, header, delimiter '\t')")
import chdb
for kind, ending in (("CSVWithNames", "csv"), ("TSVWithNames", "tsv")):
    query = f"select msisdn, first_name, note from file('{sys.argv[1]}', JSONEachRow, 'msisdn String, first_name Nullable(String), note Nullable(String)')"
    (out / f"clickhouse.{ending}").write_bytes(chdb.query(query, kind).bytes())
import petl
petl.fromdicts(people, header=heads).tocsv(str(out / "petl.csv"), encoding="utf-8")
with open(out / "csvkit.csv", "w") as file:
    subprocess.run([bin / "in2csv", "-f", "json", "-I", sys.argv[1]], stdout=file, check=True)
subprocess.run([bin / "vd", "-b", sys.argv[1], "-o", out / "visidata.csv"], check=True, stdout=subprocess.DEVNULL)
import openpyxl
sheet = openpyxl.Workbook(); sheet.active.append(heads + ["as_number"])
for person in people: sheet.active.append([person[head] for head in heads] + [int(person["msisdn"][1:])])
sheet.save("people.xlsx")
P
cp people.xlsx "${WORKBOOK:-$out/../../target/people.xlsx}" 2>/dev/null || true
