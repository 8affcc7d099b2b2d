#!/bin/sh
# What `cargo publish` would send: everything that the program is built from, nothing that belongs to this machine. The
# crate is not built a second time: its files are those that were just built and tested.
set -eu
cd "$(dirname -- "$0")/../.."

list=$(cargo package --list --allow-dirty --locked)
for file in Cargo.toml Cargo.lock README.md CHANGELOG.md LICENSE-APACHE LICENSE-MIT src/main.rs src/lib.rs src/cli/build.rs \
    src/cli/commands/scaffold/ci/github.yml src/audience/numbering.txt; do
    echo "$list" | grep -qx "$file" || { echo "the package lacks $file" >&2; exit 1; }
done
if echo "$list" | grep -E '(^|/)(target|node_modules|\.campanile|__pycache__)/|^[^/]*plan\.json$|\.profraw$'; then
    echo "the package has files of this machine" >&2
    exit 1
fi
# Every file that is compiled in is in the package.
grep -rhoE 'include_(str|bytes)!\("[^"]+"\)' src | sed 's/.*"\(.*\)".*/\1/' | sort -u | while read -r name; do
    echo "$list" | grep -q "$(basename "$name")$" || { echo "the package lacks $name" >&2; exit 1; }
done
# A dry run needs the registry; the index of a machine without one is no fault of the package.
cargo publish --dry-run --no-verify --allow-dirty --locked
