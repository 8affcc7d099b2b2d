#!/usr/bin/env bash
# What packages that guess a CSV's delimiter and types make of lists of customers with phone numbers.
#
# Expected: the delimiter that every row has once (`;`, RFC 4180's quoting aside), one column where there is no delimiter, a price of
# `1,50` as a decimal or a text, and a number with a leading zero as a text.
# Seen:
# - CleverCSV 0.8.5 (PyPI) takes the space for the delimiter of `name;phone` where names have a comma and numbers are grouped by
#   spaces, with 3 rows and with 200, and of a list with nothing but numbers. With a third column, or numbers without spaces, it is right.
# - frictionless 5.21.0 (PyPI) finds `;`, and calls a column of prices with decimal commas a `geopoint`: `1,50` is read as a place at
#   longitude 1 and latitude 50. `0700000001` is an integer, so its zero is gone.
#
# Exits 0 while that is so, 1 when it has changed. Needs python3 and PyPI. Numbers are fictional.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check clevercsv==0.8.5 frictionless==5.21.0
printf 'phone;price\n0700000001;1,50\n0700000002;12,00\n0700000003;7,25\n' >prices.csv
cat >sniff.py <<'PY'
import clevercsv
from frictionless import Resource

NAMES = ["Ek, Mia", "Bo, Li", "Al, Ed", "Lind, Eva Maria", "Berg, Nils"]


def spaced(n):
    return f"+46 70 000 {n // 100:02} {n % 100:02}"


def guessed(head, row, count):
    text = head + "\n" + "".join(row(n) + "\n" for n in range(count))
    return clevercsv.Detector().detect(text).delimiter


for count in (3, 200):
    for what, head, row in [
        ("two columns", "name;phone", lambda n: f"{NAMES[n % 5]};{spaced(n)}"),
        ("numbers alone", "phone", spaced),
        ("three columns", "first;last;phone", lambda n: f"Mia;Ek;{spaced(n)}"),
        ("without spaces", "phone;name", lambda n: f"4670000{n:04};Mia"),
    ]:
        print(f"clevercsv, {count} rows, {what}: {guessed(head, row, count)!r}")
with Resource("prices.csv") as resource:
    row = resource.read_rows()[0]
    print("frictionless:", {field.name: field.type for field in resource.schema.fields}, dict(row))
PY
venv/bin/python sniff.py | tee seen
cat >expected <<'TEXT'
clevercsv, 3 rows, two columns: ' '
clevercsv, 3 rows, numbers alone: ' '
clevercsv, 3 rows, three columns: ';'
clevercsv, 3 rows, without spaces: ';'
clevercsv, 200 rows, two columns: ' '
clevercsv, 200 rows, numbers alone: ' '
clevercsv, 200 rows, three columns: ';'
clevercsv, 200 rows, without spaces: ';'
frictionless: {'phone': 'integer', 'price': 'geopoint'} {'phone': 700000001, 'price': [1.0, 50.0]}
TEXT
diff expected seen
