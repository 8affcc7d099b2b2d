#!/usr/bin/env bash
# Folders as a real Apache Spark writes them, read by Campanile: the same references as the list as CSV, or a refusal with
# its reason. `tests/sources/spark.sh CAMPANILE`; needs Java 17 and Python; Spark is installed from PyPI into a temporary
# folder. Not part of CI: Spark is 450 MB.
set -euo pipefail
campanile=$(realpath "$1")
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if [ -z "${PYTHON:-}" ]; then
  python3 -m venv "$work/venv"
  "$work/venv/bin/pip" install -q pyspark==4.3.0
  PYTHON=$work/venv/bin/python
fi
cd "$work"
export SPARK_LOCAL_IP=127.0.0.1 TZ=Asia/Kathmandu
WORK=$work CAMPANILE=$campanile "$PYTHON" "$here/spark.py"
