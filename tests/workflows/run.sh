#!/bin/sh
# Plays the days of a project of `campanile init` on both hosts: the scripts of its GitHub workflow in a small runner
# (host.py), its GitLab file in gitlab-ci-local.
#
#   tests/workflows/run.sh path/to/campanile
#
# Needs git, bash, curl, jq, unzip, rsync, python3, node with npm; PyYAML and gitlab-ci-local come from PyPI and npm into
# $CAMPANILE_LINT_TOOLS, or a temporary folder.
set -eu

program=$(realpath "${1:?usage: run.sh path/to/campanile}")
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tools=${CAMPANILE_LINT_TOOLS:-$work/tools}
mkdir -p "$tools"

missing=
for tool in jq unzip curl rsync git; do command -v "$tool" >/dev/null || missing="$missing $tool"; done
if [ -n "$missing" ]; then
    apt-get update -qq && apt-get install -y -qq $missing
fi
[ -x "$tools/venv/bin/python" ] || python3 -m venv "$tools/venv"
"$tools/venv/bin/pip" install --quiet --disable-pip-version-check 'PyYAML==6.0.3'
# 4.57 and later need a newer Node.
npm install --silent --no-audit --no-fund --prefix "$tools" 'gitlab-ci-local@4.56.0' >/dev/null

GITLAB_CI_LOCAL=$tools/node_modules/.bin/gitlab-ci-local "$tools/venv/bin/python" "$here/stories.py" "$program" github gitlab
