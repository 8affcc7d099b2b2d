#!/usr/bin/env bash
# An .ods that SheetJS has written, read by calamine, the reader of spreadsheets in Rust, and by odfpy.
#
# Expected: both read the same cells; OpenDocument 1.2 is XML in which white space between the elements of a table says nothing.
# Seen with xlsx 0.18.5 (npm), python-calamine 0.9.1 and odfpy 1.4.1 with pandas 2.3.3 (PyPI):
# - SheetJS writes `content.xml` with a line end and blanks between cells;
# - calamine refuses every such file: it takes the first line end between two cells for a cell of an unknown kind. The same cells
#   without the white space are read; so is the .xlsx of the same program;
# - odfpy reads both files.
#
# Exits 0 while that is so, 1 when it has changed. Needs python3, node, PyPI and npm. Numbers are fictional.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --prefix . xlsx@0.18.5 >/dev/null
node -e '
const X = require("xlsx"), book = X.utils.book_new();
X.utils.book_append_sheet(book, X.utils.aoa_to_sheet([["phone", "first_name"], ["46701740605", "Ann"], ["46701740606", "Bo"]]), "List");
for (const kind of ["ods", "xlsx"]) X.writeFile(book, "list." + kind);
'
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check python-calamine==0.9.1 odfpy==1.4.1 pandas==2.3.3
venv/bin/python - <<'PY'
import re, zipfile

import pandas
from python_calamine import CalamineError, CalamineWorkbook

ROWS = [["phone", "first_name"], ["46701740605", "Ann"], ["46701740606", "Bo"]]


def calamine(name):
    return CalamineWorkbook.from_path(name).get_sheet_by_index(0).to_python()


def odfpy(name):
    return pandas.read_excel(name, engine="odf", dtype=str, header=None).values.tolist()


with zipfile.ZipFile("list.ods") as old, zipfile.ZipFile("dense.ods", "w") as new:
    assert re.search(rb"</table:table-cell>\n +<table:table-cell", old.read("content.xml"))
    for name in old.namelist():
        data = old.read(name)
        new.writestr(name, re.sub(rb">\s+<", b"><", data) if name == "content.xml" else data)

try:
    raise SystemExit(f"calamine reads it now: {calamine('list.ods')}")
except CalamineError as error:
    assert "Expecting 'table-cell'" in str(error), error
assert calamine("dense.ods") == calamine("list.xlsx") == ROWS
assert odfpy("list.ods") == odfpy("dense.ods") == ROWS
print("calamine refuses the .ods with line ends between cells, odfpy reads it")
PY
