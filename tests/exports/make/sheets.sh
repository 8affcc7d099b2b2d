#!/usr/bin/env bash
# LibreOffice and Gnumeric: a workbook saved as CSV. WORKBOOK names the workbook that python.sh makes.
#
# Expected: commas, doubled quotes, a number of eleven digits in full (`46701740605`).
set -euo pipefail
make=$(cd "$(dirname "$0")" && pwd); out=$(realpath "${1:-$make/..}")
folder=$(mktemp -d)
soffice --headless -env:UserInstallation=file://"$folder/profile" --convert-to 'csv:Text - txt - csv (StarCalc):44,34,76' --outdir "$folder" "$WORKBOOK" >/dev/null 2>&1
cp "$folder"/*.csv "$out/libreoffice.csv"
soffice --headless -env:UserInstallation=file://"$folder/profile" --convert-to 'csv:Text - txt - csv (StarCalc):59,34,76,1,,0,true' --outdir "$folder" "$WORKBOOK" >/dev/null 2>&1
cp "$folder"/*.csv "$out/libreoffice-semicolons-all-quoted.csv"
ssconvert "$WORKBOOK" "$out/gnumeric.csv" 2>/dev/null
