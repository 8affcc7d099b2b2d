#!/usr/bin/env bash
# The nightly export of an audience to a folder of numbered part files, shorter on the second night.
#
# Expected: the folder is what the last night wrote; or a second write to it is refused.
# Seen with polars 2.1.0 (PyPI): `sink_parquet(PartitionBy(folder, max_rows_per_file=...), mkdir=True)` numbers its files from 0 and
# replaces those of the same number. Files with higher numbers stay from the night before, and `read_parquet(folder)` reads
# them with the new ones: whoever left the audience is in it again, and no name or column tells.
#
# Exits 0 while that is so, 1 when it has changed. Needs python3 and PyPI. The numbers are fictional.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check polars==2.1.0
cat >sink.py <<'PY'
import pathlib

import polars

everybody = polars.LazyFrame({"msisdn": [46701740605 + n for n in range(20)]})
for people in (20, 8):
    everybody.head(people).sink_parquet(polars.PartitionBy("members", max_rows_per_file=5), mkdir=True)
    files = sorted(file.name for file in pathlib.Path("members").iterdir())
    rows = polars.read_parquet("members").height
    print(f"polars {polars.__version__}: {people} written, {rows} read from {files}")
assert rows == 18 and len(files) == 4
PY
venv/bin/python sink.py
