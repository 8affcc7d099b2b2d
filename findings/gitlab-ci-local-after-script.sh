#!/usr/bin/env bash
# gitlab-ci-local 4.56.0: with --shell-isolation, `after_script` does not see a file that `script` made.
#
# GitLab's documentation: after_script runs in a new shell context, in the job's own working directory ("changes made outside
# of the working tree might not be visible", so those inside are). A job that fails and whose after_script tells why relies on it.
# Expected: `after: made`. Seen with --shell-isolation: after_script gets a fresh copy of the project
# (`cat: made.txt: No such file or directory`); without the option the file is there.
#
# Exits 0 while it behaves so, 1 once it behaves otherwise. Needs node 18 or newer, npm and git.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm install --silent --no-audit --no-fund --prefix "$work/tools" gitlab-ci-local@4.56.0 >/dev/null
mkdir "$work/project" && cd "$work/project"
git init --quiet --initial-branch=main
git remote add origin git@gitlab.example:o/r.git
cat > .gitlab-ci.yml <<'YAML'
job:
  script:
    - echo made > made.txt
    - exit 1
  after_script:
    - echo "after $(cat made.txt 2>/dev/null || echo missing)"
YAML
git add -A && git -c user.email=a@example.com -c user.name=A commit --quiet -m one
local=$work/tools/node_modules/.bin/gitlab-ci-local
isolated=$("$local" --home "$work" --shell-isolation 2>&1 || true)
plain=$("$local" --home "$work" 2>&1 || true)
grep -q '> .*after made' <<<"$plain" || { echo "without isolation the file is not seen either"; exit 1; }
if grep -q '> .*after made' <<<"$isolated"; then echo "after_script sees the files of script now"; exit 1; fi
grep -q '> .*after missing' <<<"$isolated" || { echo "after_script did not run"; exit 1; }
echo "gitlab-ci-local 4.56.0: after_script in an isolated shell lacks the files of script"
