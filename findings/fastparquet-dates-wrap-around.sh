#!/usr/bin/env bash
# What pandas' second Parquet engine reads for dates that a list of members often has: 9999-12-31 for "without an end", 0001-01-01
# for "not known". Whoever filters such a list with it ("consent until") should know.
#
# Expected, after the format (DATE is a count of days in 32 bits) and after pandas' `engine` ("auto", "pyarrow" or "fastparquet"):
# both engines read the dates that the file holds, or say that one of them is out of range.
# Seen with fastparquet 2026.9.0, pandas 3.1.1, pyarrow 26.0.1: pyarrow reads them. fastparquet counts nanoseconds from 1970, and
# what lies outside 1677-09-21 to 2262-04-11 wraps around without a word: 9999-12-31 reads as a time on 1816-03-29, 0001-01-01 as one
# on 1754-08-30, and 2262-04-12 as one in 1677. A membership without an end has ended two centuries ago. Beside it in the same column,
# dates of today read right.
#
# Exits 0 while that is so, 1 when it has changed. Needs PyPI.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" -q install fastparquet==2026.9.0 pandas==3.1.1 pyarrow==26.0.1
cd "$room"
seen=$(venv/bin/python -W ignore - <<'PY'
import datetime

import pandas
import pyarrow
import pyarrow.parquet

days = [datetime.date(2026, 11, 30), datetime.date(2262, 4, 11), datetime.date(2262, 4, 12), datetime.date(9999, 12, 31), datetime.date(1, 1, 1)]
pyarrow.parquet.write_table(pyarrow.table({"consent_until": pyarrow.array(days, pyarrow.date32())}), "members.parquet")
for engine in ["pyarrow", "fastparquet"]:
    read = pandas.read_parquet("members.parquet", engine=engine)["consent_until"]
    print(f"{engine}:", *[str(day)[:10] for day in read])
PY
)
echo "$seen"
[ "$seen" = "pyarrow: 2026-11-30 2262-04-11 2262-04-12 9999-12-31 0001-01-01
fastparquet: 2026-11-30 2262-04-11 1677-09-21 1816-03-29 1754-08-30" ]
