#!/bin/sh
# Installs what the peers need, from PyPI and npm, into target/peers; Go's peer needs its standard library alone.
# A peer whose language is not installed is left out of the comparison.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
there=${1:-$here/../../target/peers}
mkdir -p "$there"
if command -v python3 >/dev/null; then
    [ -x "$there/python/bin/python" ] || python3 -m venv "$there/python"
    "$there/python/bin/pip" install --quiet --disable-pip-version-check -r "$here/python/requirements.txt"
fi
if command -v npm >/dev/null; then
    mkdir -p "$there/node"
    cp "$here/node/package.json" "$here/node/job.js" "$there/node/"
    (cd "$there/node" && npm install --no-audit --no-fund --loglevel=error >&2)
fi
if command -v go >/dev/null; then
    (cd "$here/go" && go build -o "$there/job-go" .)
fi
