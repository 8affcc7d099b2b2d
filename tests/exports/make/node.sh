#!/usr/bin/env bash
# json2csv (plainjs and its excelStrings), Papa Parse, csv-stringify, fast-csv, SheetJS. NODE_PATH names the folder of the packages.
#
# Expected: RFC 4180 throughout; json2csv quotes every string and writes nothing for null; stringExcel writes `"=""...""" `.
set -euo pipefail
make=$(cd "$(dirname "$0")" && pwd); out=$(realpath "${1:-$make/..}")
node - "$make/people.json" "$out" <<'J'
const fs = require("fs"), [, , people_file, out] = process.argv
const people = JSON.parse(fs.readFileSync(people_file))
const write = (name, text) => fs.writeFileSync(`${out}/${name}`, text)
const { Parser } = require("@json2csv/plainjs"), formatters = require("@json2csv/formatters")
write("json2csv.csv", new Parser().parse(people))
write("json2csv-excel.csv", new Parser({ formatters: { string: formatters.stringExcel, header: formatters.stringExcel } }).parse(people))
write("papaparse.csv", require("papaparse").unparse(people))
write("papaparse-escape-formulae.csv", require("papaparse").unparse(people, { escapeFormulae: true }))
write("csv-stringify.csv", require("csv-stringify/sync").stringify(people, { header: true }))
const xlsx = require("xlsx")
write("sheetjs.csv", xlsx.utils.sheet_to_csv(xlsx.utils.json_to_sheet(people)))
require("fast-csv").writeToString(people, { headers: true }).then(text => write("fast-csv.csv", text))
J
