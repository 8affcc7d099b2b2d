#!/bin/sh
# Pages in a real headless Chromium. Usage: tests/browser/run.sh PATH_TO_CAMPANILE [FOLDER_FOR_SCREENSHOTS]
# Installs Debian's chromium, and playwright-core and axe-core from npm, where they are missing.
set -eu
campanile=$(realpath "$1")
here=$(dirname "$(realpath "$0")")
shots=${2:-$(mktemp -d)}
mkdir -p "$shots"
shots=$(realpath "$shots")

if ! command -v chromium >/dev/null; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-noto-core fonts-noto-color-emoji
fi
modules=${BROWSER_MODULES:-${XDG_CACHE_HOME:-$HOME/.cache}/campanile-browser}
mkdir -p "$modules"
if ! cmp -s "$here/package.json" "$modules/package.json" || ! cmp -s "$here/package-lock.json" "$modules/package-lock.json" || [ ! -d "$modules/node_modules/axe-core" ]; then
  cp "$here/package.json" "$here/package-lock.json" "$modules/"
  (cd "$modules" && npm ci --silent --no-audit --no-fund --ignore-scripts)
fi
NODE_PATH="$modules/node_modules" CHROMIUM=$(command -v chromium) exec node "$here/pages.cjs" "$campanile" "$shots"
