#!/usr/bin/env bash
# The nightly export of an audience to a folder of Parquet, written a second time to the same folder.
#
# Expected: engines refuse a folder that is not empty, or replace what is in it: Spark's and DuckDB's words for a second
# write are an error unless one says overwrite or append.
# Seen with datafusion 55.0.0 (PyPI): `COPY ... TO 'folder/'` and `DataFrame.write_parquet` say nothing and add. Each run draws
# a name of its own for its parts (`3ILZ8ctw344JT3W4_0.parquet`), so nothing is replaced: whoever reads the folder reads
# both nights, and whoever left the audience in between is in it again.
#
# Exits 0 while that is so, 1 when it has changed. Needs python3 and PyPI. The numbers are fictional.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check datafusion==55.0.0 pyarrow==26.0.1
cat >nights.py <<'PY'
import pathlib

import datafusion
import pyarrow

context = datafusion.SessionContext()
for night, numbers in enumerate([[46701740605, 46701740606], [46701740606]]):
    table = pyarrow.table({"msisdn": numbers})
    context.register_record_batches(f"night{night}", [table.to_batches()])
    context.sql(f"COPY night{night} TO 'copied/' STORED AS PARQUET").collect()
    context.table(f"night{night}").write_parquet("written")
for folder in ["copied", "written"]:
    runs = {part.name.split("_")[0] for part in pathlib.Path(folder).iterdir()}
    context.register_parquet(folder, folder)
    rows = context.sql(f"SELECT count(*) AS rows FROM {folder}").to_pydict()["rows"][0]
    print(f"datafusion {datafusion.__version__}, {folder}: parts of {len(runs)} runs, {rows} rows; the second night has 1")
    assert (len(runs), rows) == (2, 3)
PY
venv/bin/python nights.py
