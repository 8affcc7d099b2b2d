#!/bin/sh
# What a real validator says of each file of cases.txt, against what cases.txt says. What the program says of them is
# compared by `cargo test --test it schemas`.
#
#   tests/schemas/run.sh [CAMPANILE]
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
campanile=${1:-$here/../../target/debug/campanile}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check 'check-jsonschema==0.39.0'
"$work/venv/bin/python" "$here/mutated.py" "$work/venv/bin/check-jsonschema" "$campanile"
