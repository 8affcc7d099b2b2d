#!/usr/bin/env bash
# The same audience through CSV, PostgreSQL, part files, workbooks and https gives the same references; what cannot be
# trusted holds the campaign, and no secret is told. `tests/sources/run.sh CAMPANILE`; needs Debian's postgresql and
# Python; the engines are installed from PyPI into a temporary folder.
set -euo pipefail
campanile=$(realpath "$1")
here=$(cd "$(dirname "$0")" && pwd)
if [ -z "${WAREHOUSE_URL:-}" ]; then
  exec "$here/postgres.sh" "$0" "$campanile"
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q duckdb==1.4.2 polars==1.35.2 pandas==2.3.3 pyarrow==22.0.0 openpyxl==3.1.5
cd "$work"
WORK=$work CAMPANILE=$campanile "$work/venv/bin/python" "$here/stories.py"
