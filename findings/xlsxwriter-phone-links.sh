#!/usr/bin/env bash
# A list of people as a workbook with numbers that can be tapped: links of the kinds `tel:` (RFC 3966) and `sms:` (RFC 5724).
#
# Expected: a library that writes links into workbooks takes any URL; a spreadsheet program hands it to the system.
# Seen with XlsxWriter (PyPI): 3.2.0 writes both; 3.3.1 raises ValueError ("Unknown URL type") for both, and for a bare host name,
# so an export that worked ends with its first row. `https:` and `mailto:` are taken by both. openpyxl 3.1.5 writes them all.
#
# Exits 0 while that is so, 1 when it has changed. Needs python3 and PyPI. The number is fictional.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cat >links.py <<'PY'
import sys

import xlsxwriter

book = xlsxwriter.Workbook("links.xlsx")
sheet = book.add_worksheet()
refused = []
for row, url in enumerate(["tel:+46701740605", "sms:+46701740605", "acme.example", "https://acme.example", "mailto:a@acme.example"]):
    try:
        assert sheet.write_url(row, 0, url) == 0, url
    except ValueError as error:
        assert "Unknown URL type" in str(error), error
        refused.append(url.split(":")[0])
book.close()
print(f"XlsxWriter {xlsxwriter.__version__} refuses {refused}")
sys.exit(refused != sys.argv[1:])
PY
for version in 3.2.0 3.3.1; do
  python3 -m venv "venv-$version"
  "venv-$version/bin/pip" install --quiet --disable-pip-version-check "XlsxWriter==$version"
done
venv-3.2.0/bin/python links.py
venv-3.3.1/bin/python links.py tel sms acme.example
venv-3.3.1/bin/pip install --quiet --disable-pip-version-check openpyxl==3.1.5
venv-3.3.1/bin/python - <<'PY'
from openpyxl import Workbook, load_workbook

book = Workbook()
book.active["A1"] = "+46701740605"
book.active["A1"].hyperlink = "tel:+46701740605"
book.save("open.xlsx")
assert load_workbook("open.xlsx").active["A1"].hyperlink.target == "tel:+46701740605"
print("openpyxl writes it")
PY
