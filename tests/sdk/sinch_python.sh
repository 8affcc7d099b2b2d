#!/bin/sh
# Drives a running emulator through Sinch's official Python client, as a stranger would.
#
#   tests/sdk/sinch_python.sh http://127.0.0.1:PORT      an emulator that is already running
#   tests/sdk/sinch_python.sh path/to/campanile          starts `campanile emulate` itself
#
# Exits 0 when everything the client asked was answered as it expects, 1 otherwise. Needs python3 and PyPI; the client
# goes into a virtual environment under $CAMPANILE_SDK_VENV, or a temporary one.
set -eu

target=${1:?usage: sinch_python.sh URL-or-program}
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
work=$(mktemp -d)
emulator=
cleanup() {
    [ -z "$emulator" ] || kill "$emulator" 2>/dev/null || true
    rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 1' INT TERM HUP

venv=${CAMPANILE_SDK_VENV:-$work/venv}
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
"$venv/bin/pip" install --quiet --disable-pip-version-check 'sinch==2.3.0' || exit 1

case $target in
http://*) url=$target ;;
*)
    "$target" emulate --listen 127.0.0.1:0 >"$work/out" &
    emulator=$!
    url=
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        url=$(sed -n 's/^listening on //p' "$work/out")
        [ -n "$url" ] && break
        sleep 0.5
    done
    [ -n "$url" ] || { echo "the emulator did not start" >&2; exit 1; }
    ;;
esac

if "$venv/bin/python" "$here/sinch_python.py" "$url"; then exit 0; else exit 1; fi
