#!/usr/bin/env bash
# A Parquet file with one column of Polars' 128-bit integers, and a column of phone numbers beside it. Whoever hands part files of
# Polars to other programs should know.
#
# Expected, because Parquet has no integers of more than 64 bits: `write_parquet` refuses the column, or writes it as DECIMAL(38, 0),
# which all of them read. If a reader does not know the column, it reads the other one all the same.
# Seen with Polars 2.1.0: the file is written without a word, the column as 16 bytes in the order of the processor without any type, and
# its type in a note of Arrow's that Arrow itself has no such integers for. So pyarrow 26.0.1, and pandas with it, cannot open the
# file at all, not even for the column of phone numbers ("Integers with more than 64 bits not implemented"). DuckDB 2.0.1 gives the
# numbers as 16 bytes, lowest first: 5 is `\x05\x00...`. Only Polars reads what it wrote.
#
# Exits 0 while that is so, 1 when it has changed. Needs PyPI.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" -q install polars==2.1.0 pyarrow==26.0.1 duckdb==2.0.1
cd "$room"
seen=$(venv/bin/python -W ignore - <<'PY'
import duckdb
import polars
import pyarrow.parquet

members = polars.DataFrame({"msisdn": [46701740601, 46701740602], "points": [5, None]}, schema={"msisdn": polars.Int64, "points": polars.Int128})
members.write_parquet("members.parquet")
print("polars:", polars.read_parquet("members.parquet")["points"].to_list())
try:
    print("pyarrow:", pyarrow.parquet.read_table("members.parquet", columns=["msisdn"]).to_pylist())
except Exception as error:
    print("pyarrow:", str(error))
print("duckdb:", [row[0] for row in duckdb.sql("SELECT points FROM 'members.parquet'").fetchall()])
PY
)
echo "$seen"
[ "$seen" = "polars: [5, None]
pyarrow: Integers with more than 64 bits not implemented
duckdb: [b'\x05\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00', None]" ]
