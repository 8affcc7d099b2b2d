#!/bin/sh
# Files for other programs, read by those: calendars by icalendar, ical.js and libical; completions by bash, zsh and fish;
# manual pages by mandoc.
#
#   tests/readers/run.sh path/to/campanile
#
# Debian's zsh, fish, mandoc and libical3 are installed where they are missing; icalendar comes from PyPI and ical.js from npm
# into $CAMPANILE_READER_TOOLS, or a temporary folder.
set -eu
program=$(realpath "${1:?usage: run.sh path/to/campanile}")
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
root=$(CDPATH='' cd -- "$here/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tools=${CAMPANILE_READER_TOOLS:-$work/tools}
mkdir -p "$tools"
has_libical() { ldconfig -p | grep -q 'libical\.so'; }
if ! { command -v zsh && command -v fish && command -v mandoc && has_libical; } >/dev/null; then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends zsh fish mandoc libical-dev
fi
[ -x "$tools/venv/bin/python" ] || python3 -m venv "$tools/venv"
"$tools/venv/bin/pip" install --quiet --disable-pip-version-check icalendar==6.3.1
[ -d "$tools/node_modules/ical.js" ] || npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$tools" ical.js@2.1.0 >/dev/null

"$program" -C "$root/examples/recipient-local-time" --at 2031-03-09T06:00:00Z calendar --ics --days 60 -q >"$work/zones.ics"
"$tools/venv/bin/python" "$here/ics.py" "$work/zones.ics" 7 30
READER_TOOLS=$tools node "$here/ics.cjs" "$work/zones.ics" 7

"$here/completions.sh" "$program"

"$program" man "$work/man" >/dev/null
# Long lines are prose that mandoc would have broken at other places.
mandoc -Tlint "$work"/man/*.1 | grep -v 'STYLE: input text line longer' >"$work/lint" || true
if [ -s "$work/lint" ]; then cat "$work/lint" >&2; exit 1; fi
version=$("$program" --version | head -1 | cut -d' ' -f2)
for page in "$work"/man/*.1; do
    grep -q "^\.TH .*\"campanile $version\"" "$page" || { echo "$page has no version" >&2; exit 1; }
done
echo "mandoc: $(ls "$work/man" | wc -l) pages"
