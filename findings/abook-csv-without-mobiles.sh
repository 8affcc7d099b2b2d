#!/usr/bin/env bash
# What abook, the address book of the terminal, exports as CSV. Whoever makes a list of recipients from it should know.
#
# Expected: a row for each person with the numbers that the address book holds; a quote within a cell is doubled, as RFC 4180 has it and as
# spreadsheet programs read it.
# Seen with abook 0.6.1 (Debian 12), for a person who has a home number, a mobile number and a note with quotes:
# - `csv` has no header row and five cells: name, e-mail, the home number, note, nickname. The mobile number is not in the file, so somebody who has
#   only a mobile number has no number at all;
# - `palmcsv` has both numbers, in 21 cells without a header row;
# - neither doubles quotes: a note of `said "yes"` becomes `"said "yes""`, which Python's csv module reads as `said yes""`.
#
# Exits 0 while that is so, 1 when it has changed. Needs Debian's apt (`abook` is unpacked, not installed), libreadline8, libncursesw6 and python3. Numbers are
# fictional.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
chmod 755 .
apt-get download -qq abook >/dev/null 2>&1
dpkg-deb -x abook_*.deb root
root/usr/bin/abook --help | head -1
cat >book.txt <<'TXT'
[format]
program=abook
version=0.6.1

[0]
name=Ann Berg
phone=+46 70-174 06 05
mobile=+46 70-174 06 06
notes=said "yes"
TXT
abook=root/usr/bin/abook
"$abook" --convert --informat abook --infile book.txt --outformat csv --outfile book.csv
"$abook" --convert --informat abook --infile book.txt --outformat palmcsv --outfile palm.csv
cat book.csv palm.csv
python3 - <<'PY'
import csv
assert open("book.csv").read() == '"Ann Berg","","+46 70-174 06 05","said "yes"",""\n'
assert [row[3] for row in csv.reader(open("book.csv"))] == ['said yes""']
palm = open("palm.csv").read()
assert '"+46 70-174 06 05"' in palm and '"+46 70-174 06 06"' in palm and '"said "yes""' in palm
assert len(next(csv.reader(open("palm.csv")))) == 21
PY
